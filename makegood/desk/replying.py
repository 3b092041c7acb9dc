"""Replying: a colleague writes to the customer, at most once for each message that was written.

The message is kept with its key before anything is sent; the journal's event is what says that it went
out. A message without that event may be tried again under the same key, which sends nothing twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from makegood.core import events as ev
from makegood.core import guard
from makegood.core.errors import BadInput, Refusal, UnknownName
from makegood.desk import borrowing, holding, promises
from makegood.desk.desk import Desk
from makegood.desk.driving import Hand, record
from makegood.gateways.outcomes import Refused, Unknown
from makegood.store import cases, customers, journal, messages
from makegood.store.messages import Message, NewMessage
from makegood.store.models import Case
from makegood.store.transaction import Tx
from makegood.store.words import Direction

CHANNEL = "email"


class NotSent(Refusal):
    """The provider said no: this message will not go."""

    def __init__(self, code: str) -> None:
        super().__init__(f"the message was refused: {code}")
        self.code = code


class MaybeSent(Refusal):
    """Nobody can tell yet whether it went out."""

    def __init__(self) -> None:
        super().__init__("nobody can tell yet whether the message went out; look again in a minute")


class NotYet(Refusal):
    """It is night where the customer is; the message is kept."""

    def __init__(self, until: datetime, zone: str) -> None:
        at = until.astimezone(ZoneInfo(zone))
        super().__init__(f"it is night where the customer is; it can be sent from {at:%H:%M} there on")
        self.until = until


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """`form` is the one-time word of the form that it was written in: sent twice, it is one message."""

    subject: str
    body: str
    by: str
    form: str


def reply(desk: Desk, number: str, draft: Draft) -> None:
    """Raises BadInput, UnknownName, Erased, NotYet, CaseBusy, NotSent, MaybeSent, Unavailable."""
    if not draft.body.strip():
        raise BadInput("body", "is empty", "a message", "Write something")
    key = f"{number}:reply:{draft.form}"
    with desk.store.begin() as tx:
        case = _case(cases.by_number(tx, number), number)
        if not customers.contact(tx, case.customer_id).email:
            raise BadInput("reply", "this customer gave no address", "an e-mail address")
        new = NewMessage(
            direction=Direction.OUT,
            channel=CHANNEL,
            locale=case.locale,
            subject=" ".join(draft.subject.split()) or number,
            body=draft.body,
            at=desk.now(),
            author=draft.by,
            key=key,
        )
        fresh = messages.by_key(tx, key) is None
        messages.add(tx, case.id, new)
    send(desk, number, key, tried_before=not fresh)


def send(desk: Desk, number: str, key: str, *, tried_before: bool = True) -> None:
    """Hands over a message that is kept; one that went out already stays as it is."""
    with desk.store.begin() as tx:
        case = _case(cases.by_number(tx, number), number)
        message = messages.by_key(tx, key)
        to = customers.contact(tx, case.customer_id).email
        until = _quiet_until(tx, desk, case)
    if until is not None:
        raise NotYet(until, case.zone)
    if message is None or message.case_id != case.id:
        raise UnknownName("reply", "message", "", ())
    with borrowing.held(desk, case) as hand:
        if message.id in unsent(hand, [message]):
            _deliver(hand, message, to, tried_before=tried_before)


def _quiet_until(tx: Tx, desk: Desk, case: Case) -> datetime | None:
    """The contact guard's word on a reply: what answers the customer soon may go at night."""
    wrote = [m.at for m in messages.thread(tx, case.id) if m.direction is Direction.IN]
    outbound = guard.Outbound(
        guard.Kind.REPLY, "", "", automatic=False, customer_wrote_at=max(wrote, default=None)
    )
    verdict = guard.judge(outbound, guard.Recipient(case.zone), [], desk.now(), desk.library.contact)
    return verdict.until if isinstance(verdict, guard.Hold) else None


def unsent(hand: Hand, written: list[Message]) -> set[int]:
    """Those of colleagues' messages of which the journal does not say that they went out."""
    with hand.desk.store.begin() as tx:
        told = [entry.event for entry in journal.read(tx, hand.case_id)]
    went = {event.message for event in told if isinstance(event, ev.MessageSent)}
    return {message.id for message in written if message.id not in went}


def _deliver(hand: Hand, message: Message, to: str, *, tried_before: bool) -> None:
    """What was tried before is looked for first; the same key again is no second message."""
    assert message.key is not None
    mailbox = hand.desk.mailbox
    if not (tried_before and mailbox.can_look_up and mailbox.find(key=message.key)):
        if tried_before and hand.now() - message.at >= mailbox.key_lifetime:
            _note(hand, "reply-unknown", message)
            raise MaybeSent
        _call(hand, message, to)
    sent = ev.MessageSent(message=message.id, template="", automatic=False, by=message.author)
    record(hand, sent, lambda tx, _seq: _show(tx, hand))


def _show(tx: Tx, hand: Hand) -> None:
    """The first reply is given: lists show it at once."""
    if hand.state.outcome is None:
        promises.project(tx, hand)


def _call(hand: Hand, message: Message, to: str) -> None:
    assert message.key is not None
    mailbox = hand.desk.mailbox
    holding.must_hold(hand)
    try:
        mailbox.send(
            to,
            channel=CHANNEL,
            locale=message.locale,
            subject=message.subject,
            body=message.body,
            case=hand.number,
            template=None,
            key=message.key,
        )
    except Refused as error:
        _note(hand, f"reply-refused:{error.code}", message)
        raise NotSent(error.code) from error
    except Unknown as error:
        if not (mailbox.can_look_up and mailbox.find(key=message.key)):
            _note(hand, "reply-unknown", message)
            raise MaybeSent from error


def _note(hand: Hand, what: str, message: Message) -> None:
    record(hand, ev.Noted(what=what, facts={"message": message.id}))


def _case(case: Case | None, number: str) -> Case:
    if case is None:
        raise UnknownName("reply", "case", number, ())
    return case
