"""Putting many cases down: closed, or parked with their timers, or left to a leg of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import text

from makegood.store import outbox, rows
from makegood.store.flat import vars_of
from makegood.store.promises import Standing
from makegood.store.rows import array
from makegood.store.transaction import Tx
from makegood.store.words import CaseStatus

_REST = text(
    "update cases set status = r.status, step = r.step, waits_on = r.waits_on, wake_at = r.wake_at,"
    " outcome = r.outcome, closed_at = r.closed_at from unnest("
    "cast(:id as bigint[]), cast(:status as text[]), cast(:step as text[]),"
    " cast(:waits_on as text[]), cast(:wake_at as timestamptz[]),"
    " cast(:outcome as text[]), cast(:closed_at as timestamptz[]))"
    " as r (id, status, step, waits_on, wake_at, outcome, closed_at) where cases.id = r.id"
)
_UNTIMED = text("delete from timers where case_id = any(:ids)")
_UNLEASED = text("delete from leases where case_id = any(:ids)")
_STANDINGS = (
    "on conflict (case_id, name) do update set warn_at = excluded.warn_at, due = excluded.due,"
    " warned_at = excluded.warned_at, breached_at = excluded.breached_at, met_at = excluded.met_at"
)
_ASK = text(
    "insert into outbox (case_id, verb, dedupe_key, payload, due_at)"
    " select id, 'start-leg', 'start-leg:' || number || ':' || (legs + 1),"
    " jsonb_build_object('case', number, 'leg', legs + 1), :now from cases where id = any(:ids)"
    " on conflict (dedupe_key) do nothing"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """How a case is left. `outcome` closes it; `asks` wants a leg of its own at once."""

    case_id: int
    step: str | None
    waits_on: str | None = None
    wake_at: datetime | None = None
    outcome: str | None = None
    timers: Sequence[tuple[str, datetime, str]] = ()
    standings: Sequence[Standing] = field(default=())
    asks: bool = False


def rest(tx: Tx, rests: Sequence[Rest], now: datetime) -> None:
    """The cases are locked, nothing is unread for them, and their leases are given up."""
    if not rests:
        return
    ids = array(each.case_id for each in rests)
    closed = [each.outcome is not None for each in rests]
    values = {
        "id": ids,
        "status": array(CaseStatus.CLOSED if shut else CaseStatus.PARKED for shut in closed),
        "step": array(each.step for each in rests),
        "waits_on": array(each.waits_on for each in rests),
        "wake_at": array(each.wake_at for each in rests),
        "outcome": array(each.outcome for each in rests),
        "closed_at": array(now if shut else None for shut in closed),
    }
    tx.session.execute(_REST, values)
    tx.session.execute(_UNTIMED, {"ids": ids})
    tx.session.execute(_UNLEASED, {"ids": ids})
    due = [
        {"case_id": each.case_id, "name": name, "due": at, "meaning": meaning}
        for each in rests
        for name, at, meaning in each.timers
    ]
    rows.insert(tx, "timers", due)
    standings = [{"case_id": each.case_id, **vars_of(s)} for each in rests for s in each.standings]
    rows.insert(tx, "promises", standings, _STANDINGS)
    if asking := [each.case_id for each in rests if each.asks]:
        tx.session.execute(_ASK, {"ids": array(asking), "now": now})
        outbox.notify(tx)
