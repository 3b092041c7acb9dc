"""Figures: how many, how late and how much, over the whole store, for monitoring."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import text

from makegood.store.transaction import Tx

LATE = timedelta(minutes=2)
"""The sweep comes each minute: what is overdue by less is none of its business yet."""


class Figure(NamedTuple):
    """`label` is empty where there is only one value."""

    name: str
    label: str
    value: float


# Each has the columns label and value; :now is the case's clock, :late somewhat before it. All but the first
# two touch open work only, by partial indexes; legs and closed cases are counted over indexes.
_QUERIES = {
    "cases": "select status, count(*) from cases group by status",
    "legs": "select '', count(*) from run_links",
    "waits": "select coalesce(waits_on, status), count(*) from cases where status <> 'closed' group by 1",
    "effects_under_way": "select '', count(*) from effects where status in ('intended', 'unknown')",
    "effects_unknown": "select action, count(*) from effects where status = 'unknown' group by action",
    "effects_unknown_oldest_seconds": (
        "select '', extract(epoch from cast(:now as timestamptz) - min(unknown_since))"
        " from effects where status = 'unknown'"
    ),
    "effects_unknown_minor": (
        "select currency, sum(money_minor) from effects"
        " where status = 'unknown' and currency is not null group by currency"
    ),
    "timers_late": "select '', count(*) from timers where due <= :late",
    "timers_late_oldest_seconds": (
        "select '', extract(epoch from cast(:now as timestamptz) - min(due)) from timers where due <= :late"
    ),
    "legs_running": "select '', count(*) from leases where expires_at > clock_timestamp()",
    "start_lag_seconds": (
        "select '', extract(epoch from cast(:now as timestamptz) - min(o.due_at))"
        " from cases c join outbox o on o.dedupe_key = 'start-leg:' || c.number || ':' || (c.legs + 1)"
        " where c.status <> 'closed' and c.wake_at <= :now and o.due_at <= :now"
    ),
    "outbox_unsent": "select '', count(*) from outbox where sent_at is null",
    "outbox_failing": "select '', count(*) from outbox where sent_at is null and error is not null",
    "promises_breached": (
        "select p.name, count(*) from promises p join cases c on c.id = p.case_id"
        " where p.breached_at is not null and c.status <> 'closed' group by p.name"
    ),
    "approvals_open": "select '', count(*) from approvals where status = 'open'",
    "approvals_overdue": "select '', count(*) from approvals where status = 'open' and due <= :late",
    "tasks_open": "select role, count(*) from tasks where status = 'open' group by role",
    "tasks_overdue": "select role, count(*) from tasks where status = 'open' and due <= :late group by role",
    "cases_in_trouble": "select '', count(*) from troubles",
    "cases_handed": "select '', count(*) from troubles where handed_at is not null",
}


def read(tx: Tx, now: datetime) -> Iterator[Figure]:
    """Every figure, 0 where there is nothing to count and no label to count it under."""
    values = {"now": now, "late": now - LATE}
    for name, query in _QUERIES.items():
        rows = tx.session.execute(text(query), {key: values[key] for key in values if f":{key}" in query})
        for label, value in rows.all():
            yield Figure(name, str(label), float(value or 0))
