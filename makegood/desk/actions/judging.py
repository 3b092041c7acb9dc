"""Judging: what law and house say to a claim, and what a remedy gives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from makegood.core import remedies
from makegood.core.authority import auto_limit
from makegood.core.calendars import local_day
from makegood.core.claims import SELLERS_FAULT
from makegood.core.facts import Facts
from makegood.core.money import Money
from makegood.core.policy import Claim, Reason, Verdict, judge
from makegood.core.remedies import LineKind, NothingLeft, OrderFigures, Remedy, Unit
from makegood.core.statutes import Bearer
from makegood.desk.actions.orders import claimed, order_of, ref_of_unit, unit_refs
from makegood.desk.driving import Hand
from makegood.store import cases
from makegood.store.models import Order


class Judge:
    """Frozen in the journal as it is judged: statute and house rules of this day."""

    def answer(self, hand: Hand, arguments: Facts) -> Facts:
        with hand.desk.store.begin() as tx:
            case, order = cases.get(tx, hand.case_id), order_of(tx, hand)
        today = local_day(hand.now(), case.zone)
        reason = str(arguments.get("reason") or hand.state.facts["case.reason"])
        claim = claim_of(hand, order, case.zone, reason)
        return _facts(judge(hand.desk.library.policies, claim, today), claim)


def claim_of(hand: Hand, order: Order, zone: str, reason: str) -> Claim:
    """Days are those of the customer's own zone; the claim is as old as the case.

    The law is that of where the goods went: a case whose order was found later may not have known it.
    """
    units = claimed(order, unit_refs(hand))
    return Claim(
        market=order.market,
        reason=Reason(reason),
        category=units[0].category if units else "",
        ordered_on=local_day(order.placed_at, zone),
        opened_on=local_day(hand.state.opened_at, zone),
        delivered_on=local_day(order.delivered_at, zone) if order.delivered_at else None,
    )


def _facts(verdict: Verdict, claim: Claim) -> Facts:
    closes: date | None = verdict.window_closes_on
    return {
        "entitled": verdict.entitled,
        "goodwill": verdict.goodwill,
        "verified": verdict.verified,
        "basis": verdict.basis.value,
        "return_freight": verdict.return_freight.value,
        "outbound_freight_refunded": verdict.outbound_freight_refunded,
        "fault": "seller" if claim.reason in SELLERS_FAULT else "customer",
        "window_closes_on": closes.isoformat() if closes else "",
        "why": verdict.why.value,
        "source": verdict.source,
    }


class Quote:
    """`outbound_freight` says whether delivery goes back too, where everything does."""

    def answer(self, hand: Hand, arguments: Facts) -> Facts:
        with hand.desk.store.begin() as tx:
            order = order_of(tx, hand)
        refs = [ref_of_unit(unit) for unit in claimed(order, unit_refs(hand))]
        remedy, share = Remedy(str(arguments["kind"])), arguments["share"]
        assert isinstance(share, int)
        authority = hand.desk.library.authority
        freight = arguments.get("outbound_freight") is True
        try:
            quote = remedies.quote(figures(order), remedy, share, refs, _Terms(freight), authority)
        except NothingLeft:
            return _NOTHING
        limit = auto_limit(authority, str(hand.state.facts["case.market"]), remedy.value)
        return {
            "amount_minor": quote.pays.minor,
            "goods_minor": quote.of(LineKind.GOODS).minor,
            "freight_minor": quote.of(LineKind.OUTBOUND_FREIGHT).minor,
            "house_minor": quote.gives_house.minor,
            "needs_approval": quote.gives_house > limit,
        }


_NOTHING: Facts = {
    "amount_minor": 0,
    "goods_minor": 0,
    "freight_minor": 0,
    "house_minor": 0,
    "needs_approval": False,
}


@dataclass(frozen=True, slots=True)
class _Terms:
    """Who bears the return is settled by the label, which the customer buys where it is theirs."""

    outbound_freight_refunded: bool
    return_freight: Bearer = Bearer.SELLER


def figures(order: Order) -> OrderFigures:
    """What was paid, and what is given or reserved of it already."""
    units = tuple(
        Unit(
            ref_of_unit(unit),
            Money(minor=unit.paid_minor, currency=order.currency),
            Money(minor=unit.given_minor + unit.reserved_minor, currency=order.currency),
        )
        for unit in order.units
    )
    given = order.freight_given_minor + order.freight_reserved_minor
    return OrderFigures(
        order.currency,
        units,
        Money(minor=order.freight_paid_minor, currency=order.currency),
        Money(minor=given, currency=order.currency),
    )


class Deduct:
    """Takes a recorded share off the goods, never off the freight; rounded in the customer's favour."""

    def answer(self, hand: Hand, arguments: Facts) -> Facts:
        with hand.desk.store.begin() as tx:
            currency = order_of(tx, hand).currency
        amount, percent = _minor(arguments, "amount_minor"), _minor(arguments, "percent")
        freight = min(_minor(arguments, "freight_minor"), amount)
        goods = Money(minor=amount - freight, currency=currency)
        kept, taken = remedies.deduct(goods, percent)
        return {"amount_minor": kept.minor + freight, "deducted_minor": taken.minor}


def _minor(arguments: Facts, name: str) -> int:
    value = arguments.get(name, 0)
    assert isinstance(value, int)
    return value
