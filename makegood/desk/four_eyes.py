"""Four eyes: who may not approve, because the case was theirs or the amount is their doing."""

from __future__ import annotations

from makegood.core import events as ev
from makegood.core.authority import Why
from makegood.core.facts import FactType
from makegood.core.plan import Plan
from makegood.desk.driving import Hand
from makegood.store import audit, cases, journal
from makegood.store.transaction import Tx

_AMOUNTS = (FactType.MONEY, FactType.PERCENT)
_ADJUSTED = "adjusted"


def barred(tx: Tx, hand: Hand, person: str) -> Why | None:
    """None: their own eyes are other eyes. Handing a case over does not help: who had it, had it."""
    if person in owners(tx, hand):
        return Why.OWNER_OF_THE_CASE
    if person == changed_by(tx, hand):
        return Why.CHANGED_THE_AMOUNT
    return None


def owners(tx: Tx, hand: Hand) -> frozenset[str]:
    """Whoever had the case at any time."""
    now = cases.get(tx, hand.case_id).owner
    return audit.owners_of(tx, hand.number) | ({now} if now else frozenset())


def changed_by(tx: Tx, hand: Hand) -> str:
    """Who last gave an amount or a share of one, colleague or customer; empty where the line made it all.

    A yes to what was asked changes nothing.
    """
    changer = ""
    for entry in journal.read(tx, hand.case_id):
        if isinstance(entry.event, ev.Answered) and _changes(hand.plan, entry.event):
            changer = entry.event.by
    return changer


def _changes(plan: Plan, event: ev.Answered) -> bool:
    if event.ceiling is not None:
        return event.answer == _ADJUSTED
    typed = (plan.fields[name].type for name in event.facts if name in plan.fields)
    return event.answer != "rejected" and any(each in _AMOUNTS for each in typed)
