"""Plans: a case's own version of its procedure, compiled once a process, on the current calendars."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from makegood.core.compilation import compile_plan
from makegood.core.contracts import CONTRACTS, versions
from makegood.core.findings import Finding, Unsound
from makegood.core.plan import Calendars, Plan
from makegood.core.procedure import CallStep, Procedure
from makegood.core.reading import read_procedure
from makegood.library import Library
from makegood.store import procedures
from makegood.store.transaction import Tx

Rows = Sequence[tuple[int, Sequence[str]]]


@dataclass(slots=True)
class Plans:
    """`current` are the plans of the files as they are now, by procedure."""

    calendars: Calendars
    current: Mapping[str, Plan]
    rows: Mapping[str, Rows]
    _known: dict[str, Plan] = field(default_factory=dict)
    _compared: set[str] = field(default_factory=set)

    @property
    def openable(self) -> tuple[str, ...]:
        """The procedures that a customer's message may open."""
        return tuple(
            sorted(name for name, plan in self.current.items() if not plan.procedure.serves.called_only)
        )

    def publish(self, tx: Tx, name: str, now: datetime) -> Plan:
        """The current plan, kept under its version for the cases that begin on it."""
        plan = self.current[name]
        if plan.version in self._compared and procedures.is_published(tx, plan.version):
            return plan
        tables = {table: [list(cells) for _, cells in self.rows[table]] for table in plan.tables}
        body = json.dumps(_body(plan.procedure), ensure_ascii=False, sort_keys=True)
        named = {action: CONTRACTS[action].version for action in _actions(plan.procedure)}
        procedures.publish(tx, plan.version, name, body, tables, named, now)
        self._compared.add(plan.version)
        return plan

    def of(self, tx: Tx, version: str) -> Plan:
        """The plan that a case is pinned to. Raises Unsound when today's contracts do not fit it."""
        if version not in self._known:
            self._known[version] = self._pinned(tx, version)
        return self._known[version]

    def _pinned(self, tx: Tx, version: str) -> Plan:
        for plan in self.current.values():
            if plan.version == version:
                return plan
        row = procedures.get(tx, version)
        file = f"{row.procedure}@{version}"
        procedure, findings = read_procedure(json.loads(row.body), file, {})
        if procedure is None:
            raise Unsound(findings)
        tables = {name: list(enumerate(cells, start=1)) for name, cells in row.tables.items()}
        compiled, findings = compile_plan(procedure, tables, self.calendars, file=file)
        if compiled is None:
            raise Unsound(findings)
        return compiled


def _body(procedure: Procedure) -> object:
    return procedure.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True)


def _actions(procedure: Procedure) -> list[str]:
    used = [getattr(step, key, None) for step in procedure.steps.values() for key in ("run", "undo")]
    return list(versions([name for name in used if name], dict(CONTRACTS)))


def compile_all(library: Library) -> tuple[Plans, list[Finding]]:
    """Every procedure of the library; the findings of all of them together."""
    plans, findings = _compiled(library)
    return Plans(library.calendars, plans, library.rows), list(findings)


@lru_cache(maxsize=8)
def _compiled(library: Library) -> tuple[Mapping[str, Plan], Sequence[Finding]]:
    plans: dict[str, Plan] = {}
    findings: list[Finding] = []
    letters = library.messages.names()
    for name, document in library.procedures.items():
        procedure, wrong = read_procedure(document.data, document.file, document.lines)
        findings += wrong
        if procedure is None:
            continue
        plan, wrong = compile_plan(
            procedure,
            library.rows,
            library.calendars,
            file=document.file,
            lines=document.lines,
            messages=letters,
            procedures=frozenset(library.procedures),
        )
        findings += wrong
        if plan is not None:
            plans[name] = plan
    findings += _never_begun(library, plans)
    return plans, findings


def _never_begun(library: Library, plans: Mapping[str, Plan]) -> list[Finding]:
    """A procedure that is only called, and that none calls, would have no case, ever."""
    called = {
        step.call
        for name, plan in plans.items()
        for step in plan.procedure.steps.values()
        if isinstance(step, CallStep) and step.call != name
    }
    mend = "let a `call` step of another procedure name it, or leave `called_only` out"
    return [
        library.procedures[name].find(("serves",), "serves.called_only: no other procedure calls it", mend)
        for name, plan in plans.items()
        if plan.procedure.serves.called_only and name not in called
    ]
