"""Letters: written in the customer's language, passed through the contact guard, sent once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from makegood.core import events as ev
from makegood.core import guard
from makegood.core.decisions import Do
from makegood.core.facts import Facts
from makegood.core.money import Money
from makegood.desk import promises
from makegood.desk.actions import shop
from makegood.desk.actions.orders import claimed, order_of, unit_refs
from makegood.desk.actions.shape import Done, Dropped, Held, Prepared
from makegood.desk.driving import Hand, write
from makegood.desk.ports import Provider
from makegood.library import Moment
from makegood.library.letters import Value
from makegood.store import cases, customers, messages
from makegood.store.customers import Contact
from makegood.store.errors import Erased
from makegood.store.messages import Message, NewMessage
from makegood.store.models import Case, Customer
from makegood.store.transaction import Tx
from makegood.store.words import Direction

_REMEMBERED = timedelta(days=40)


class Send:
    """`message` names the letter; what else the step gives become its variables."""

    def provider(self, hand: Hand) -> Provider:
        return hand.desk.mailbox

    def prepare(self, hand: Hand, do: Do) -> Prepared | Held | Dropped:
        if kept_back := _judged(hand, str(do.arguments["message"]), do.key(hand.number)):
            return kept_back
        with hand.desk.store.begin() as tx:
            case = cases.get(tx, hand.case_id)
            contact = customers.contact(tx, case.customer_id)
        return _written(hand, do, case, contact)

    def kept_back(self, hand: Hand, arguments: Mapping[str, Any], key: str) -> Held | Dropped | None:
        """What the guard says of a letter that is written already and did not go yet."""
        return _judged(hand, arguments["template"], key)

    def call(self, hand: Hand, arguments: Mapping[str, Any], key: str) -> Done:
        sent = hand.desk.mailbox.send(
            arguments["to"],
            channel=arguments["channel"],
            locale=arguments["locale"],
            subject=arguments["subject"],
            body=arguments["body"],
            case=hand.number,
            template=arguments["template"],
            key=key,
        )
        return Done(ref=sent.ref)

    def find(self, hand: Hand, arguments: Mapping[str, Any], key: str) -> Done | None:  # noqa: ARG002
        found = hand.desk.mailbox.find(key=key)
        return Done(ref=found.ref) if found else None

    def by_hand(self, hand: Hand, arguments: Mapping[str, Any]) -> Done:  # noqa: ARG002
        return Done()

    def is_begun(self, hand: Hand, arguments: Mapping[str, Any], key: str) -> bool:  # noqa: ARG002
        return False

    def after(self, tx: Tx, hand: Hand, arguments: Mapping[str, Any], key: str) -> None:
        """The letter joins the conversation, and may stop the first-reply clock."""
        now = hand.now()
        message = NewMessage(
            direction=Direction.OUT,
            channel=arguments["channel"],
            locale=arguments["locale"],
            subject=arguments["subject"],
            body=arguments["body"],
            at=now,
            author="system",
            template=arguments["template"],
            key=key,
        )
        number = messages.add(tx, hand.case_id, message)
        template, automatic = arguments["template"], arguments["automatic"]
        write(tx, hand, ev.MessageSent(message=number, template=template, automatic=automatic), now)


def _judged(hand: Hand, name: str, key: str) -> Held | Dropped | None:
    """None when it may go now. Only what the customer wrote about this very case makes it an answer."""
    library = hand.desk.library
    with hand.desk.store.begin() as tx:
        case = cases.get(tx, hand.case_id)
        customer = customers.get(tx, case.customer_id)
        try:
            contact = customers.contact(tx, case.customer_id)
        except Erased:
            return Dropped(guard.Why.ERASED.value)
        past = _past(tx, hand, case)
    head = library.messages.head(name)
    asked = [m.at for m in past if m.direction is Direction.IN and m.case_id == hand.case_id]
    outbound = guard.Outbound(head.kind, name, key, head.automatic, max(asked, default=None))
    recipient = _recipient(hand, customer, contact)
    match guard.judge(outbound, recipient, _sent(hand, past), hand.now(), library.contact):
        case guard.Hold(until):
            return Held(until)
        case guard.Drop(why):
            return Dropped(why.value)
        case guard.Send():
            return None


def _written(hand: Hand, do: Do, case: Case, contact: Contact) -> Prepared:
    name = str(do.arguments["message"])
    letter = hand.desk.library.render(name, case.locale, variables(hand, case, contact, do.arguments))
    return Prepared(
        {
            "to": contact.email,
            "channel": "email",
            "locale": letter.locale,
            "subject": letter.subject,
            "body": letter.body,
            "template": name,
            "automatic": letter.automatic,
        }
    )


def variables(hand: Hand, case: Case, contact: Contact, given: Facts) -> dict[str, Value]:
    """Everything that a letter may say; the library writes amounts and instants as the customer does."""
    told: dict[str, Value] = {
        "customer_name": contact.name,
        "case_number": hand.number,
        "order_ref": case.order_ref or "",
        "progress_link": hand.desk.links.make(hand.number),
        "why": str(given.get("why") or given.get("reason") or ""),
        "tracking": str(given.get("tracking", "")),
        "payment_url": str(given.get("url", "")),
        "seller_name": hand.desk.seller_name,
    }
    amount = _amount(hand, case, given)
    if amount is not None:
        told["amount"] = amount
    if "promised_by" in hand.desk.library.messages.variables(str(given["message"])):
        told["promised_by"] = Moment(_promised(hand), case.zone)
    return told


def _promised(hand: Hand) -> datetime:
    """Until when we answer: the first reply while none was given, then the resolution.

    A clock that stands still while the customer has the ball is read as if they answered now.
    """
    now, name = hand.now(), "resolution" if hand.state.promises.first_reply_at else "first_reply"
    for clock, reading in promises.readings(hand.desk.library, hand.state, now):
        if clock.name == name and reading.due is not None:
            return max(reading.due, now)
    return now


def _amount(hand: Hand, case: Case, given: Facts) -> Money | None:
    """As the step says, or the offered share of what was paid for the claimed units."""
    minor, share = given.get("amount_minor"), given.get("share")
    if case.currency is None:
        return None
    if isinstance(minor, int):
        return Money(minor=minor, currency=case.currency)
    if not isinstance(share, int):
        return None
    if case.order_id is None:
        shop.Load().answer(hand, {})  # a procedure that offers without having looked at the order
    with hand.desk.store.begin() as tx:
        units = claimed(order_of(tx, hand), unit_refs(hand))
    return Money(minor=sum(unit.paid_minor for unit in units), currency=case.currency).share(share)


def _past(tx: Tx, hand: Hand, case: Case) -> list[Message]:
    """What was said to and by this customer lately, in whichever case."""
    since = hand.now() - _REMEMBERED
    mine = [c for c in cases.of_customer(tx, case.customer_id) if (c.closed_at or hand.now()) >= since]
    return [message for c in mine for message in messages.thread(tx, c.id) if message.at >= since]


def _sent(hand: Hand, past: list[Message]) -> list[guard.Past]:
    sent = [message for message in past if message.direction is Direction.OUT]
    return [guard.Past(m.key or str(m.id), m.template or "", *_nature(hand, m)) for m in sent]


def _nature(hand: Hand, message: Message) -> tuple[guard.Kind, Any, bool]:
    """A colleague's own reply is a reply, and not automatic."""
    if message.template is None:
        return guard.Kind.REPLY, message.at, False
    head = hand.desk.library.messages.head(message.template)
    return head.kind, message.at, head.automatic


def _recipient(hand: Hand, customer: Customer, contact: Contact) -> guard.Recipient:
    calendar = hand.desk.library.calendar(customer.market)
    return guard.Recipient(customer.zone, customer.consent, bool(contact.email), False, calendar)
