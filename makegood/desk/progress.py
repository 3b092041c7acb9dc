"""Progress: what one customer's page tells of their case, in words of ours; the web room has the language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from makegood.core import events as ev
from makegood.core.errors import UnknownName
from makegood.core.money import Money
from makegood.core.plan import Plan
from makegood.core.promises import Standing
from makegood.core.state import State, apply
from makegood.desk import promises, stages
from makegood.desk.actions.orders import claimed
from makegood.desk.answering import Form, form_of
from makegood.desk.desk import Desk
from makegood.desk.stages import Stage
from makegood.store import cases, effects, evidence, inbox, journal, messages, orders
from makegood.store.messages import Message
from makegood.store.models import Case, Evidence
from makegood.store.transaction import Tx
from makegood.store.words import CaseStatus, Direction, EffectStatus

MADE, VOIDED = "parcel.return_label", "parcel.void_label"
_WAYS_BACK = {MADE: True, VOIDED: False, "repair.open": True, "repair.cancel": False}
"""What makes a way back for goods, or takes it back."""


@dataclass(frozen=True, slots=True)
class Offer:
    """`amount` is what the offered share comes to, where the order is known."""

    remedy: str
    share: int
    return_required: bool
    amount: Money | None


@dataclass(frozen=True, slots=True)
class Need:
    """What is wanted of the customer. `given`: an answer is here and will be read in a moment."""

    form: Form
    due: datetime | None
    offer: Offer | None
    given: bool


@dataclass(frozen=True, slots=True)
class Parcel:
    """The goods' way back. `label` says that there is one to open; `send_by` until when it is waited for."""

    tracking: str
    label: bool
    send_by: datetime | None
    arrived: bool


@dataclass(frozen=True, slots=True)
class Said:
    """One message. `theirs` is the customer's own; of ours no author is told."""

    at: datetime
    theirs: bool
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Promised:
    """What still runs, by name. A promise that was broken is owned up to: `late`."""

    due: tuple[tuple[str, datetime], ...] = ()
    paused: bool = False
    late: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """Of one case and nobody else's. `now` is a word for what happens at the moment, `coming` the number
    of a parcel that the carrier should deliver."""

    case: Case
    stages: tuple[Stage, ...]
    now: str
    need: Need | None
    parcel: Parcel | None
    coming: str
    paid: Money | None
    promised: Promised
    thread: tuple[Said, ...]
    files: tuple[Evidence, ...]


def of(desk: Desk, number: str) -> Progress:
    """Raises UnknownName, Erased."""
    with desk.store.begin() as tx:
        case = cases.by_number(tx, number)
        if case is None:
            raise UnknownName("progress", "case", "", ())
        story = _read(tx, case)
        state = story.state
        plan = desk.plans.of(tx, case.version)
        need = _need(tx, case, plan, state)
        return Progress(
            case=case,
            stages=stages.line(plan, state),
            now="answered" if need and need.given else stages.now(plan, state),
            need=need,
            parcel=_parcel(tx, case, plan, story),
            coming=stages.coming_of(state),
            paid=_paid(case, state),
            promised=_promised(desk, state),
            thread=tuple(
                _said(message) for message in messages.thread(tx, case.id) if _shown(message, story)
            ),
            files=tuple(evidence.of_case(tx, case.id)),
        )


@dataclass(frozen=True, slots=True)
class _Story:
    """Where the case stands, which messages are known to have gone out, and which parcels came in."""

    state: State
    went: frozenset[int]
    received: frozenset[str]


def _read(tx: Tx, case: Case) -> _Story:
    state: State | None = None
    went, received = set(), set()
    for seq, at, event in journal.read(tx, case.id):
        state = apply(state, event, seq, at)
        if isinstance(event, ev.MessageSent):
            went.add(event.message)
        elif isinstance(event, ev.EventReceived) and event.name in ("parcel.received", "repair.received"):
            received.add(event.match)
    assert state is not None, "a case has a journal"
    return _Story(state, frozenset(went), frozenset(received))


def _shown(message: Message, story: _Story) -> bool:
    """A colleague's message that nobody can tell the fate of is not shown as sent."""
    return message.direction is Direction.IN or message.id in story.went


def _said(message: Message) -> Said:
    return Said(message.at, message.direction is Direction.IN, message.subject, message.body)


def _need(tx: Tx, case: Case, plan: Plan, state: State) -> Need | None:
    if case.status is CaseStatus.CLOSED:
        return None
    form = form_of(case.number, plan, state)
    if form is None or form.question.wait not in ("ask", "offer"):
        return None
    question = form.question
    given = any(arrival.match == form.key for arrival in inbox.unread(tx, case.id))
    return Need(form, question.due, _offer(tx, case, state) if question.wait == "offer" else None, given)


def _offer(tx: Tx, case: Case, state: State) -> Offer:
    """The share is of what was paid for the claimed pieces, as the letter says it."""
    assert state.question is not None
    facts, amount = state.question.facts, None
    share = int(facts.get("share", 0))
    if case.order_id is not None and case.currency is not None:
        refs = tuple(filter(None, str(state.facts.get("case.unit_refs", "")).split(",")))
        paid = sum(unit.paid_minor for unit in claimed(orders.get(tx, case.order_id), refs))
        amount = Money(minor=paid, currency=case.currency).share(share)
    return Offer(str(facts.get("remedy", "")), share, facts.get("return_required") is True, amount)


def _parcel(tx: Tx, case: Case, plan: Plan, story: _Story) -> Parcel | None:
    """The last label that is in force, or the tracking number that a colleague gave."""
    tracking, ways = stages.tracking_of(plan, story.state), _ways_back(tx, case)
    if not tracking or (ways and not _WAYS_BACK[ways[-1]]):
        return None
    question, known = story.state.question, {tracking, stages.repair_of(plan, story.state)}
    waits = question is not None and question.match in known and question.who == "customer"
    send_by = question.due if question is not None and waits else None
    arrived = bool(known & story.received)
    return Parcel(tracking, ways[-1:] == [MADE] and not arrived, send_by, arrived)


def _ways_back(tx: Tx, case: Case) -> list[str]:
    """What was done about them, in its order."""
    rows = effects.of_case(tx, case.id)
    return [row.action for row in rows if row.status is EffectStatus.DONE and row.action in _WAYS_BACK]


def label_address(desk: Desk, number: str) -> str | None:
    """Where the carrier keeps the label. Asks the carrier; None when there is none in force."""
    with desk.store.begin() as tx:
        case = cases.by_number(tx, number)
        if case is None or case.order_ref is None:
            return None
        rows = [row for row in effects.of_case(tx, case.id) if row.action == MADE]
        keys = [row.key for row in rows if row.status is EffectStatus.DONE]
    label = desk.carrier.find_label(case.order_ref, key=keys[-1]) if keys else None
    return label.url if label is not None and label.status == "made" else None


def _paid(case: Case, state: State) -> Money | None:
    minor = state.facts.get("ledger.paid_minor", 0)
    if case.currency is None or not isinstance(minor, int) or minor <= 0:
        return None
    return Money(minor=minor, currency=case.currency)


def _promised(desk: Desk, state: State) -> Promised:
    if state.outcome is not None:
        return Promised()
    read = promises.readings(desk.library, state, desk.now())
    running = [(clock.name, reading) for clock, reading in read if clock.stopped_at is None]
    standings = {reading.standing for _, reading in running}
    due = tuple((name, reading.due) for name, reading in running if reading.due)
    return Promised(due, Standing.PAUSED in standings, Standing.BREACHED in standings)
