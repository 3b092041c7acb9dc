"""A world for the simulator: how actions end, who answers what, and what happens meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from makegood.core.advance import MESSAGE
from makegood.core.decisions import Do
from makegood.core.errors import Surprise
from makegood.core.facts import Facts
from makegood.core.state import Question, State


@dataclass(frozen=True, slots=True)
class Done:
    """An action's result; `ledger` are the built-in facts that it changes."""

    values: Facts = field(default_factory=dict)
    ledger: Facts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failed:
    """Surely not done. What is not `final` is tried again."""

    code: str
    final: bool = True


@dataclass(frozen=True, slots=True)
class Lost:
    """Perhaps done; `found` is what the look-up shows."""

    found: Done | Failed
    error: str = "timeout"


Outcome = Done | Failed | Lost


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, `after` its question was asked. `refused` is why it does not count."""

    after: timedelta
    facts: Facts = field(default_factory=dict)
    by: str = "somebody"
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Happening:
    """Something from outside, `after` the case was opened."""

    after: timedelta
    name: str
    match: str = ""
    facts: Facts = field(default_factory=dict)


class World(Protocol):
    """What meets the procedure: the same question always has the same answer."""

    happenings: Sequence[Happening]

    def outcome(self, do: Do, state: State) -> Outcome:
        """How this try of an action ends; `state.tries` counts the failed ones before it."""

    def replies(self, question: Question, state: State) -> Sequence[Reply]:
        """Who answers a question, in the order of time; nobody, where it is to run out."""


@dataclass(frozen=True, slots=True)
class Script:
    """A world that is written down.

    `outcomes` are looked up by `step:suffix`, `step/visit`, step, action; several are one for each try.
    `answers` are looked up by `step/visit:rung`, `step:rung`, `step/visit`, step; several come in turn,
    and where one is refused, the rest answer the question that is asked again. Letters always arrive.
    """

    outcomes: Mapping[str, Outcome | Sequence[Outcome]] = field(default_factory=dict)
    answers: Mapping[str, Reply | Sequence[Reply]] = field(default_factory=dict)
    happenings: Sequence[Happening] = ()

    def outcome(self, do: Do, state: State) -> Outcome:
        keys = [f"{do.step}:{do.suffix}"] if do.suffix else [f"{do.step}/{do.visit}", do.step]
        for key in (*keys, do.action):
            if (found := self.outcomes.get(key)) is not None:
                return found[min(state.tries, len(found) - 1)] if isinstance(found, Sequence) else found
        if do.action == MESSAGE:
            return Done()
        raise Surprise(f"the script does not say how {do.step} ({do.action}) ends")

    def replies(self, question: Question, state: State) -> Sequence[Reply]:  # noqa: ARG002  (the protocol's)
        step, visit, rung = question.step, question.visit, question.rung
        for key in (f"{step}/{visit}:{rung}", f"{step}:{rung}", f"{step}/{visit}", step):
            if (found := self.answers.get(key)) is not None:
                return (found if isinstance(found, Sequence) else [found])[question.round - 1 :]
        return ()
