"""Authorising: no money or goods above the limit without a grant that covers them, checked at the call."""

from __future__ import annotations

from makegood.core.authority import auto_limit, in_house
from makegood.core.decisions import Do
from makegood.core.money import Money
from makegood.core.state import Grant
from makegood.desk import countersigning
from makegood.desk.actions import registry
from makegood.desk.actions.shape import Prepared
from makegood.desk.driving import Hand
from makegood.store import approvals, cases, effects, inbox
from makegood.store.words import ApprovalDecision, ApprovalStatus

NO_APPROVAL = "no_approval"
DISPUTE = "dispute.opened"
_GIVES_NOTHING = frozenset({"payment.void"})
"""A void gives nothing back: nothing was taken."""


def refusal(hand: Hand, doing: Do, prepared: Prepared) -> str | None:
    """None when the money may move, or the goods leave. What the case has given before, in money or goods,
    counts towards limit and ceiling alike, so that no sum is split to stay below them.

    Goods are worth what was paid for them, and need the approval that a refund of that worth would need.
    """
    if doing.action in _GIVES_NOTHING or not registry.contract_of(doing.action).gated:
        return None
    whole = _whole(hand, prepared)
    if whole is None:
        return None
    authority = hand.desk.library.authority
    grant = _standing(hand, whole)
    if grant is not None and whole.minor <= grant.ceiling:
        return None
    limit = auto_limit(authority, str(hand.state.facts["case.market"]), "refund")
    if is_disputed(hand):
        return NO_APPROVAL  # the bank may give the same money back: nobody's limit covers that
    return None if in_house(authority, whole) <= limit else NO_APPROVAL


def _whole(hand: Hand, prepared: Prepared) -> Money | None:
    """All that the case will have given; None where this adds nothing."""
    money = prepared.money
    minor = money.minor if money else sum(line.amount_minor for line in prepared.allocations)
    if minor == 0:
        return None
    paid = hand.state.facts["ledger.paid_minor"]
    assert isinstance(paid, int)
    with hand.desk.store.begin() as tx:
        currency, sent = cases.get(tx, hand.case_id).currency, effects.goods(tx, hand.case_id)
    assert currency is not None, "what is given is given for an order"
    return Money(minor=paid + sent + minor, currency=currency)


def _standing(hand: Hand, whole: Money) -> Grant | None:
    """The last word counts: a later rejection takes back what was granted before it. Nothing is granted
    by fewer people than the amount needs."""
    with hand.desk.store.begin() as tx:
        answered = [a for a in approvals.of_case(tx, hand.case_id) if a.status is ApprovalStatus.ANSWERED]
        if not answered or answered[-1].decision is ApprovalDecision.REJECTED:
            return None if answered else hand.state.grant
        given = [a for a in answered if a.decision in (ApprovalDecision.APPROVED, ApprovalDecision.ADJUSTED)]
        authority = hand.desk.library.authority
        if given and not countersigning.is_signed_by_enough(tx, authority, given[-1], whole):
            return None
    return hand.state.grant


def is_disputed(hand: Hand) -> bool:
    """Whether the bank has opened a dispute about this order, in whichever of its cases it was heard."""
    with hand.desk.store.begin() as tx:
        ref = cases.get(tx, hand.case_id).order_ref
        return ref is not None and inbox.has_come(tx, ref, DISPUTE)
