"""Authorising: no money or goods above the limit without a grant that covers them, checked at the call."""

from __future__ import annotations

from makegood.core.authority import auto_limit, in_house
from makegood.core.decisions import Do
from makegood.core.gates import remedies_of
from makegood.core.money import Money
from makegood.core.state import Grant
from makegood.desk import binding, countersigning
from makegood.desk.actions import registry
from makegood.desk.actions.shape import Prepared
from makegood.desk.driving import Hand
from makegood.store import approvals, cases, effects, inbox
from makegood.store.words import ApprovalDecision, ApprovalStatus

NO_APPROVAL = "no_approval"
DISPUTE = "dispute.opened"
_YES = (ApprovalDecision.APPROVED, ApprovalDecision.ADJUSTED)
_GIVES_NOTHING = frozenset({"payment.void"})
"""A void gives nothing back: nothing was taken."""


def refusal(hand: Hand, doing: Do, prepared: Prepared) -> str | None:
    """None when the money may move, or the goods leave. What the case has given before, in money or goods,
    counts towards limit and ceiling alike, so that no sum is split to stay below them. A grant is for the
    units, the payments and the packet that were shown, and for nothing else.

    Goods are worth what was paid for them, and need the approval that a refund of that worth would need.
    """
    if doing.action in _GIVES_NOTHING or not registry.contract_of(doing.action).gated:
        return None
    whole = _whole(hand, prepared)
    if whole is None:
        return None
    authority = hand.desk.library.authority
    grant = _standing(hand, whole, prepared)
    if grant is not None and whole.minor <= grant.ceiling:
        return None
    if is_disputed(hand):
        return NO_APPROVAL  # the bank may give the same money back: nobody's limit covers that
    return None if in_house(authority, whole) <= _limit(hand, doing) else NO_APPROVAL


def _limit(hand: Hand, doing: Do) -> Money:
    """Up to this nobody is asked, for what the step gives; the lowest where it may be one of several."""
    authority, market = hand.desk.library.authority, str(hand.state.facts["case.market"])
    remedies = remedies_of(hand.plan, doing.step, hand.state.facts)
    return min(auto_limit(authority, market, remedy) for remedy in remedies)


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


def _standing(hand: Hand, whole: Money, prepared: Prepared) -> Grant | None:
    """The last word counts: a later rejection takes back what was granted before it. Nothing is granted
    by fewer people than the amount needs, nor for other units, payments or words than were shown."""
    grant, authority = hand.state.grant, hand.desk.library.authority
    if grant is None:
        return None
    with hand.desk.store.begin() as tx:
        answered = [a for a in approvals.of_case(tx, hand.case_id) if a.status is ApprovalStatus.ANSWERED]
        if not answered or answered[-1].decision not in _YES or answered[-1].question_seq != grant.question:
            return None
        signed = countersigning.is_signed_by_enough(tx, hand.number, authority, answered[-1], whole)
        return grant if signed and binding.covers(tx, hand, answered[-1], prepared) else None


def is_disputed(hand: Hand) -> bool:
    """Whether the bank has opened a dispute about this order, in whichever of its cases it was heard."""
    with hand.desk.store.begin() as tx:
        ref = cases.get(tx, hand.case_id).order_ref
        return ref is not None and inbox.has_come(tx, ref, DISPUTE)
