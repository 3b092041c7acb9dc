"""What a claim is owed: statute first, then the house, each answer with its ground and its source.

A figure from memory (`verified: false`) may help a customer and never stands in their way: where it
would be the ground for refusing, the verdict says `verified=False` and a person decides.
"""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict

from makegood.core import grounds
from makegood.core.claims import SELLERS_FAULT, Basis, Claim, Ground, Reason, Why
from makegood.core.periods import Period, RestDays
from makegood.core.statutes import Bearer, HouseRules, Policies, Statute, on

__all__ = ["Basis", "Claim", "Reason", "Verdict", "Why", "judge"]


class Verdict(BaseModel):
    """Frozen in the journal when it is given; `unverified` names the figures that are from memory.

    Of `entitled` (by law) and `goodwill` (by the house) at most one is true. `refund_due_days` counts
    from the claim, in working days where `refund_due_in_working_days`; `refund_due_after_return` from the
    day on which the goods are back, and whichever comes first holds. `cure_first`: the law lets the seller
    repair or replace before it must refund.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    market: str
    reason: Reason
    entitled: bool
    goodwill: bool
    verified: bool
    basis: Basis
    fault: Bearer
    cure_first: bool
    window_closes_on: date | None
    return_freight: Bearer
    outbound_freight_refunded: bool
    refund_due_days: int
    refund_due_in_working_days: bool
    refund_due_after_return: Period | None = None
    may_withhold_until_returned: bool
    why: Why
    source: str
    source_checked: date | None
    unverified: tuple[str, ...] = ()

    @property
    def granted(self) -> bool:
        return self.entitled or self.goodwill


def judge(policies: Policies, claim: Claim, today: date) -> Verdict:
    """Dates are the customer's own: a claim made on the last evening of the window, there, is in time.

    `today` matters only for goods that have not come. A market without a statute file is never refused
    here: a person decides.
    """
    statute = policies.statutes.get(claim.market)
    rules = policies.house.rules(claim.market)
    law = grounds.in_law(statute, rules, claim, today) if statute else None
    house = grounds.in_house(rules, claim, today)
    ground = _decisive(law, house)
    by_law = ground is law and ground.granted
    refusal_stands = _may_refuse(statute, law, claim)
    due = _refund_due(statute, rules, claim, today)
    return Verdict(
        market=claim.market,
        reason=claim.reason,
        entitled=by_law,
        goodwill=ground.granted and not by_law,
        verified=ground.verified if ground.granted else refusal_stands,
        basis=ground.basis if ground.granted else Basis.NONE,
        fault=Bearer.SELLER if claim.reason in SELLERS_FAULT else Bearer.CUSTOMER,
        cure_first=ground.cure_first,
        window_closes_on=_closes_on(ground, law, house),
        return_freight=_return_freight(statute, rules, claim),
        outbound_freight_refunded=ground.granted and _outbound(statute, rules, claim, by_law=by_law),
        refund_due_days=due.amount,
        refund_due_in_working_days=due.unit == "bd",
        refund_due_after_return=_due_after_return(statute, rules, claim, today),
        may_withhold_until_returned=_may_withhold(statute, rules, claim, by_law=by_law),
        why=ground.why if ground.granted or refusal_stands else Why.NEEDS_A_PERSON,
        source="; ".join(dict.fromkeys(figure.source for _, figure in ground.figures)),
        source_checked=min((figure.checked for _, figure in ground.figures), default=None),
        unverified=tuple(name for name, figure in ground.figures if not figure.verified),
    )


def _decisive(law: Ground | None, house: Ground) -> Ground:
    """The law before the house, except that a verified yes of the house beats a yes from memory."""
    if law is not None and law.granted and (law.verified or not house.granted):
        return law
    if house.granted or law is None or law.why is Why.NO_RIGHT_IN_LAW:
        return house
    return law


def _may_refuse(statute: Statute | None, law: Ground | None, claim: Claim) -> bool:
    """Only on verified figures, in a market whose law is known, for a reason that a rule can weigh."""
    if statute is None or law is None or claim.reason is Reason.OTHER:
        return False
    return law.certain and law.verified


def _closes_on(ground: Ground, law: Ground | None, house: Ground) -> date | None:
    if ground.granted:
        return ground.closes_on
    ends = [each.closes_on for each in (law, house) if each is not None and each.closes_on is not None]
    return max(ends, default=None)


def _return_freight(statute: Statute | None, rules: HouseRules, claim: Claim) -> Bearer:
    """Country, reason, what was disclosed, and house policy; nobody named means the seller.

    That the customer pays must have been read in a source: a figure from memory costs nobody anything.
    """
    if claim.reason in (Reason.NOT_DELIVERED, Reason.CANCELLED_BEFORE_SHIPMENT):
        return Bearer.SELLER
    if claim.reason in SELLERS_FAULT:
        law = statute.conformity.return_freight if statute and statute.conformity else None
        house = rules.fault_return_freight
    else:
        right = statute.withdrawal if statute else None
        law = right.return_freight if right else None
        if right and not (claim.disclosed and claim.informed):
            law = right.return_freight_undisclosed or law
        house = rules.change_of_mind_return_freight
    named = [found for figures in (law, house) if (found := on(figures, claim.ordered_on))]
    said = [found.value for found in named if found.verified or found.value is Bearer.SELLER]
    return Bearer.SELLER if not said or Bearer.SELLER in said else Bearer.CUSTOMER


def _outbound(statute: Statute | None, rules: HouseRules, claim: Claim, *, by_law: bool) -> bool:
    if claim.reason in (Reason.NOT_DELIVERED, Reason.CANCELLED_BEFORE_SHIPMENT):
        return True
    if claim.reason in SELLERS_FAULT:
        said = on(rules.fault_outbound_freight_refunded, claim.ordered_on)
        return said is None or said.value
    house = on(rules.change_of_mind_outbound_freight_refunded, claim.ordered_on)
    right = statute.withdrawal if statute and by_law else None
    law = on(right.outbound_freight_refunded, claim.ordered_on) if right else None
    return bool((house and house.value) or (law and law.value))


def _refund_due(statute: Statute | None, rules: HouseRules, claim: Claim, today: date) -> Period:
    """The earlier of the law's term and the house's."""
    right = statute.withdrawal if statute else None
    missing = statute.non_delivery if statute else None
    chosen = missing if claim.reason is Reason.NOT_DELIVERED else right
    terms = [rules.refund_due, chosen.refund_due if chosen else None]
    rest = statute.rest if statute else RestDays(None)
    said = [found.value for figures in terms if (found := on(figures, claim.ordered_on))]
    return min(said, key=lambda period: period.after(today, rest))


def _due_after_return(statute: Statute | None, rules: HouseRules, claim: Claim, today: date) -> Period | None:
    """The earlier of the law's term and the house's, where either counts from the goods' return."""
    if claim.reason in (Reason.NOT_DELIVERED, Reason.CANCELLED_BEFORE_SHIPMENT):
        return None
    weighed = claim.reason not in SELLERS_FAULT
    right = statute.withdrawal if statute and weighed else None
    terms = [rules.refund_due_after_return, right.refund_due_after_return if right else None]
    rest = statute.rest if statute else RestDays(None)
    said = [found.value for figures in terms if (found := on(figures, claim.ordered_on))]
    return min(said, key=lambda period: period.after(today, rest), default=None)


def _may_withhold(statute: Statute | None, rules: HouseRules, claim: Claim, *, by_law: bool) -> bool:
    if claim.reason in (Reason.NOT_DELIVERED, Reason.CANCELLED_BEFORE_SHIPMENT):
        return False
    weighed = by_law and claim.reason not in SELLERS_FAULT
    right = statute.withdrawal if statute and weighed else None
    terms = [rules.may_withhold_until_returned, right.may_withhold_until_returned if right else None]
    said = [found.value for figures in terms if (found := on(figures, claim.ordered_on))]
    return bool(said) and all(said)
