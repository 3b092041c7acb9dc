"""Four eyes: who may not approve, because the case was theirs or the amount is their doing."""

from __future__ import annotations

from makegood.core import events as ev
from makegood.core.authority import Why
from makegood.core.facts import FactType
from makegood.core.plan import Plan
from makegood.desk.driving import Hand
from makegood.store import approvals, audit, cases, journal
from makegood.store.transaction import Tx
from makegood.store.words import ApprovalDecision

_AMOUNTS = (FactType.MONEY, FactType.PERCENT)
_ADJUST = "adjust"


def barred(tx: Tx, hand: Hand, person: str) -> Why | None:
    """None: their own eyes are other eyes. Handing a case over does not help: who had it, had it."""
    if person in owners(tx, hand):
        return Why.OWNER_OF_THE_CASE
    if person in changers(tx, hand):
        return Why.CHANGED_THE_AMOUNT
    return None


def owners(tx: Tx, hand: Hand) -> frozenset[str]:
    """Whoever had the case at any time."""
    now = cases.get(tx, hand.case_id).owner
    return audit.owners_of(tx, hand.number) | ({now} if now else frozenset())


def changers(tx: Tx, hand: Hand) -> frozenset[str]:
    """Who last gave an amount or a share of one, colleague or customer; nobody where the line made it all.

    A yes to what was asked changes nothing. Of several who said yes it is those who brought the amount down.
    """
    last: ev.Answered | None = None
    for entry in journal.read(tx, hand.case_id):
        if isinstance(entry.event, ev.Answered) and _changes(hand.plan, entry.event):
            last = entry.event
    if last is None:
        return frozenset()
    if last.ceiling is None:
        return frozenset({last.by})
    accepted = approvals.accepted(tx, hand.case_id, last.step, last.visit)
    return frozenset(
        answer.person_id
        for _, answer in accepted
        if answer.decision == _ADJUST and answer.amount_minor == last.ceiling
    )


def _changes(plan: Plan, event: ev.Answered) -> bool:
    if event.ceiling is not None:
        return event.answer == ApprovalDecision.ADJUSTED
    if event.answer == ApprovalDecision.REJECTED:
        return False
    typed = (plan.fields[name].type for name in event.facts if name in plan.fields)
    return any(each in _AMOUNTS for each in typed)
