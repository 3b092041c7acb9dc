"""Unknowns: effects of which nobody knows yet whether they were done, with what is done about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from makegood.core.money import Money
from makegood.desk import repairs
from makegood.desk.desk import Desk
from makegood.desk.doing import EXPIRED, NO_LOOK_UP, NOT_FOUND
from makegood.store import effects, tasks
from makegood.store.models import Case, Effect
from makegood.store.transaction import Tx
from makegood.store.words import EffectStatus, TaskStatus

_DIED = "whoever called the provider was gone before the answer came"
_CALLING = "the provider is being called"
_WHY = {
    "Unknown": "no answer came to the call: it may have been done",
    "Unavailable": "the provider cannot be asked",
    "Refused": "the provider refuses to be asked",
    NOT_FOUND: "the provider shows nothing; it may not be done again now",
    EXPIRED: "the provider shows nothing yet, and has forgotten the key: calling again could do it twice",
    NO_LOOK_UP: "the provider cannot be asked and has forgotten the key: a person has to find out",
}


@dataclass(frozen=True, slots=True)
class Unsettled:
    """`tell_by` is when a person is told, `task` the open task that tells them; `next_look` may be past."""

    case: str
    key: str
    action: str
    status: EffectStatus
    money: Money | None
    since: datetime
    next_look: datetime | None
    calls: int
    why: str
    tell_by: datetime | None
    task: int | None


def listed(desk: Desk, *, only_unknown: bool, limit: int = 500) -> list[Unsettled]:
    """The longest unknown first. An effect whose caller died counts as unknown, looked up or not."""
    now = desk.now()
    with desk.store.begin() as tx:
        found = [_unsettled(desk, tx, row, case, now) for row, case in effects.unsettled_of_all(tx, limit)]
    return [each for each in found if not only_unknown or each.why != _CALLING]


def _unsettled(desk: Desk, tx: Tx, row: Effect, case: Case, now: datetime) -> Unsettled:
    since = row.unknown_since
    money = None
    if row.money_minor is not None and row.currency is not None:
        money = Money(minor=row.money_minor, currency=row.currency)
    return Unsettled(
        case=case.number,
        key=row.key,
        action=row.action,
        status=row.status,
        money=money,
        since=since or row.intended_at,
        next_look=row.next_look_at,
        calls=row.attempts,
        why=_why(row, now),
        tell_by=repairs.tell_by(desk.library, row.action, since) if since else None,
        task=_task(tx, row),
    )


def _why(row: Effect, now: datetime) -> str:
    if row.status is EffectStatus.UNKNOWN:
        return _WHY.get(row.error or "", row.error or "")
    return _DIED if row.next_look_at is not None and row.next_look_at <= now else _CALLING


def _task(tx: Tx, row: Effect) -> int | None:
    for task in tasks.of_case(tx, row.case_id):
        here = (task.step, task.visit) == (row.step, row.visit)
        if task.why == repairs.UNKNOWN and task.status is TaskStatus.OPEN and here:
            return task.id
    return None
