"""The simulator: a plan driven in virtual time against a given world, without any effect.

The third driver, beside legs and bulk. It writes the journal that they would write; a journal that was
cut anywhere is driven on to the same end, because everything that is needed stands in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import assert_never

from makegood.core import events as ev
from makegood.core import outcomes
from makegood.core.advance import MESSAGE, advance, opening
from makegood.core.contracts import Kind
from makegood.core.decisions import Close, Do, Finished, Park, Pose, Record, Settle, Suspend
from makegood.core.errors import Surprise
from makegood.core.facts import Facts
from makegood.core.plan import Plan
from makegood.core.procedure import CallStep
from makegood.core.state import Effect, Question, State, apply
from makegood.core.world import Done, Failed, Happening, Lost, Outcome, Reply, World

MOST_MOVES = 5_000
_CLOSING = ev.Answered | ev.AnswerRefused | ev.OfferRefused | ev.TimedOut | ev.Interrupted


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the journal."""

    seq: int
    at: datetime
    event: ev.Event


Journal = tuple[Entry, ...]


class Stuck(Surprise):
    """A case that waits for nothing, or that moved five thousand times: its procedure is not sound."""


@dataclass(slots=True)
class _Drive:
    """A case in the simulator's hands; `lag` is how late it looks after every timer and arrival."""

    plan: Plan
    world: World
    number: str
    lag: timedelta
    journal: list[Entry]
    state: State
    now: datetime
    pending: list[tuple[datetime, Reply | Happening]] = field(default_factory=list)

    def record(self, event: ev.Event) -> None:
        """Replies to a question that the event closes come to nothing."""
        if isinstance(event, _CLOSING):
            self.pending = [each for each in self.pending if isinstance(each[1], Happening)]
        seq = self.state.seq + 1
        self.state = apply(self.state, event, seq, self.now)
        self.journal.append(Entry(seq, self.now, event))


def begin(plan: Plan, facts: Facts, at: datetime) -> Journal:
    """A journal with its first entry."""
    return (Entry(1, at, opening(plan, facts)),)


def fold(journal: Sequence[Entry]) -> State:
    """The state that a journal stands for."""
    state: State | None = None
    for entry in journal:
        state = apply(state, entry.event, entry.seq, entry.at)
    if state is None:
        raise Surprise("an empty journal stands for nothing")
    return state


def run(
    plan: Plan,
    journal: Sequence[Entry],
    world: World,
    *,
    number: str = "MG-2026-000001",
    lag: timedelta = timedelta(),
) -> Journal:
    """The journal driven on until the case is closed. Raises Stuck when it never is."""
    drive = _Drive(plan, world, number, lag, list(journal), fold(journal), journal[-1].at)
    _remember(drive)
    for _ in range(MOST_MOVES):
        if _arrive(drive):
            continue
        if not _move(drive):
            return tuple(drive.journal)
    raise Stuck(f"{plan.name}: {MOST_MOVES} moves and no end, last at {drive.state.step}")


def _remember(drive: _Drive) -> None:
    """What is still to come, by what the journal shows to have come."""
    received = [entry.event for entry in drive.journal if isinstance(entry.event, ev.EventReceived)]
    happened = sum(event.name != "answer" for event in received)
    opened = drive.journal[0].at
    coming = sorted(drive.world.happenings, key=lambda each: each.after)[happened:]
    drive.pending = [(opened + each.after, each) for each in coming]
    if question := drive.state.question:
        answered = sum(event.name == "answer" and event.match == str(question.seq) for event in received)
        _expect(drive, question, answered)


def _expect(drive: _Drive, question: Question, answered: int = 0) -> None:
    replies = drive.world.replies(question, drive.state)[answered:]
    drive.pending += [(question.asked_at + reply.after, reply) for reply in replies]
    drive.pending.sort(key=lambda each: each[0])


def _arrive(drive: _Drive) -> bool:
    """Takes in the earliest thing that has come by now."""
    if not drive.pending or drive.pending[0][0] > drive.now:
        return False
    at, came = drive.pending.pop(0)
    question = drive.state.question
    match came:
        case Happening():
            drive.record(ev.EventReceived(name=came.name, match=came.match, facts=came.facts, received_at=at))
        case Reply() if question is None:
            pass
        case Reply() if came.refused:
            drive.record(
                ev.AnswerRefused(
                    step=question.step,
                    visit=question.visit,
                    question=question.seq,
                    why=came.refused,
                    by=came.by,
                )
            )
        case Reply():
            drive.record(
                ev.EventReceived(
                    name="answer", match=str(question.seq), facts=came.facts, received_at=at, by=came.by
                )
            )
        case _:
            assert_never(came)
    return True


def _move(drive: _Drive) -> bool:
    """Carries out one decision; False when the case is closed."""
    decision = advance(drive.plan, drive.state, drive.now)
    match decision:
        case Record():
            drive.record(decision.event)
        case Do():
            _do(drive, decision)
        case Settle():
            _settle(drive, decision.effect)
        case Pose():
            drive.record(_numbered(drive, decision))
            assert drive.state.question
            _expect(drive, drive.state.question)
        case Park() | Suspend():
            _wait(drive, decision)
        case Close():
            drive.record(decision.event)
        case Finished():
            return False
        case _:
            assert_never(decision)
    return True


def _numbered(drive: _Drive, posed: Pose) -> ev.QuestionAsked:
    """A sibling has a number of its own, here the caller's with that of the event that opens it."""
    if not isinstance(posed.planned.step, CallStep):
        return posed.asked
    return posed.asked.model_copy(update={"match": f"{drive.number}-{drive.state.seq + 1}"})


def _wait(drive: _Drive, resting: Park | Suspend) -> None:
    instants = [due for _, due in resting.timers]
    if drive.pending:
        instants.append(drive.pending[0][0])
    if not instants:
        raise Stuck(f"{drive.plan.name}: {drive.state.step} waits for nothing")
    drive.now = max(min(instants) + drive.lag, drive.now)


def _do(drive: _Drive, do: Do) -> None:
    if do.action == MESSAGE or drive.plan.contracts[do.action].kind is Kind.EFFECT:
        drive.record(
            ev.EffectIntended(
                step=do.step,
                visit=do.visit,
                action=do.action,
                key=do.key(drive.number),
                suffix=do.suffix,
            )
        )
    _end(drive, do, drive.world.outcome(do, drive.state))


def _settle(drive: _Drive, effect: Effect) -> None:
    do = Do(effect.step, effect.visit, effect.action, {}, effect.suffix)
    outcome = drive.world.outcome(do, drive.state)
    _end(drive, do, outcome.found if effect.unknown and isinstance(outcome, Lost) else outcome)


def _end(drive: _Drive, do: Do, outcome: Outcome) -> None:
    plan, state, now = drive.plan, drive.state, drive.now
    match outcome:
        case Done():
            event = outcomes.finish(plan, state, do, outcome.values, now, ledger=outcome.ledger)
        case Failed():
            event = outcomes.fail(plan, state, do, outcome.code, now, final=outcome.final)
        case Lost():
            event = outcomes.lose(do, drive.number, outcome.error, now, 0)
        case _:
            assert_never(outcome)
    drive.record(event)
