"""Moves of a case: each checks the fence, and none loses what arrived while a leg was on its way out.

An arrival and a move both take the case's row lock. If the arrival came first, the move sees it unread
and makes the case due at once; if it comes second, it finds the case parked and wakes it.
"""

from __future__ import annotations

import functools
from datetime import datetime
from typing import Any

from sqlalchemy import TextClause, text, update
from sqlalchemy.exc import IntegrityError

from makegood.core.errors import MoveRefused
from makegood.store import outbox
from makegood.store.cases.rows import lock
from makegood.store.errors import AlreadyOpen
from makegood.store.models import IS_OPEN, Case
from makegood.store.transaction import Tx
from makegood.store.words import CaseStatus

_UNREAD = text("select exists (select 1 from inbox where case_id = :case and read_seq is null)")
_GIVE_UP = text("delete from leases where case_id = :case")


def run(tx: Tx, case: Case, *, step: str | None, wake_at: datetime) -> None:
    """A leg drives the case, which it has locked. At `wake_at` the sweep looks whether it still does."""
    _admit(case, CaseStatus.RUNNING)
    _move(tx, case, CaseStatus.RUNNING, step=step, waits_on=None, wake_at=wake_at)


def park(
    tx: Tx, case_id: int, fence: int, *, step: str | None, waits_on: str, wake_at: datetime, now: datetime
) -> bool:
    """No run is alive until `wake_at` or an arrival. Gives up the lease.

    True when something had arrived meanwhile: the case is due now, and another leg is asked for.
    """
    return _rest(tx, case_id, fence, CaseStatus.PARKED, step, waits_on, wake_at, now)


def suspend(
    tx: Tx, case_id: int, fence: int, *, step: str | None, waits_on: str, wake_at: datetime, now: datetime
) -> bool:
    """The run waits in Prefect for a human. Otherwise as `park`."""
    return _rest(tx, case_id, fence, CaseStatus.SUSPENDED, step, waits_on, wake_at, now)


def close(tx: Tx, case_id: int, fence: int, *, outcome: str, now: datetime) -> bool:
    """Ends the case and gives up the lease.

    True when something had arrived meanwhile: a leg is asked for that reads it in the closed case.
    """
    case = lock(tx, case_id, fence)
    _admit(case, CaseStatus.CLOSED)
    late = _has_unread(tx, case_id)
    _move(tx, case, CaseStatus.CLOSED, outcome=outcome, closed_at=now, wake_at=None, waits_on=None, step=None)
    _give_up_lease(tx, case_id)
    if late:
        outbox.start_leg(tx, case.id, case.number, case.legs, now)
    return late


def reopen(tx: Tx, case_id: int, fence: int, *, now: datetime) -> None:
    """Makes a closed case run again. Raises AlreadyOpen when its problem has a younger open case."""
    case = lock(tx, case_id, fence)
    if case.status is not CaseStatus.CLOSED:
        raise MoveRefused("reopen", case.status)
    try:
        with tx.session.begin_nested():
            _move(tx, case, CaseStatus.RUNNING, outcome=None, closed_at=None, wake_at=now)
    except IntegrityError as error:
        raise AlreadyOpen(None) from error


def wake(tx: Tx, case_id: int, now: datetime) -> bool:
    """Makes the case due now and asks for a leg, without lease or fence. False for a closed case."""
    case = lock(tx, case_id)
    outbox.start_leg(tx, case.id, case.number, case.legs, now)
    if case.wake_at is None:
        return False
    if case.wake_at > now:
        tx.session.execute(update(Case).where(Case.id == case_id).values(wake_at=now))
    return True


def bump_fence(tx: Tx, case_id: int) -> int:
    """Takes the case out of its driver's hands, for one who changes it from elsewhere in `tx`."""
    lock(tx, case_id)
    _give_up_lease(tx, case_id)
    bumped = update(Case).where(Case.id == case_id).values(fence=Case.fence + 1).returning(Case.fence)
    return tx.session.execute(bumped).scalar_one()


def _rest(
    tx: Tx,
    case_id: int,
    fence: int,
    status: CaseStatus,
    step: str | None,
    waits_on: str,
    wake_at: datetime,
    now: datetime,
) -> bool:
    case = lock(tx, case_id, fence)
    _admit(case, status)
    late = _has_unread(tx, case_id)
    due = min(now, wake_at) if late else wake_at
    _move(tx, case, status, step=step, waits_on=waits_on, wake_at=due)
    _give_up_lease(tx, case_id)
    if late:
        outbox.start_leg(tx, case.id, case.number, case.legs, now)
    return late


def _admit(case: Case, to: CaseStatus) -> None:
    if case.status is CaseStatus.CLOSED:
        raise MoveRefused(to, case.status)


def _move(tx: Tx, case: Case, to: CaseStatus, **values: Any) -> None:
    tx.session.execute(_to(tuple(values)), {"case": case.id, "status": to.value, **values})


@functools.cache
def _to(names: tuple[str, ...]) -> TextClause:
    told = "".join(f", {name} = :{name}" for name in names)
    return text(f"update cases set status = :status{told} where id = :case")  # noqa: S608  # our own names


def _has_unread(tx: Tx, case_id: int) -> bool:
    """A statement of its own, after the lock: it sees every arrival that locked before us."""
    return bool(tx.session.scalar(_UNREAD, {"case": case_id}))


def _give_up_lease(tx: Tx, case_id: int) -> None:
    tx.session.execute(_GIVE_UP, {"case": case_id})


def look_again(tx: Tx, case_id: int, at: datetime) -> None:
    """An open case is due then and no sooner, whatever it stands at."""
    tx.session.execute(update(Case).where(Case.id == case_id, IS_OPEN).values(wake_at=at))


def put_off(tx: Tx, case_id: int, fence: int, *, waits_on: str, until: datetime) -> None:
    """Parks the case with all that is unread: a person has to look first. Gives up the lease."""
    case = lock(tx, case_id, fence)
    _admit(case, CaseStatus.PARKED)
    _move(tx, case, CaseStatus.PARKED, waits_on=waits_on, wake_at=until)
    _give_up_lease(tx, case_id)


def postpone(tx: Tx, case_id: int, until: datetime) -> None:
    """Looks again then: a living leg holds the case. Never brings a later look forward."""
    later = update(Case).where(Case.id == case_id, Case.status == CaseStatus.RUNNING, Case.wake_at < until)
    tx.session.execute(later.values(wake_at=until))
