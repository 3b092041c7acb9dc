"""Legs: one case driven from where its journal stands until it closes, parks, suspends or is another's."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol, assert_never

from makegood.core.advance import advance
from makegood.core.decisions import Close, Decision, Do, Finished, Park, Pose, Record, Settle, Suspend
from makegood.core.state import Question
from makegood.desk import arrivals, doing, holding, posing, promises, resting, ruling, settling, trouble
from makegood.desk.desk import Desk
from makegood.desk.driving import Hand, record
from makegood.store.inbox import Arrival

_MOST_STEPS = 10_000


class Performer(Protocol):
    """Wraps one piece of work, so that a flow can show it as a task run named after the step."""

    def __call__(self, do: Do, call: Callable[[], None]) -> None: ...


@dataclass(frozen=True, slots=True)
class Leg:
    """How a leg ended. `waits` is a word for the case's list; `question` an approval to suspend on.

    `apart`: nothing was done, for the case has killed its worker before; call again in a process of its own.
    """

    end: Literal["closed", "parked", "suspended", "stepped_back", "apart"]
    waits: str = ""
    question: Question | None = None


class RunawayCase(RuntimeError):
    """A case that moved ten thousand times in one leg."""


def drive(
    desk: Desk,
    number: str,
    holder: str,
    performer: Performer,
    run_id: str | None = None,
    *,
    apart: bool = False,
) -> Leg:
    """Takes the case's lease and drives. `holder` names the run; `run_id` is Prefect's, where there is one.
    `apart` says that this process does nothing else.

    Everything that happens is committed step by step: a leg that dies leaves a case that the next one
    takes up where the journal stands.
    """
    hand = holding.take(ruling.current(desk), number, holder, run_id, apart=apart)
    if not isinstance(hand, Hand | holding.SetApart):
        holding.note_ended(desk, run_id)
    match hand:
        case holding.Closed():
            return Leg("closed")
        case holding.SetApart():
            return Leg("apart")
        case holding.Handed():
            return Leg("parked", "engineer")
        case None:
            return Leg("stepped_back")
    return go_on(hand, performer)


def go_on(hand: Hand, performer: Performer) -> Leg:
    """Drives a case that is held, and gives it up."""
    try:
        leg = _drive(hand, performer)
    except holding.LOST:
        leg = Leg("stepped_back")
    except Exception as error:
        with suppress(Exception):  # one on the way to noting it must not hide it
            trouble.broke(hand.desk, hand.case_id, hand.fence, hand.state.step, error)
            holding.note_ended(hand.desk, hand.run_id, "Failed")
        raise
    finally:
        if not hand.put_down:
            holding.release(hand)
    if not hand.put_down:
        holding.note_ended(hand.desk, hand.run_id)
    if leg.end != "stepped_back":
        holding.ended_well(hand)
    return leg


def _drive(hand: Hand, performer: Performer) -> Leg:
    for _ in range(_MOST_STEPS):
        # what has arrived goes first: it may lead away from a step that cannot be decided
        decision = advance(hand.plan, hand.state, hand.now()) if holding.is_fresh(hand) else None
        if not (decision and holding.only_reads(hand, decision)) and (arrival := holding.look(hand)):
            _admit(hand, arrival, performer)
            continue
        decision = decision or advance(hand.plan, hand.state, hand.now())
        if isinstance(decision, Park | Suspend):
            if promise := promises.due(hand):
                promises.record(hand, promise)
                continue
            return _rest(hand, decision)
        if isinstance(decision, Close | Finished):
            return _end(hand, decision)
        _act(hand, decision, performer, hand.now())
    raise RunawayCase(hand.number)


def _admit(hand: Hand, arrival: Arrival, performer: Performer) -> None:
    """What came in time counts: a timer goes first only when it was due before the arrival came."""
    question = hand.state.question
    if question and question.due and question.due < arrival.received_at:
        decision = advance(hand.plan, hand.state, arrival.received_at)
        if isinstance(decision, Record):
            _act(hand, decision, performer, arrival.received_at)
            return
    if arrival.name == settling.SETTLED:
        settling.take_in(hand, arrival)
    else:
        arrivals.take_in(hand, arrival)


def _act(hand: Hand, decision: Decision, performer: Performer, now: datetime) -> None:
    match decision:
        case Record(event):
            record(hand, event)
        case Do():
            performer(decision, lambda: doing.do(hand, decision))
        case Settle(effect):
            shown = Do(effect.step, effect.visit, effect.action, {}, effect.suffix)
            performer(shown, lambda: doing.settle(hand, effect))
        case Pose(asked, planned):
            posing.pose(hand, asked, planned)
        case Park() | Suspend() | Close() | Finished():
            raise AssertionError(f"{decision} is no act at {now}")
        case _:
            assert_never(decision)


def _rest(hand: Hand, decision: Park | Suspend) -> Leg:
    """What arrives while the case is being put down has asked for another leg."""
    if isinstance(decision, Park):
        return Leg("parked", resting.park(hand, decision))
    if resting.suspend(hand, decision):
        return Leg("suspended", "approval", decision.question)
    return Leg("parked", "approval")


def _end(hand: Hand, decision: Close | Finished) -> Leg:
    if isinstance(decision, Close):
        resting.close(hand, decision.event)
    return Leg("closed")
