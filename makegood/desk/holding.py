"""Holding a case: its lease is taken, renewed and given up; whoever loses it writes nothing more."""

from __future__ import annotations

from uuid import UUID

from makegood.core.errors import UnknownName
from makegood.desk import arrivals
from makegood.desk.desk import Desk
from makegood.desk.driving import Hand, load
from makegood.store import cases, leases, runs
from makegood.store.errors import JournalMoved, StaleFence
from makegood.store.models import Case
from makegood.store.transaction import Tx
from makegood.store.words import CaseStatus

LOST = (StaleFence, JournalMoved)


class Closed:
    """The case is closed: what still came for it has been noted."""


def take(desk: Desk, number: str, holder: str, run_id: str | None) -> Hand | Closed | None:
    """None while another holds the case: then what arrived is that one's to read."""
    with desk.store.begin() as tx:
        case = _found(tx, number)
        if run_id is not None:
            runs.link(tx, case.id, UUID(run_id), flow=case.procedure, purpose="leg", now=desk.now())
        if case.status is CaseStatus.CLOSED:
            arrivals.note_late(desk, tx, case)
            return Closed()
    fence = leases.acquire(desk.store, case.id, holder, desk.lease)
    if fence is None:
        return None
    with desk.store.begin() as tx:
        locked = cases.lock(tx, case.id, fence)
        if locked.status is CaseStatus.CLOSED:
            return Closed()
        cases.run(tx, case.id, fence, step=case.step, wake_at=desk.now() + desk.lease)
        state = load(tx, case.id)
        plan = desk.plans.of(tx, case.version)
    return Hand(desk, case.id, number, plan, state, fence, holder, run_id)


def renew(hand: Hand) -> None:
    """Raises StaleFence when the case is another's by now."""
    if not leases.renew(hand.desk.store, hand.case_id, hand.fence, hand.desk.lease):
        raise StaleFence(hand.case_id, hand.fence, hand.fence)


def must_hold(hand: Hand) -> None:
    """Right before a call: the lease outlasts it, or there is no call."""
    if not leases.check(hand.desk.store, hand.case_id, hand.fence, hand.desk.call_time):
        raise StaleFence(hand.case_id, hand.fence, hand.fence)


def note_end(hand: Hand) -> None:
    """What Prefect will say of this leg's run: it has done its part."""
    if hand.run_id is not None:
        with hand.desk.store.begin() as tx:
            runs.state(tx, UUID(hand.run_id), "Completed")


def release(hand: Hand) -> None:
    leases.release(hand.desk.store, hand.case_id, hand.fence)


def _found(tx: Tx, number: str) -> Case:
    case = cases.by_number(tx, number)
    if case is None:
        raise UnknownName("case", "number", number, ())
    return case
