"""Authorising money: no payment above the limit without a grant that covers it, checked at the call."""

from __future__ import annotations

from makegood.core.authority import auto_limit, in_house
from makegood.core.decisions import Do
from makegood.core.money import Money
from makegood.core.state import Grant
from makegood.desk.actions.shape import Prepared
from makegood.desk.driving import Hand
from makegood.store import approvals, cases, inbox
from makegood.store.words import ApprovalDecision, ApprovalStatus

NO_APPROVAL = "no_approval"
DISPUTE = "dispute.opened"
_GIVES_MONEY = frozenset({"payment.refund"})
"""A void gives nothing back: nothing was taken."""


def refusal(hand: Hand, doing: Do, prepared: Prepared) -> str | None:
    """None when the money may move. What the case has paid before counts towards limit and ceiling alike,
    so that no sum is split to stay below them."""
    if doing.action not in _GIVES_MONEY or prepared.money is None:
        return None
    paid = hand.state.facts["ledger.paid_minor"]
    assert isinstance(paid, int)
    whole = Money(minor=paid + prepared.money.minor, currency=prepared.money.currency)
    grant = _standing(hand)
    if grant is not None and whole.minor <= grant.ceiling:
        return None
    authority = hand.desk.library.authority
    limit = auto_limit(authority, str(hand.state.facts["case.market"]), "refund")
    if is_disputed(hand):
        return NO_APPROVAL  # the bank may give the same money back: nobody's limit covers that
    return None if in_house(authority, whole) <= limit else NO_APPROVAL


def _standing(hand: Hand) -> Grant | None:
    """The last word counts: a later rejection takes back what was granted before it."""
    with hand.desk.store.begin() as tx:
        answered = [a for a in approvals.of_case(tx, hand.case_id) if a.status is ApprovalStatus.ANSWERED]
    if answered and answered[-1].decision is ApprovalDecision.REJECTED:
        return None
    return hand.state.grant


def is_disputed(hand: Hand) -> bool:
    """Whether the bank has opened a dispute about this order, in whichever of its cases it was heard."""
    with hand.desk.store.begin() as tx:
        ref = cases.get(tx, hand.case_id).order_ref
        return ref is not None and inbox.has_come(tx, ref, DISPUTE)
