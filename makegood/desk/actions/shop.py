"""The shop's actions: read an order, tie a found one to its case, look at a customer's past, cancel."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from makegood.core import events as ev
from makegood.core.authority import in_house
from makegood.core.calendars import local_day
from makegood.core.decisions import Do
from makegood.core.facts import Facts
from makegood.core.money import Money
from makegood.desk.actions.orders import case_of, claimed, ref_of, unit_refs
from makegood.desk.actions.shape import Done, Prepared
from makegood.desk.driving import Hand
from makegood.desk.ports import Order, OrderLine, ParcelRef, Provider, Refused
from makegood.store import cases, claims, customers, effects, journal, orders
from makegood.store.customers import Contact
from makegood.store.errors import AlreadyOpen, Erased
from makegood.store.models import Order as Kept
from makegood.store.orders import OrderFacts, PaymentFacts, UnitFacts
from makegood.store.transaction import Tx
from makegood.store.words import PaymentKind

_PAST = timedelta(days=90)
_GOODWILL_PERCENT = 20
"""How much of what was paid for goods may be given as goodwill, over and above the goods."""


class Load:
    """Reads the order and keeps its units and payments, under whose lock money is reserved."""

    def answer(self, hand: Hand, arguments: Facts) -> Facts:  # noqa: ARG002  (the protocol's signature)
        case = case_of(hand)
        order = hand.desk.shop.load(case.order_ref) if case.order_ref else None
        if order is None:
            raise Refused("not_found")
        with hand.desk.store.begin() as tx:
            kept = _keep(tx, hand, order)
        return facts_of(hand, order, kept)


def _keep(tx: Tx, hand: Hand, order: Order) -> Kept:
    case = cases.get(tx, hand.case_id)
    cases.lock(tx, hand.case_id, hand.fence)
    _remember(tx, case.customer_id, order)
    kept = orders.load(tx, order_facts(order), hand.now())
    claims.note(tx, case.id, [unit.id for unit in claimed(kept, unit_refs(hand))])
    if case.order_id != kept.id:
        cases.attach_order(tx, hand.case_id, order.ref, kept.id, order.currency)
    return kept


def _remember(tx: Tx, customer: Any, order: Order) -> None:
    """The shop knows name and telephone that a first message may not give."""
    try:
        told = told_of(customers.contact(tx, customer), order)
    except Erased:
        return
    if told is not None:
        customers.change(tx, customer, told)


def told_of(known: Contact, order: Order) -> Contact | None:
    """None when the shop says nothing new, or speaks of somebody else."""
    buyer = order.customer
    if known.email and known.email.lower() != buyer.email.lower():
        return None
    address = {k: v for k, v in buyer.address.model_dump().items() if isinstance(v, str)}
    told = Contact(
        known.name or buyer.name, known.email or buyer.email, known.phone or buyer.phone or "", address
    )
    return None if told == known else told


def order_facts(order: Order) -> OrderFacts:
    paid = sum(line.unit_paid.minor * line.quantity for line in order.lines)
    return OrderFacts(
        ref=order.ref,
        market=order.market,
        currency=order.currency,
        placed_at=order.placed_at,
        delivered_at=order.delivered_at,
        units=[unit for line in order.lines for unit in _units(line)],
        payments=[
            PaymentFacts(
                ref=payment.ref,
                kind=_kind(payment.kind),
                authorised_minor=payment.authorised.minor,
                captured_minor=payment.captured.minor,
                refunded_minor=payment.refunded.minor + payment.voided.minor,
            )
            for payment in order.payments
        ],
        freight_paid_minor=order.freight_paid.minor,
        goodwill_cap_minor=paid * _GOODWILL_PERCENT // 100,
        facts={"ships_from": order.ships_from, "shipped_on": _day(order.shipped_at)},
    )


def _day(instant: datetime | None) -> str:
    return "" if instant is None else f"{instant.astimezone(UTC):%Y-%m-%d}"


def _kind(word: str) -> PaymentKind:
    try:
        return PaymentKind(word)
    except ValueError:
        return PaymentKind.OTHER


def _units(line: OrderLine) -> list[UnitFacts]:
    return [
        UnitFacts(
            line_ref=line.ref,
            unit_no=number,
            sku=line.sku,
            title=line.title,
            category=line.category,
            paid_minor=line.unit_paid.minor,
        )
        for number in range(1, line.quantity + 1)
    ]


def facts_of(hand: Hand, order: Order, kept: Kept) -> Facts:
    """What the case is told of its order."""
    units = claimed(kept, unit_refs(hand))
    claim = Money(minor=sum(unit.paid_minor for unit in units), currency=order.currency)
    outbound = [parcel.tracking for parcel in order.parcels if _is_first(parcel)]
    return {
        "status": order.status,
        "fulfilment": order.fulfilment,
        "payment": order.payment_status,
        "currency": order.currency,
        "paid_minor": sum(unit.paid_minor for unit in kept.units) + kept.freight_paid_minor,
        "claim_minor": claim.minor,
        "claim_house_minor": in_house(hand.desk.library.authority, claim).minor,
        "units": len(units),
        "whole": len(units) == len(kept.units),
        "category": units[0].category if units else "",
        "delivered": order.delivered_at is not None,
        "days_since_delivery": days_between(order.delivered_at, hand.state.opened_at, order.zone),
        "outbound_tracking": outbound[0] if outbound else "",
    }


def _is_first(parcel: ParcelRef) -> bool:
    """What was sent again or came from a repair is not the order's own parcel."""
    return parcel.direction == "outbound" and parcel.purpose in ("", "order")


def days_between(delivered_at: datetime | None, opened_at: datetime, zone: str) -> int:
    """Days on the customer's own calendar; -1 for what was not delivered."""
    if delivered_at is None:
        return -1
    return (local_day(opened_at, zone) - local_day(delivered_at, zone)).days


class Attach:
    """The order that was found, if the shop has it and no other case is about it.

    A customer may name an order of their own. One of somebody else's only a colleague may tie to the case.
    """

    def answer(self, hand: Hand, arguments: Facts) -> Facts:
        number = str(arguments["order_number"]).strip()
        order = hand.desk.shop.load(number) if number else None
        if order is None or (_customer_said_it(hand) and not _is_theirs(hand, order)):
            return {"found": False}
        try:
            with hand.desk.store.begin() as tx:
                cases.lock(tx, hand.case_id, hand.fence)
                cases.attach_order(tx, hand.case_id, order.ref, None, order.currency)
        except AlreadyOpen:
            return {"found": False}
        return {"found": True}


def _customer_said_it(hand: Hand) -> bool:
    """By the journal's last answer."""
    with hand.desk.store.begin() as tx:
        told = [entry.event for entry in journal.read(tx, hand.case_id)]
    return next((event.by == "customer" for event in reversed(told) if isinstance(event, ev.Answered)), True)


def _is_theirs(hand: Hand, order: Order) -> bool:
    with hand.desk.store.begin() as tx:
        email = customers.contact(tx, cases.get(tx, hand.case_id).customer_id).email
    return bool(email) and email.lower() == order.customer.email.lower()


class History:
    """This customer's claims of the last 90 days, this one included, and what they were given for them.

    Ours and the shop's own books overlap, so the larger count holds, not the sum.
    """

    def answer(self, hand: Hand, arguments: Facts) -> Facts:  # noqa: ARG002  (the protocol's signature)
        with hand.desk.store.begin() as tx:
            case = cases.get(tx, hand.case_id)
            since = hand.state.opened_at - _PAST
            past = [c for c in cases.of_customer(tx, case.customer_id) if c.opened_at >= since]
            mine = [c for c in past if c.procedure != "cancel"]  # who calls an order off claims nothing
            given = [_house(hand, c.currency, effects.paid(tx, c.id) + effects.goods(tx, c.id)) for c in past]
            email = customers.contact(tx, case.customer_id).email
        told = hand.desk.shop.history(case.order_ref, email) if case.order_ref and email else None
        theirs = told.claims_90d + 1 if told else 1
        own = sum(c.called_by is None for c in mine)  # what a case called is part of its claim
        return {"claims_90d": max(own, theirs), "given_90d_house_minor": sum(given)}


def _house(hand: Hand, currency: str | None, minor: int) -> int:
    if currency is None or minor == 0:
        return 0
    return in_house(hand.desk.library.authority, Money(minor=minor, currency=currency)).minor


class Cancel:
    """Cancels the order in the shop; `too_late` is a result."""

    def provider(self, hand: Hand) -> Provider:
        return hand.desk.shop

    def prepare(self, hand: Hand, do: Do) -> Prepared:  # noqa: ARG002  (the protocol's signature)
        return Prepared({"order": ref_of(hand)})

    def call(self, hand: Hand, arguments: Mapping[str, Any], key: str) -> Done:
        return Done({"result": hand.desk.shop.cancel(arguments["order"], key=key).result})

    def find(self, hand: Hand, arguments: Mapping[str, Any], key: str) -> Done | None:
        found = hand.desk.shop.find_cancellation(arguments["order"], key=key)
        return Done({"result": found.result}) if found else None

    def after(self, tx: Tx, hand: Hand, arguments: Mapping[str, Any], key: str) -> None:
        """Nothing is kept beside the result."""
