"""Intake: a customer's message becomes a case, or joins the one that is open about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from makegood.core.authority import in_house
from makegood.core.errors import BadInput, UnknownName
from makegood.core.facts import Facts
from makegood.core.language import is_country
from makegood.core.money import Money
from makegood.desk import attachments, ruling
from makegood.desk.desk import Desk
from makegood.desk.evidence import SentFile
from makegood.desk.opening import Problem, check, open_case
from makegood.desk.ports import Order
from makegood.store import cases, customers, inbox, messages
from makegood.store.customers import Contact, Profile
from makegood.store.messages import NewMessage
from makegood.store.models import Case
from makegood.store.transaction import Tx
from makegood.store.words import Direction


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """`external_id` is the channel's own number of the message: the same one again does nothing.

    `market`, `locale` and `zone` serve where the order is not known; else the shop's are taken.
    """

    external_id: str
    channel: str
    procedure: str
    reason: str
    text: str
    order: str | None = None
    email: str = ""
    name: str = ""
    locale: str | None = None
    market: str | None = None
    units: tuple[str, ...] = ()
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Received:
    """`fresh`: a case was opened. `duplicate`: this very message was here before."""

    number: str
    fresh: bool
    duplicate: bool = False


class UnknownOrder(UnknownName):
    """Refused where a colleague types it; a customer's own message opens a case that looks for it."""


def receive(desk: Desk, message: Message, *, must_know_order: bool = False) -> Received:
    """One transaction after one look at the shop. Raises BadInput, NoRate, Unavailable while it is down."""
    check(desk, Problem(procedure=message.procedure, reason=message.reason, channel=message.channel))
    order = desk.shop.load(message.order) if message.order else None
    if order is None and must_know_order:
        raise UnknownOrder("case", "order", message.order or "", _nearest(desk, message))
    contact, profile = _who(desk, message, order)
    own = order is not None and order.customer.email.lower() == contact.email.lower()
    if order is not None and not own:
        order = None  # somebody else's order: a colleague looks into it
    if order is not None:  # raises NoRate: without a rate no limit can be kept, and the case could not move
        in_house(ruling.in_force(desk), Money(minor=1, currency=order.currency))
    _check_units(message, order)
    problem = Problem(
        procedure=message.procedure,
        reason=message.reason,
        channel=message.channel,
        order_ref=order.ref if order else None,
        currency=order.currency if order else None,
        units=message.units if order else (),
    )
    now = desk.now()
    with desk.store.begin() as tx:
        known = inbox.claim(tx, message.channel, message.external_id)
        if known is not None:
            return Received(cases.get(tx, known).number, fresh=False, duplicate=True)
        opened = open_case(tx, desk, contact, profile, problem, now)
        _join(tx, desk, opened.case, message, first=opened.fresh)
    return Received(opened.case.number, opened.fresh)


def _nearest(desk: Desk, message: Message) -> tuple[str, ...]:
    """The customer's own orders where the message says who wrote it, else the newest that look alike."""
    if message.email:
        return tuple(order.ref for order in desk.shop.orders_of(message.email))
    newest = [order.ref for order in desk.shop.orders_of(None, limit=200)]
    return tuple(get_close_matches(message.order or "", newest, n=5, cutoff=0.3))


def _who(desk: Desk, message: Message, order: Order | None) -> tuple[Contact, Profile]:
    if order is not None:
        buyer = order.customer
        email = message.email or buyer.email
        known = email.lower() == buyer.email.lower()
        contact = Contact(buyer.name if known else message.name, email)
        locale = message.locale or order.locale
        return contact, Profile(locale, order.zone, order.market, order.tier)
    if not message.email:
        raise BadInput("email", "missing, and the order is not known", "who wrote", "Give email or order")
    market = message.market or desk.default_market
    if market not in desk.library.markets and not is_country(market):
        raise UnknownName("market", "market", market, desk.library.markets)
    zone = desk.library.calendar(market).zone
    return Contact(message.name, message.email), Profile(message.locale or "en", zone, market)


def _check_units(message: Message, order: Order | None) -> None:
    if order is None:
        return
    lines = {line.ref: line.quantity for line in order.lines}
    known = [f"{ref}/{number}" for ref, count in lines.items() for number in range(1, count + 1)]
    for unit in message.units:
        if unit not in lines and unit not in known:
            raise UnknownName("units", "unit", unit, (*lines, *known))


def _join(tx: Tx, desk: Desk, case: Case, message: Message, *, first: bool) -> None:
    now = desk.now()
    new = NewMessage(
        direction=Direction.IN,
        channel=message.channel,
        locale=case.locale,
        subject=message.subject,
        body=message.text,
        at=now,
        author="customer",
        external_id=message.external_id,
    )
    number = messages.add(tx, case.id, new)
    payload: dict[str, Any] = {"message": number, "channel": message.channel, "first": first}
    _put(tx, case.id, message.channel, message.external_id, "customer.replied", payload, now)


def _put(
    tx: Tx, case_id: int, channel: str, external_id: str, name: str, payload: dict[str, Any], now: datetime
) -> None:
    inbox.put(
        tx,
        case_id,
        source=channel,
        external_id=external_id,
        name=name,
        payload=payload,
        received_at=now,
        now=now,
    )


def reply(
    desk: Desk,
    number: str,
    *,
    text: str,
    channel: str,
    external_id: str,
    facts: Facts | None = None,
    intent: str = "",
    files: Sequence[SentFile] = (),
) -> Received:
    """A customer writes about a case. `facts` answer an open question; `intent` is `withdraw` or nothing.

    `files` are kept with the message, and counted as facts. Raises EvidenceRefused; nothing is kept then.
    """
    now = desk.now()
    with desk.store.begin() as tx:
        case = cases.by_number(tx, number)
        if case is None:
            raise UnknownName("reply", "case", number, ())
        if inbox.claim(tx, channel, external_id) is not None:
            return Received(case.number, fresh=False, duplicate=True)
        new = NewMessage(
            direction=Direction.IN,
            channel=channel,
            locale=case.locale,
            subject="",
            body=text,
            at=now,
            author="customer",
            external_id=external_id,
        )
        message = messages.add(tx, case.id, new)
        counted = (facts or {}) | attachments.keep(tx, desk, case, files, message)
        payload = {"message": message, "channel": channel, "facts": counted, "by": "customer"}
        _put(tx, case.id, channel, external_id, "customer.replied", payload, now)
        if intent == "withdraw":
            key = f"{external_id}:withdraw"
            _put(tx, case.id, channel, key, "customer.withdrew", {"by": "customer"}, now)
    return Received(case.number, fresh=False)


def contact_of(desk: Desk, case_id: int) -> Contact:
    """Who the customer is. Raises Erased."""
    with desk.store.begin() as tx:
        return customers.contact(tx, cases.get(tx, case_id).customer_id)
