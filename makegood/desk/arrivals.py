"""Arrivals: what the inbox holds for a case is journalled, in the order in which it was received."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from makegood.core import events as ev
from makegood.core.contracts import EVENTS
from makegood.core.facts import Facts
from makegood.core.procedure import AskStep
from makegood.core.state import Question
from makegood.desk import approvals, asking_more, batch_arrivals, batch_proofs, questions
from makegood.desk.desk import Desk
from makegood.desk.driving import Hand, record, write
from makegood.store import cases, inbox, journal, tasks
from makegood.store.inbox import Arrival
from makegood.store.models import Case
from makegood.store.transaction import Tx
from makegood.store.words import Role, TaskKind

ANSWER = "answer"
APPROVAL = "approval"
REPLY = "customer.replied"


def take_in(hand: Hand, arrival: Arrival) -> None:
    """Journals the arrival and marks it read, in one transaction."""
    match arrival.name:
        case "answer":
            _answered(hand, arrival)
        case "approval" if arrival.source == batch_proofs.SOURCE:
            batch_arrivals.take_in(hand, arrival)
        case "approval":
            approvals.take_in(hand, arrival)
        case asking_more.FOUND:
            asking_more.take_in(hand, arrival)
        case "customer.replied":
            _reply(hand, arrival)
        case _:
            _journal(hand, arrival, _event(hand, arrival))


def _journal(
    hand: Hand, arrival: Arrival, event: ev.Event, with_: Callable[[Tx, int], None] | None = None
) -> None:
    def also(tx: Tx, seq: int) -> None:
        inbox.mark_read(tx, [arrival.id], seq)
        if with_ is not None:
            with_(tx, seq)

    record(hand, event, also)


def asked(hand: Hand, arrival: Arrival) -> Question | None:
    """The open question, when the arrival answers just that one."""
    question = hand.state.question
    if question is None or arrival.match != questions.key_of(hand.number, question.seq):
        return None
    return question


def late(arrival: Arrival) -> ev.Noted:
    """An answer to a question that is closed: a no-op that says so."""
    return ev.Noted(what="late-answer", facts={"question": arrival.match or ""})


def _answered(hand: Hand, arrival: Arrival) -> None:
    """A colleague who did what another had been given took it over: that is said first."""
    answer, told = _answer(hand, arrival), arrival.payload.get("remark")
    if told is None or isinstance(answer, ev.Noted):
        _journal(hand, arrival, answer)
    else:
        _journal(hand, arrival, ev.parse(told), lambda tx, _: _also(tx, hand, answer))


def _answer(hand: Hand, arrival: Arrival) -> ev.Event:
    question = asked(hand, arrival)
    colleagues = question is not None and question.wait == "task" and arrival.source == "desk"
    if question is None or not (colleagues or question.wait in questions.CUSTOMERS):
        return late(arrival)  # nobody does a colleague's work from outside
    return _received(arrival, ANSWER, str(question.seq), facts_of(arrival.payload))


def _event(hand: Hand, arrival: Arrival) -> ev.Event:
    if not hand.plan.listens_to(arrival.name) and arrival.name != "case.closed":
        return ev.Noted(what=f"heard:{arrival.name}", facts={"match": arrival.match or ""})
    known = EVENTS.get(arrival.name, {})
    facts = {name: value for name, value in facts_of(arrival.payload).items() if name in known}
    return _received(arrival, arrival.name, arrival.match or "", facts)


def _received(arrival: Arrival, name: str, match: str, facts: Facts) -> ev.EventReceived:
    by = str(arrival.payload.get("by", ""))
    return ev.EventReceived(name=name, match=match, facts=facts, received_at=arrival.received_at, by=by)


def facts_of(payload: Mapping[str, Any]) -> Facts:
    facts = payload.get("facts", {})
    return {str(k): v for k, v in facts.items() if isinstance(v, bool | int | str)}


def _reply(hand: Hand, arrival: Arrival) -> None:
    """A message of the customer's: files answer an open question for evidence; words are an agent's."""
    payload = arrival.payload
    received = ev.MessageReceived(message=int(payload["message"]), channel=str(payload["channel"]))
    facts = _asked_for(hand, facts_of(payload))
    question = hand.state.question
    if facts and question is not None:
        answer = _received(arrival, ANSWER, str(question.seq), facts)
        _journal(hand, arrival, received, lambda tx, _: _also(tx, hand, answer))
    elif payload.get("first"):
        _journal(hand, arrival, received)
    else:
        _journal(hand, arrival, received, lambda tx, seq: _for_an_agent(hand, tx, seq))


def _also(tx: Tx, hand: Hand, event: ev.Event) -> None:
    write(tx, hand, event, hand.now())


def _asked_for(hand: Hand, facts: Facts) -> Facts:
    """What of a message answers the question that is open to the customer."""
    question = hand.state.question
    step = hand.plan.steps[question.step].step if question else None
    return {name: facts[name] for name in facts if name in step.for_} if isinstance(step, AskStep) else {}


def _for_an_agent(hand: Hand, tx: Tx, seq: int) -> None:
    reading = tasks.NewTask(
        step=hand.state.step,
        visit=hand.state.visit,
        question_seq=seq,
        role=Role.AGENT,
        why="customer-wrote",
        due=hand.desk.library.calendars.add(hand.now(), "8bh", "agent"),
        kind=TaskKind.REPAIR,
    )
    tasks.open(tx, hand.case_id, reading, hand.now())


def note_late(desk: Desk, tx: Tx, case: Case) -> None:
    """What came for a closed case is noted in its journal, and a message is given to an agent."""
    locked = cases.lock(tx, case.id)
    for arrival in inbox.unread(tx, case.id):
        written = arrival.name == REPLY
        event: ev.Event = ev.Noted(what=f"after-close:{arrival.name}")
        if written:
            payload = arrival.payload
            event = ev.MessageReceived(message=int(payload["message"]), channel=str(payload["channel"]))
        seq = journal.append(tx, case.id, [(event, desk.now())], locked.fence)[-1]
        inbox.mark_read(tx, [arrival.id], seq)
        if written:
            reading = tasks.NewTask(
                step="closed",
                visit=1,
                question_seq=seq,
                role=Role.AGENT,
                why="customer-wrote-after-close",
                due=desk.library.calendars.add(desk.now(), "8bh", "agent"),
                kind=TaskKind.REPAIR,
            )
            tasks.open(tx, case.id, reading, desk.now())
