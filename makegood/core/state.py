"""A case's state: the fold over its journal, one event at a time, each at constant cost."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from makegood.core import events as ev
from makegood.core import moves
from makegood.core.errors import MoveRefused
from makegood.core.standing import (
    Arrival,
    Effect,
    Grant,
    Pauses,
    Promises,
    Question,
    State,
    Undoable,
    evolve,
)

__all__ = ["Arrival", "Effect", "Grant", "Pauses", "Promises", "Question", "State", "Undoable", "apply"]

_AFTER_CLOSE = ev.Noted | ev.MessageReceived | ev.MessageSent


def apply(state: State | None, event: ev.Event, seq: int, at: datetime) -> State:
    """The next state. Raises MoveRefused for an event that cannot follow."""
    if state is None:
        if not isinstance(event, ev.CaseOpened):
            raise MoveRefused(event.kind, "an empty journal")
        return _opened(event, seq, at)
    if seq != state.seq + 1:
        raise MoveRefused(f"{event.kind} as number {seq}", f"number {state.seq}")
    if state.outcome is not None and not isinstance(event, _AFTER_CLOSE):
        raise MoveRefused(event.kind, f"the close {state.outcome!r}")
    return evolve(_fold(state, event, seq, at), seq=seq, at=at)


def _opened(event: ev.CaseOpened, seq: int, at: datetime) -> State:
    return State(
        procedure=event.procedure,
        version=event.version,
        seq=seq,
        at=at,
        opened_at=at,
        facts=dict(event.facts),
        step=event.go,
        visit=1,
        visits={event.go: 1},
        came={event.go: at},
    )


def _fold(state: State, event: ev.Event, seq: int, at: datetime) -> State:
    match event:
        case ev.CaseOpened():
            raise MoveRefused(event.kind, "an open case")
        case ev.StepFailed() | ev.TimedOut():
            moves.must_stand_at(state, event)
            return moves.move(state, event, at)
        case ev.StepDone():
            return moves.finish(state, event, at)
        case ev.Answered():
            return moves.answer(state, event, at)
        case ev.Interrupted():
            return moves.interrupt(state, event, at)
        case ev.CaseClosed():
            return moves.close(state, event, at)
        case ev.EffectIntended() | ev.EffectUnknown() | ev.TryFailed() | ev.NoticeSent() | ev.Undone():
            return _effect(state, event, at)
        case (
            ev.QuestionAsked()
            | ev.Reminded()
            | ev.Escalated()
            | ev.AnswerKept()
            | ev.AnswerRefused()
            | ev.OfferRefused()
        ):
            return _question(state, event, seq, at)
        case ev.EventReceived():
            return moves.receive(state, event, seq)
        case ev.Noted():
            return moves.note(state, event)
        case ev.MessageReceived() | ev.TaskAssigned():
            return state
        case ev.MessageSent():
            return moves.reply(state, event, at)
        case ev.PromiseWarned():
            return evolve(state, promises=moves.with_promise(state.promises, warned=event.promise))
        case ev.PromiseBreached():
            return evolve(state, promises=moves.with_promise(state.promises, breached=event.promise))
        case _:
            assert_never(event)


def _effect(
    state: State,
    event: ev.EffectIntended | ev.EffectUnknown | ev.TryFailed | ev.NoticeSent | ev.Undone,
    at: datetime,
) -> State:
    match event:
        case ev.EffectIntended():
            return moves.intend(state, event)
        case ev.EffectUnknown():
            return moves.lose(state, event)
        case ev.TryFailed():
            return evolve(state, effect=None, tries=event.attempt, retry_at=event.retry_at)
        case ev.NoticeSent():
            moves.must_stand_at(state, event)
            notices = state.notices | {event.suffix}
            return evolve(state, effect=None, notices=notices, tries=0, retry_at=None)
        case ev.Undone():
            return moves.undo(state, event, at)
        case _:
            assert_never(event)


def _question(
    state: State,
    event: ev.QuestionAsked | ev.Reminded | ev.Escalated | ev.AnswerKept | ev.AnswerRefused | ev.OfferRefused,
    seq: int,
    at: datetime,
) -> State:
    match event:
        case ev.QuestionAsked():
            return moves.ask(state, event, seq, at)
        case ev.Reminded():
            asked = moves.question_of(state, event)
            question = replace(asked, remind_at=event.remind_at, reminders=event.number)
            return evolve(state, question=question, effect=None, tries=0, retry_at=None)
        case ev.Escalated():
            return moves.escalate(state, event, at)
        case ev.AnswerKept():
            return moves.keep_answer(state, event)
        case ev.AnswerRefused() | ev.OfferRefused():
            return moves.ask_again(state, event, at)
        case _:
            assert_never(event)
