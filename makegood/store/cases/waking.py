"""Waking many cases at once: what is due gets its leg asked for, thousands in a statement."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import text

from makegood.store import outbox
from makegood.store.transaction import Tx

# A row that a leg holds locked is passed over: it is moving. One whose leg lives is looked at again when
# the lease has run out. An ask that is there already stays as it is.
WAKE_DUE = text(
    "with due as materialized ("
    " select id, number, legs, wake_at from cases"
    " where status <> 'closed' and wake_at <= :now and (wake_at, id) > (:after_at, :after_id)"
    " order by wake_at, id limit :limit for no key update skip locked),"
    " held as materialized ("
    " select due.id from due join leases l on l.case_id = due.id where l.expires_at > clock_timestamp()),"
    " postponed as (update cases set wake_at = :again from held"
    " where cases.id = held.id and cases.status = 'running'),"
    " asked as (insert into outbox (case_id, verb, dedupe_key, payload, due_at)"
    " select id, 'start-leg', 'start-leg:' || number || ':' || (legs + 1),"
    " jsonb_build_object('case', number, 'leg', legs + 1), :now"
    " from due where id not in (select id from held) order by wake_at, id"
    " on conflict (dedupe_key) do nothing returning 1)"
    " select (select count(*) from due) as seen, (select count(*) from held) as held,"
    " (select count(*) from asked) as asked, last.wake_at, last.id"
    " from (select 1) as one left join lateral"
    " (select wake_at, id from due order by wake_at desc, id desc limit 1) as last on true"
)
_BEGINNING = (datetime(1970, 1, 1, tzinfo=UTC), 0)


class Woken(NamedTuple):
    """`last` is where the next call goes on, None when nothing more is due."""

    cases: int
    last: tuple[datetime, int] | None


def wake_due(
    tx: Tx, now: datetime, *, lease: timedelta, after: tuple[datetime, int] | None = None, limit: int = 1000
) -> Woken:
    """Asks for a leg of each open case that is due, the longest overdue first."""
    at, number = after or _BEGINNING
    values = {"now": now, "after_at": at, "after_id": number, "limit": limit, "again": now + lease}
    row = tx.session.execute(WAKE_DUE, values).one()
    if row.asked:
        outbox.notify(tx)
    full = row.seen == limit
    return Woken(row.seen - row.held, (row.wake_at, row.id) if full else None)
