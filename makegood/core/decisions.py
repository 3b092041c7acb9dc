"""What `advance` may decide: a closed union, carried out by a leg, by bulk or by the simulator."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from makegood.core import events as ev
from makegood.core.facts import Facts
from makegood.core.plan import PlanStep
from makegood.core.state import Effect, Question

Timers = tuple[tuple[str, datetime], ...]
"""(name, due) of each pending timer: retry, look-up, remind, timeout."""


@dataclass(frozen=True, slots=True)
class Record:
    """Nothing to be done outside: journal this and go on."""

    event: ev.Event


@dataclass(frozen=True, slots=True)
class Do:
    """Call an action. `suffix` is empty for the step's own, else notice-0, remind-1, undo."""

    step: str
    visit: int
    action: str
    arguments: Facts
    suffix: str = ""

    def key(self, case: str) -> str:
        """The idempotency key of the effect: the same for every try, worker and leg of this visit."""
        return ":".join(filter(None, (case, self.step, str(self.visit), self.suffix)))


@dataclass(frozen=True, slots=True)
class Settle:
    """An effect was intended and its outcome is not known: look it up, then act."""

    effect: Effect


@dataclass(frozen=True, slots=True)
class Pose:
    """Open a wait: journal `asked` and make what goes with its kind (task, approval, sibling case)."""

    asked: ev.QuestionAsked
    planned: PlanStep


@dataclass(frozen=True, slots=True)
class Park:
    """Nothing to do until a timer is due or one of `wakes_on` (event, match) arrives."""

    timers: Timers
    wakes_on: tuple[tuple[str, str], ...] = ()
    question: Question | None = None


@dataclass(frozen=True, slots=True)
class Suspend:
    """A human approval is open: the leg's run waits in the Prefect UI."""

    question: Question
    timers: Timers = field(default=())


@dataclass(frozen=True, slots=True)
class Close:
    event: ev.CaseClosed


@dataclass(frozen=True, slots=True)
class Finished:
    """The case is closed already."""

    outcome: str


Decision = Record | Do | Settle | Pose | Park | Suspend | Close | Finished
