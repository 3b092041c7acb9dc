"""Holding a case: its lease is taken, renewed and given up; whoever loses it writes nothing more."""

from __future__ import annotations

import math
import time
from contextlib import suppress
from dataclasses import replace
from uuid import UUID

from makegood.core.contracts import Kind
from makegood.core.decisions import Decision, Do, Record
from makegood.core.errors import UnknownName
from makegood.core.procedure import DecideStep
from makegood.desk import arrivals, trouble
from makegood.desk.actions import registry
from makegood.desk.alive import this_process
from makegood.desk.desk import Desk
from makegood.desk.driving import Hand, load
from makegood.store import cases, inbox, leases, runs, troubles
from makegood.store.errors import JournalMoved, StaleFence
from makegood.store.inbox import Arrival
from makegood.store.leases import Taken
from makegood.store.memory import Recent
from makegood.store.models import Case
from makegood.store.store import LegStore
from makegood.store.transaction import Tx
from makegood.store.words import CaseStatus

LOST = (StaleFence, JournalMoved)
_FRESH = 1.0  # seconds


class Closed:
    """The case is closed: what still came for it has been noted."""


class SetApart:
    """Workers have died over the case: it is driven in a process of its own."""


class Handed:
    """It has killed that process, too: an engineer has it, and nobody drives it."""


def take(
    desk: Desk, number: str, holder: str, run_id: str | None, *, apart: bool = False
) -> Hand | Closed | SetApart | Handed | None:
    """None while another holds the case: then what arrived is that one's to read."""
    with desk.store.begin() as tx:
        case = _locked(tx, number)
        if run_id is not None:
            runs.link(tx, case, UUID(run_id), flow=case.procedure, purpose="leg", now=desk.now())
        if case.status is CaseStatus.CLOSED:
            arrivals.note_late(desk, tx, case)
            return Closed()
        taken = leases.take_locked(tx, case, holder, desk.lease, this_process())
    if taken is None:
        return None
    try:
        held = _hold(desk, case, taken, holder, run_id, apart=apart)
    except Exception as error:
        if not isinstance(error, LOST):
            _broke(desk, case, taken.fence, error)
        leases.release(desk.store, case.id, taken.fence)
        raise
    if not isinstance(held, Hand):
        leases.release(desk.store, case.id, taken.fence)
    return held


def _hold(
    desk: Desk, case: Case, taken: Taken, holder: str, run_id: str | None, *, apart: bool
) -> Hand | Closed | SetApart | Handed:
    if taken.troubled or taken.left is not None:
        with desk.store.begin() as tx:  # of its own: what is counted must stay, whatever breaks below
            locked = cases.lock(tx, case.id, taken.fence)
            how = "" if locked.status is CaseStatus.CLOSED else trouble.set_apart(desk, tx, locked, taken)
        if how == "handed":
            return Handed()
        if how == "apart" and not apart:
            return SetApart()
    with desk.store.begin() as tx:
        locked = cases.lock(tx, case.id, taken.fence)
        if locked.status is CaseStatus.CLOSED:
            return Closed()
        cases.run(tx, locked, step=case.step, wake_at=desk.now() + desk.lease)
        state = load(tx, case.id)
        plan = desk.plans.of(tx, case.version)
    recent = Recent()
    reading = replace(desk, store=LegStore(desk.store, recent))
    hand = Hand(reading, case.id, case.number, plan, state, taken.fence, holder, run_id, recent=recent)
    hand.troubled = taken.troubled or taken.left is not None
    return hand


def _broke(desk: Desk, case: Case, fence: int, error: Exception) -> None:
    """A case that cannot even be taken up is seen, too. The error itself must not be hidden by another."""
    with suppress(Exception):
        trouble.broke(desk, case.id, fence, case.step or "", error)


def look(hand: Hand) -> Arrival | None:
    """What has arrived and is unread, the earliest. Renews the lease when a quarter of it is gone.

    Raises StaleFence when the case is another's by then; in between, every write and every call asks.
    """
    now = time.monotonic()
    if hand.recent is not None:
        hand.recent.forget_all()
    with hand.desk.store.begin() as tx:
        if now - hand.renewed > hand.desk.lease.total_seconds() / 4:
            if not leases.renew(tx, hand.case_id, hand.fence, hand.desk.lease):
                raise StaleFence(hand.case_id, hand.fence, hand.fence)
            hand.renewed = now
        unread = inbox.unread(tx, hand.case_id)
    hand.looked = -math.inf if unread else now
    return unread[0] if unread else None


def is_fresh(hand: Hand) -> bool:
    """Whether it is a moment ago only that nothing was waiting to be read."""
    return time.monotonic() - hand.looked < _FRESH


def only_reads(hand: Hand, decision: Decision) -> bool:
    """Then a fresh look will do: a step that only reads or decides hurries nobody."""
    match decision:
        case Do():
            return registry.contract_of(decision.action).kind is Kind.QUERY
        case Record():
            planned = hand.plan.steps.get(hand.state.step)
            return planned is not None and isinstance(planned.step, DecideStep)
        case _:
            return False


def must_hold(hand: Hand) -> None:
    """Right before a call: the lease outlasts it, or there is no call."""
    if not leases.check(hand.desk.store, hand.case_id, hand.fence, hand.desk.call_time):
        raise StaleFence(hand.case_id, hand.fence, hand.fence)


def note_ended(desk: Desk, run_id: str | None, state: str = "Completed") -> None:
    """What Prefect will say of this leg's run."""
    if run_id is not None:
        with desk.store.begin() as tx:
            runs.state(tx, UUID(run_id), state)


def ended_well(hand: Hand) -> None:
    """What went wrong with the case before is over."""
    if hand.troubled:
        with hand.desk.store.begin() as tx:
            troubles.clear(tx, hand.case_id)


def release(hand: Hand) -> None:
    leases.release(hand.desk.store, hand.case_id, hand.fence)


def _locked(tx: Tx, number: str) -> Case:
    case = cases.lock_by_number(tx, number)
    if case is None:
        raise UnknownName("case", "number", number, ())
    return case
