"""A case's state: the fold over its journal, one event at a time, each at constant cost."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import assert_never

from makegood.core import events as ev
from makegood.core.errors import MoveRefused
from makegood.core.facts import Facts


@dataclass(frozen=True, slots=True)
class Effect:
    """An effect that was intended and is not settled; `unknown` once its call was lost."""

    step: str
    visit: int
    action: str
    key: str
    suffix: str
    unknown: bool = False
    look_up_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """An open wait; `seq` is the number of the event that asked."""

    seq: int
    step: str
    visit: int
    wait: ev.Wait
    who: str
    round: int
    rung: int
    asked_at: datetime
    due: datetime | None
    remind_at: datetime | None
    names: tuple[str, ...]
    match: str
    facts: Facts
    why: str = ""
    reminders: int = 0
    escalated: bool = False
    kept: Facts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Arrival:
    """Something from outside that nobody has wanted yet."""

    seq: int
    name: str
    match: str
    facts: Facts
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Undoable:
    step: str
    visit: int
    action: str


@dataclass(frozen=True, slots=True)
class Grant:
    """An approval that was given: a ceiling in minor units, bound to its question."""

    question: int
    ceiling: int
    by: str


@dataclass(frozen=True, slots=True)
class Pauses:
    """Spans in which the customer had the ball, newest first; the chain is shared between states."""

    start: datetime
    end: datetime | None
    before: Pauses | None = None

    def spans(self) -> list[tuple[datetime, datetime | None]]:
        """Oldest first."""
        found: list[tuple[datetime, datetime | None]] = []
        at: Pauses | None = self
        while at:
            found.append((at.start, at.end))
            at = at.before
        return found[::-1]


@dataclass(frozen=True, slots=True)
class Promises:
    """What the service-level clocks need: when they stop and when they stood still."""

    first_reply_at: datetime | None = None
    pauses: Pauses | None = None
    warned: frozenset[str] = frozenset()
    breached: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class State:
    """Where a case stands. `step` and `visit` say at which box, `question` what it waits for."""

    procedure: str
    version: str
    seq: int
    at: datetime
    opened_at: datetime
    facts: Facts
    step: str
    visit: int
    visits: dict[str, int]
    effect: Effect | None = None
    question: Question | None = None
    round: int = 0
    rung: int = 0
    refused: Question | None = None
    notices: frozenset[str] = frozenset()
    tries: int = 0
    retry_at: datetime | None = None
    arrivals: dict[tuple[str, str], Arrival] = field(default_factory=dict)
    interrupts_honoured: frozenset[str] = frozenset()
    undoing: bool = False
    undoables: tuple[Undoable, ...] = ()
    grant: Grant | None = None
    promises: Promises = Promises()
    outcome: str | None = None
    closed_at: datetime | None = None
    reopen_until: datetime | None = None

    @property
    def customer_has_the_ball(self) -> bool:
        return self.question is not None and self.question.who == "customer"


def apply(state: State | None, event: ev.Event, seq: int, at: datetime) -> State:
    """The next state. Raises MoveRefused for an event that cannot follow."""
    if state is None:
        if not isinstance(event, ev.CaseOpened):
            raise MoveRefused(event.kind, "an empty journal")
        return _opened(event, seq, at)
    if seq != state.seq + 1:
        raise MoveRefused(f"{event.kind} as number {seq}", f"number {state.seq}")
    if state.outcome is not None and not isinstance(event, ev.Noted | ev.MessageReceived | ev.MessageSent):
        raise MoveRefused(event.kind, f"the close {state.outcome!r}")
    return replace(_fold(state, event, seq, at), seq=seq, at=at)


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
    )


def _fold(state: State, event: ev.Event, seq: int, at: datetime) -> State:
    match event:
        case ev.CaseOpened():
            raise MoveRefused(event.kind, "an open case")
        case ev.EffectIntended():
            _must_stand_at(state, event)
            effect = Effect(event.step, event.visit, event.action, event.key, event.suffix)
            return replace(state, effect=effect, retry_at=None)
        case ev.EffectUnknown():
            return replace(state, effect=_lost(state, event))
        case ev.TryFailed():
            return replace(state, effect=None, tries=event.attempt, retry_at=event.retry_at)
        case ev.StepDone():
            return _done(state, event, at)
        case ev.StepFailed() | ev.TimedOut():
            _must_stand_at(state, event)
            return _move(state, event, at)
        case ev.NoticeSent():
            notices = state.notices | {event.suffix}
            return replace(state, effect=None, notices=notices, tries=0, retry_at=None)
        case ev.QuestionAsked():
            return _asked(state, event, seq, at)
        case ev.Reminded():
            question = replace(_question(state, event), remind_at=event.remind_at, reminders=event.number)
            return replace(state, question=question, effect=None, tries=0, retry_at=None)
        case ev.Escalated():
            question = replace(_question(state, event), due=event.due, escalated=True, who=event.to)
            return replace(state, question=question)
        case ev.AnswerKept():
            question = _question(state, event)
            kept = replace(question, kept=question.kept | event.facts)
            return replace(state, question=kept, arrivals=_without_answer(state))
        case ev.AnswerRefused() | ev.OfferRefused():
            return _asked_again(state, event, at)
        case ev.Answered():
            return _answered(state, event, at)
        case ev.EventReceived():
            arrival = Arrival(seq, event.name, event.match, event.facts, event.received_at, event.by)
            return replace(state, arrivals=state.arrivals | {(event.name, event.match): arrival})
        case ev.Interrupted():
            return _interrupted(state, event, at)
        case ev.Undone():
            return replace(state, effect=None, undoables=state.undoables[:-1], tries=0, retry_at=None)
        case ev.Noted():
            return _noted(state, event)
        case ev.MessageReceived():
            return state
        case ev.MessageSent():
            return _replied(state, event, at)
        case ev.PromiseWarned():
            return replace(state, promises=_with(state.promises, warned=event.promise))
        case ev.PromiseBreached():
            return replace(state, promises=_with(state.promises, breached=event.promise))
        case ev.CaseClosed():
            return _closed(state, event, at)
        case _:
            assert_never(event)


def _must_stand_at(state: State, event: ev._Visit) -> None:
    undoing = isinstance(event, ev.EffectIntended) and event.suffix == "undo"
    if not undoing and (event.step, event.visit) != (state.step, state.visit):
        raise MoveRefused(
            f"{event.__class__.__name__} at {event.step}/{event.visit}", f"{state.step}/{state.visit}"
        )


def _question(state: State, event: ev._Visit) -> Question:
    if state.question is None:
        raise MoveRefused(event.__class__.__name__, f"{state.step}, where nothing is asked")
    return state.question


def _lost(state: State, event: ev.EffectUnknown) -> Effect:
    if state.effect is None:
        raise MoveRefused(event.kind, "no effect under way")
    return replace(state.effect, unknown=True, look_up_at=event.look_up_at)


def _move(state: State, event: ev._Move, at: datetime) -> State:
    """To the start of the step `go`, with nothing pending but what came from outside."""
    visit = state.visits.get(event.go, 0) + 1
    return replace(
        state,
        facts=state.facts | event.facts,
        step=event.go,
        visit=visit,
        visits=state.visits | {event.go: visit},
        effect=None,
        question=None,
        round=0,
        rung=0,
        refused=None,
        notices=frozenset(),
        tries=0,
        retry_at=None,
        undoing=False,
        promises=_ball_back(state, at),
    )


def _done(state: State, event: ev.StepDone, at: datetime) -> State:
    _must_stand_at(state, event)
    moved = _move(state, event, at)
    undoables = tuple(u for u in state.undoables if u.step not in event.settles)
    if event.undo:
        undoables += (Undoable(event.step, event.visit, event.undo),)
    return replace(moved, undoables=undoables, facts=moved.facts | event.ledger)


def _asked(state: State, event: ev.QuestionAsked, seq: int, at: datetime) -> State:
    _must_stand_at(state, event)
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
        escalated=event.escalated,
    )
    promises = state.promises
    if event.who == "customer" and not (promises.pauses and promises.pauses.end is None):
        promises = replace(promises, pauses=Pauses(at, None, promises.pauses))
    return replace(
        state, question=question, round=event.round, rung=event.rung, refused=None, promises=promises
    )


def _ball_back(state: State, at: datetime) -> Promises:
    pauses = state.promises.pauses
    if pauses is None or pauses.end is not None:
        return state.promises
    return replace(state.promises, pauses=replace(pauses, end=at))


def _without_answer(state: State) -> dict[tuple[str, str], Arrival]:
    return {key: arrival for key, arrival in state.arrivals.items() if key[0] != "answer"}


def _asked_again(state: State, event: ev.AnswerRefused | ev.OfferRefused, at: datetime) -> State:
    """The question is closed; `advance` asks the next round, or the next rung."""
    question = _question(state, event)
    rung = question.rung + 1 if isinstance(event, ev.OfferRefused) else question.rung
    return replace(
        state,
        question=None,
        rung=rung,
        round=question.round,
        refused=replace(question, why=event.why) if isinstance(event, ev.AnswerRefused) else None,
        arrivals=_without_answer(state),
        promises=_ball_back(state, at),
    )


def _answered(state: State, event: ev.Answered, at: datetime) -> State:
    question = _question(state, event)
    if event.question != question.seq:
        raise MoveRefused(f"the answer to {event.question}", f"question {question.seq}")
    wanted = {("answer", str(question.seq)), *((name, question.match) for name in question.names)}
    arrivals = {key: arrival for key, arrival in state.arrivals.items() if key not in wanted}
    undoables = tuple(u for u in state.undoables if u.step not in event.settles)
    grant = state.grant
    if event.ceiling is not None:
        grant = Grant(event.question, event.ceiling, event.by)
    return replace(_move(state, event, at), arrivals=arrivals, undoables=undoables, grant=grant)


def _interrupted(state: State, event: ev.Interrupted, at: datetime) -> State:
    if state.effect is not None:
        raise MoveRefused(event.kind, f"{state.effect.key} under way")
    moved = _move(state, event, at)
    return replace(
        moved,
        undoing=event.undo and bool(state.undoables),
        undoables=state.undoables if event.undo else (),
        interrupts_honoured=state.interrupts_honoured | {event.event},
        arrivals={key: arrival for key, arrival in state.arrivals.items() if key[0] != event.event},
    )


def _noted(state: State, event: ev.Noted) -> State:
    """A stayed interrupt is honoured by its note."""
    if not event.what.startswith("stayed:"):
        return state
    name = event.what.removeprefix("stayed:")
    arrivals = {key: arrival for key, arrival in state.arrivals.items() if key[0] != name}
    return replace(state, arrivals=arrivals, interrupts_honoured=state.interrupts_honoured | {name})


def _replied(state: State, event: ev.MessageSent, at: datetime) -> State:
    if event.automatic or state.promises.first_reply_at:
        return state
    return replace(state, promises=replace(state.promises, first_reply_at=at))


def _with(promises: Promises, *, warned: str = "", breached: str = "") -> Promises:
    return replace(
        promises,
        warned=promises.warned | ({warned} if warned else set()),
        breached=promises.breached | ({breached} if breached else set()),
    )


def _closed(state: State, event: ev.CaseClosed, at: datetime) -> State:
    return replace(
        state,
        question=None,
        outcome=event.outcome,
        closed_at=at,
        reopen_until=event.reopen_until,
        promises=_ball_back(state, at),
    )
