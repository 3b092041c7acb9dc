"""Moves: what single events make of a state, each at constant cost."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from makegood.core import events as ev
from makegood.core.errors import MoveRefused
from makegood.core.standing import Arrival, Effect, Grant, Pauses, Promises, Question, State, Undoable, evolve

Arrivals = dict[tuple[str, str], Arrival]


def must_stand_at(state: State, event: ev._Visit) -> None:
    if (event.step, event.visit) != (state.step, state.visit):
        raise MoveRefused(
            f"{event.__class__.__name__} at {event.step}/{event.visit}", f"{state.step}/{state.visit}"
        )


def question_of(state: State, event: ev._Visit) -> Question:
    if state.question is None:
        raise MoveRefused(event.__class__.__name__, f"{state.step}, where nothing is asked")
    return state.question


def intend(state: State, event: ev.EffectIntended) -> State:
    if state.effect is not None and state.effect.key != event.key:
        raise MoveRefused(event.kind, f"{state.effect.key} under way")
    if event.suffix != "undo":
        must_stand_at(state, event)
    effect = Effect(event.step, event.visit, event.action, event.key, event.suffix)
    return evolve(state, effect=effect, retry_at=None)


def lose(state: State, event: ev.EffectUnknown) -> State:
    if state.effect is None:
        raise MoveRefused(event.kind, "no effect under way")
    return evolve(state, effect=replace(state.effect, unknown=True, look_up_at=event.look_up_at))


def move(state: State, event: ev._Move, at: datetime) -> State:
    """To the start of the step `go`, with nothing pending but what came from outside."""
    return _to(state, event.go, at, facts=state.facts | event.facts)


def _to(state: State, go: str, at: datetime, **also: Any) -> State:
    visit = state.visits.get(go, 0) + 1
    return evolve(
        state,
        step=go,
        visit=visit,
        visits=state.visits | {go: visit},
        came={go: at} | state.came,
        effect=None,
        question=None,
        round=0,
        rung=0,
        refused=None,
        notices=frozenset(),
        tries=0,
        retry_at=None,
        undoing=False,
        promises=ball_back(state, at),
        **also,
    )


def finish(state: State, event: ev.StepDone, at: datetime) -> State:
    must_stand_at(state, event)
    undoables = tuple(u for u in state.undoables if u.step not in event.settles)
    if event.undo:
        undoables += (Undoable(event.step, event.visit, event.undo),)
    facts = state.facts | event.facts | event.ledger
    return _to(state, event.go, at, undoables=undoables, facts=facts)


def ask(state: State, event: ev.QuestionAsked, seq: int, at: datetime) -> State:
    must_stand_at(state, event)
    question = Question(
        seq=seq,
        step=event.step,
        visit=event.visit,
        wait=event.wait,
        who=event.who,
        round=event.round,
        rung=event.rung,
        asked_at=at,
        due=event.due,
        remind_at=event.remind_at,
        names=event.names,
        match=event.match,
        facts=event.facts,
        why=event.why,
        reminders=event.reminders,
        escalated=event.escalated,
    )
    promises = state.promises
    if event.who == "customer" and not (promises.pauses and promises.pauses.end is None):
        promises = replace(promises, pauses=Pauses(at, None, promises.pauses))
    return evolve(
        state, question=question, round=event.round, rung=event.rung, refused=None, promises=promises
    )


def escalate(state: State, event: ev.Escalated, at: datetime) -> State:
    """The ball leaves the customer's field when a colleague is called in."""
    question = replace(question_of(state, event), due=event.due, escalated=True, who=event.to)
    return evolve(state, question=question, promises=ball_back(state, at))


def ball_back(state: State, at: datetime) -> Promises:
    pauses = state.promises.pauses
    if pauses is None or pauses.end is not None:
        return state.promises
    return replace(state.promises, pauses=replace(pauses, end=at))


def keep_answer(state: State, event: ev.AnswerKept) -> State:
    """Only the answer that was kept is taken; one that came after it is still to be read."""
    question = question_of(state, event)
    kept = replace(question, kept=question.kept | event.facts)
    key = ("answer", str(question.seq))
    arrivals = {name: arrival for name, arrival in state.arrivals.items() if name != key}
    if key in state.arrivals and (rest := state.arrivals[key].rest):
        arrivals[key] = rest
    return evolve(state, question=kept, arrivals=arrivals)


def ask_again(state: State, event: ev.AnswerRefused | ev.OfferRefused, at: datetime) -> State:
    """The question is closed; `advance` asks the next round, or the next rung."""
    question = question_of(state, event)
    rung = question.rung + 1 if isinstance(event, ev.OfferRefused) else question.rung
    return evolve(
        state,
        question=None,
        rung=rung,
        round=question.round,
        refused=replace(question, why=event.why) if isinstance(event, ev.AnswerRefused) else None,
        arrivals=without(state, ["answer"]),
        tries=0,
        retry_at=None,
        promises=ball_back(state, at),
    )


def answer(state: State, event: ev.Answered, at: datetime) -> State:
    must_stand_at(state, event)
    question = question_of(state, event)
    if event.question != question.seq:
        raise MoveRefused(f"the answer to {event.question}", f"question {question.seq}")
    wanted = {("answer", str(question.seq)), *((name, question.match) for name in question.names)}
    arrivals = {key: arrival for key, arrival in state.arrivals.items() if key not in wanted}
    undoables = tuple(u for u in state.undoables if u.step not in event.settles)
    grant = state.grant
    if event.ceiling is not None:
        grant = Grant(event.question, event.ceiling, event.by)
    return evolve(move(state, event, at), arrivals=arrivals, undoables=undoables, grant=grant)


def receive(state: State, event: ev.EventReceived, seq: int) -> State:
    """An event's first receipt counts and its repeats say nothing new; answers are kept one after another."""
    key = (event.name, event.match)
    before = state.arrivals.get(key)
    if before is not None and event.name != "answer":
        if before.at <= event.received_at:
            return state
        before = None
    arrival = Arrival(seq, event.name, event.match, event.facts, event.received_at, event.by, before)
    return evolve(state, arrivals=state.arrivals | {key: arrival})


def without(state: State, names: list[str]) -> Arrivals:
    return {key: arrival for key, arrival in state.arrivals.items() if key[0] not in names}


def interrupt(state: State, event: ev.Interrupted, at: datetime) -> State:
    must_stand_at(state, event)
    if state.effect is not None:
        raise MoveRefused(event.kind, f"{state.effect.key} under way")
    return evolve(
        move(state, event, at),
        undoing=event.undo and bool(state.undoables),
        interrupts_honoured=state.interrupts_honoured | {event.event},
        arrivals=without(state, [event.event]),
    )


def undo(state: State, event: ev.Undone, at: datetime) -> State:
    """One undo has ended, the last thing done first; one that failed leads the case elsewhere."""
    if not state.undoables or state.undoables[-1].step != event.step:
        raise MoveRefused(f"the undo of {event.step}", "nothing of it to undo")
    left = evolve(state, effect=None, undoables=state.undoables[:-1], tries=0, retry_at=None)
    if event.go:
        left = replace(_to(left, event.go, at), facts=state.facts | event.facts)
    return evolve(left, undoing=bool(left.undoables))


def note(state: State, event: ev.Noted) -> State:
    """A stayed interrupt is honoured by its note."""
    if not event.what.startswith("stayed:"):
        return state
    name = event.what.removeprefix("stayed:")
    return evolve(
        state, arrivals=without(state, [name]), interrupts_honoured=state.interrupts_honoured | {name}
    )


def reply(state: State, event: ev.MessageSent, at: datetime) -> State:
    if event.automatic or state.promises.first_reply_at:
        return state
    return evolve(state, promises=replace(state.promises, first_reply_at=at))


def with_promise(promises: Promises, *, warned: str = "", breached: str = "") -> Promises:
    return replace(
        promises,
        warned=promises.warned | ({warned} if warned else set()),
        breached=promises.breached | ({breached} if breached else set()),
    )


def close(state: State, event: ev.CaseClosed, at: datetime) -> State:
    return evolve(
        state,
        question=None,
        outcome=event.outcome,
        closed_at=at,
        reopen_until=event.reopen_until,
        promises=ball_back(state, at),
    )
