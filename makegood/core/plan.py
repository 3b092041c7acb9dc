"""A procedure compiled: every target resolved, every expression typed, every table proved."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from makegood.core.contracts import Contract
from makegood.core.expressions import Expression
from makegood.core.facts import Facts, Field, Value
from makegood.core.procedure import Procedure, Step
from makegood.core.tables import Table

Branch = tuple[Expression | None, str]
"""A condition (None for `otherwise`) and a step."""


class Calendars(Protocol):
    """Whose hours: the current ones, whatever version a case is pinned to."""

    def add(self, start: datetime, duration: str, calendar: str) -> datetime:
        """`duration` as text (`8bh`); `calendar` is a market such as DE or a roster's name."""
        ...


@dataclass(frozen=True, slots=True)
class PlanStep:
    """`fields` are the facts that the step itself writes, `absent` what they are where it does not.

    `within` is how many days its timeout gives at most, `settles` names the steps whose undo is no longer
    possible once this step is done.
    """

    id: str
    step: Step
    when: Expression | None = None
    then: tuple[Branch, ...] = ()
    arguments: Mapping[str, Expression] = field(default_factory=dict)
    extra: Expression | None = None
    within: Expression | None = None
    fields: Mapping[str, Field] = field(default_factory=dict)
    absent: Mapping[str, Expression] = field(default_factory=dict)
    undo_when: Expression | None = None
    settles: tuple[str, ...] = ()

    def without(self, facts: Mapping[str, Value]) -> Facts:
        """What is written when the step is left without a result of its own."""
        return {name: expression.evaluate(facts) for name, expression in self.absent.items()}


@dataclass(frozen=True, slots=True)
class InterruptBranch:
    """Holds when its condition does and one of the steps `reached` was; both may be left open."""

    when: Expression | None
    reached: tuple[str, ...]
    go: str
    undo: bool

    def holds(self, facts: Mapping[str, Value], visits: Mapping[str, int]) -> bool:
        if self.when is not None and not self.when.evaluate(facts):
            return False
        return not self.reached or any(step in visits for step in self.reached)


@dataclass(frozen=True, slots=True)
class Plan:
    """Ready to be advanced. `fields` types every fact of the procedure; `version` is its digest."""

    procedure: Procedure
    version: str
    steps: Mapping[str, PlanStep]
    interrupts: Mapping[str, tuple[InterruptBranch, ...]]
    fields: Mapping[str, Field]
    tables: Mapping[str, Table]
    contracts: Mapping[str, Contract]
    calendars: Calendars
    ways_back: dict[str, set[str]] = field(default_factory=dict, init=False, repr=False, compare=False)
    """Filled by `gates` when it is first asked."""

    @property
    def name(self) -> str:
        return self.procedure.procedure

    def listens_to(self, event: str) -> bool:
        """Whether any wait or interrupt of this procedure may want the event."""
        return event in self.interrupts or any(
            event in getattr(planned.step, "names", ()) for planned in self.steps.values()
        )


class EndlessPass(RuntimeError):
    """Steps that pass one another over for ever: their conditions never let one of them begin."""


def choose(branches: tuple[Branch, ...], facts: Mapping[str, Value]) -> str:
    """The first branch that holds; the last has no condition."""
    for condition, target in branches:
        if condition is None or condition.evaluate(facts):
            return target
    raise EndlessPass("branches without `otherwise`")


def route(plan: Plan, target: str, facts: Mapping[str, Value]) -> tuple[str, tuple[str, ...], Facts]:
    """Where a move to `target` really ends, over the steps whose `when` is false.

    Returns the step, the steps passed over, and the facts that those declared for their absence.
    """
    passed: list[str] = []
    written: Facts = {}
    seen = facts
    while True:
        planned = plan.steps[target]
        if planned.when is None or planned.when.evaluate(seen):
            return target, tuple(passed), written
        if target in passed:
            raise EndlessPass(f"{plan.name}: {' -> '.join(passed)} -> {target}")
        passed.append(target)
        without = planned.without(seen)
        written |= without
        seen = {**seen, **without}
        target = choose(planned.then, seen)


def digest(
    procedure: Procedure, tables: Mapping[str, list[list[str]]], contract_versions: Mapping[str, int]
) -> str:
    """Twelve hexadecimal digits over the procedure, its tables and the contracts that it names.

    What a file leaves unsaid does not count, so a key that the language learns later changes no version.
    """
    body = {
        "procedure": procedure.model_dump(mode="json", by_alias=True, exclude_defaults=True),
        "tables": {name: tables[name] for name in sorted(tables)},
        "contracts": {name: contract_versions[name] for name in sorted(contract_versions)},
    }
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
