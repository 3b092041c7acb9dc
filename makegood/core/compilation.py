"""From a procedure to its plan: all findings collected, then either a plan or the findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from makegood.core import soundness, tables
from makegood.core.contracts import CONTRACTS, EVENTS, Contract, Kind, versions
from makegood.core.expressions import BadExpression, Expression, Language, literal
from makegood.core.facts import BUILT_IN, Facts, Field
from makegood.core.findings import Finding
from makegood.core.plan import Branch, Calendars, InterruptBranch, Plan, PlanStep, digest
from makegood.core.procedure import (
    STAY,
    ApproveStep,
    AwaitStep,
    CloseStep,
    DecideStep,
    Otherwise,
    Procedure,
    RunStep,
    SendStep,
    Step,
    When,
)
from makegood.core.signatures import branch_target, fact_name, fields_of

Rows = Sequence[tuple[int, Sequence[str]]]


@dataclass
class _Compiler:
    procedure: Procedure
    file: str
    lines: Mapping[tuple[str, ...], int]
    rows: Mapping[str, Rows]
    contracts: Mapping[str, Contract]
    messages: frozenset[str] | None
    findings: list[Finding] = field(default_factory=list)

    def find(self, place: tuple[str, ...], problem: str, mend: str = "") -> None:
        """`place` is the path in the file; the nearest line known is named."""
        for end in range(len(place), -1, -1):
            if line := self.lines.get(place[:end], 0):
                break
        else:
            line = 0
        self.findings.append(Finding(self.file, line, f"{'.'.join(place)}: {problem}", mend))

    def expression(
        self, language: Language, text: str, place: tuple[str, ...], want: str
    ) -> Expression | None:
        try:
            compiled = language.compile(text)
        except BadExpression as error:
            self.find(place, str(error))
            return None
        if want and compiled.type != want:
            self.find(place, f"`{text}` gives {compiled.type}, {want} is expected here")
            return None
        return compiled


def compile_plan(
    procedure: Procedure,
    rows: Mapping[str, Rows],
    calendars: Calendars,
    *,
    file: str = "",
    lines: Mapping[tuple[str, ...], int] | None = None,
    contracts: Mapping[str, Contract] = CONTRACTS,
    messages: frozenset[str] | None = None,
) -> tuple[Plan | None, list[Finding]]:
    """`rows` are the decision tables by name; `messages` the known letters (None: not checked).

    Findings name file and line. The plan is None whenever there is one.
    """
    compiler = _Compiler(procedure, file or procedure.procedure, lines or {}, rows, contracts, messages)
    fields = _fields(compiler)
    language = Language(fields)
    built_tables = _tables(compiler, fields)
    steps = {name: _step(compiler, language, name, step) for name, step in procedure.steps.items()}
    interrupts = _interrupts(compiler, language)
    used = [step.run for step in procedure.steps.values() if isinstance(step, RunStep)]
    used += [step.undo for step in procedure.steps.values() if isinstance(step, RunStep) and step.undo]
    plain = {name: [list(cells) for _, cells in rows[name]] for name in built_tables}
    plan = Plan(
        procedure=procedure,
        version=digest(procedure, plain, versions(used, dict(contracts))),
        steps=_with_settled(steps),
        interrupts=interrupts,
        fields=fields,
        tables=built_tables,
        contracts=contracts,
        calendars=calendars,
    )
    if not compiler.findings:
        soundness.check(plan, compiler.find)
    return (None if compiler.findings else plan), compiler.findings


def _fields(compiler: _Compiler) -> dict[str, Field]:
    """All facts with their types; two steps may write one name when the types agree."""
    outputs = {name: tables.outputs_of(rows) for name, rows in compiler.rows.items()}
    fields = dict(BUILT_IN)
    for name, step in compiler.procedure.steps.items():
        _check_names(compiler, name, step)
        group = fact_name(step)
        if group is None:
            if step.absent:
                compiler.find(
                    ("steps", name, "absent"), "needs `as`", "name the facts, then say what they are without"
                )
            continue
        if group in ("case", "ledger"):
            compiler.find(("steps", name, "as"), f"{group!r} is a built-in name", "choose another")
        own = fields_of(step, compiler.contracts, outputs)
        for key, value in (step.absent or {}).items():
            if key not in own:
                compiler.find(
                    ("steps", name, "absent"), f"{group} has no {key!r}", f"it has {', '.join(own)}"
                )
            elif not own[key].admits(value):
                compiler.find(("steps", name, "absent", key), f"{value!r} is not {own[key]}")
        for key, typed in own.items():
            fields[f"{group}.{key}"] = _merged(compiler, name, f"{group}.{key}", fields, typed)
    return fields


def _merged(compiler: _Compiler, step: str, fact: str, fields: Mapping[str, Field], typed: Field) -> Field:
    before = fields.get(fact)
    if before is None or before == typed:
        return typed
    if before.type is not typed.type:
        compiler.find(("steps", step), f"{fact} is {before} elsewhere and {typed} here", "use another `as`")
    return Field(typed.type, tuple(dict.fromkeys(before.values + typed.values)))


def _check_names(compiler: _Compiler, name: str, step: Step) -> None:
    place = ("steps", name)
    match step:
        case RunStep():
            for action in filter(None, (step.run, step.undo)):
                if action not in compiler.contracts:
                    known = ", ".join(sorted(compiler.contracts))
                    compiler.find((*place, "run"), f"unknown action {action!r}", f"known: {known}")
        case DecideStep() if step.decide not in compiler.rows:
            compiler.find(
                (*place, "decide"), f"no table {step.decide!r}", f"known: {', '.join(compiler.rows)}"
            )
        case AwaitStep():
            for event in step.names:
                if event not in EVENTS:
                    compiler.find(
                        (*place, "await"), f"unknown event {event!r}", f"known: {', '.join(EVENTS)}"
                    )
        case _:
            pass
    letter = getattr(step, "message", None) or getattr(step, "send", None)
    if letter and compiler.messages is not None and letter not in compiler.messages:
        mend = f"add messages/{letter}/en.md"
        compiler.find(place, f"no message {letter!r}", mend)


def _tables(compiler: _Compiler, fields: Mapping[str, Field]) -> dict[str, tables.Table]:
    built = {}
    for step in compiler.procedure.steps.values():
        if not isinstance(step, DecideStep) or step.decide not in compiler.rows:
            continue
        file = f"remedies/{step.decide}.csv"
        table, findings = tables.read(step.decide, file, compiler.rows[step.decide], fields)
        compiler.findings.extend(findings)
        if table:
            built[step.decide] = table
    return built


def _step(compiler: _Compiler, language: Language, name: str, step: Step) -> PlanStep:
    place = ("steps", name)
    when = compiler.expression(language, step.when, (*place, "when"), "bool") if step.when else None
    then: tuple[Branch, ...] = ()
    if isinstance(step, ApproveStep):
        then = ((None, step.answers.approved),)
    elif not isinstance(step, CloseStep):
        then = _branches(compiler, language, step.then, (*place, "then"))
    extra = None
    if isinstance(step, AwaitStep) and step.matching:
        extra = compiler.expression(language, step.matching, (*place, "matching"), "string")
    if isinstance(step, ApproveStep):
        extra = compiler.expression(language, step.ceiling, (*place, "ceiling"), "int")
    arguments = _arguments(compiler, language, name, step)
    group = fact_name(step)
    own = {n: f for n, f in language.fields.items() if group and n.startswith(f"{group}.")}
    return PlanStep(name, step, when, then, arguments, extra, own)


def _branches(
    compiler: _Compiler, language: Language, branches: Sequence[When | Otherwise], place: tuple[str, ...]
) -> tuple[Branch, ...]:
    if not branches or not isinstance(branches[-1], Otherwise):
        compiler.find(place, "the last branch must be `otherwise`", "say where the case goes when none holds")
    compiled: list[Branch] = []
    for branch in branches:
        if isinstance(branch, Otherwise):
            compiled.append((None, branch.otherwise))
        elif condition := compiler.expression(language, branch.when, place, "bool"):
            compiled.append((condition, branch.go))
    return tuple(compiled)


def _arguments(compiler: _Compiler, language: Language, name: str, step: Step) -> dict[str, Expression]:
    given: Mapping[str, Any] = getattr(step, "with_", {})
    place = ("steps", name, "with")
    compiled: dict[str, Expression] = {}
    for key, value in given.items():
        made = (
            compiler.expression(language, value, (*place, key), "")
            if isinstance(value, str)
            else literal(value)
        )
        if made:
            compiled[key] = made
    if isinstance(step, RunStep) and step.run in compiler.contracts:
        _check_arguments(compiler, compiler.contracts[step.run], compiled, place)
        _check_errors(compiler, name, step, compiler.contracts[step.run])
    return compiled


_CEL = {"bool": "bool", "int": "int", "money": "int", "percent": "int"}


def _check_arguments(
    compiler: _Compiler, contract: Contract, given: Mapping[str, Expression], place: tuple[str, ...]
) -> None:
    for key in given.keys() - contract.arguments.keys():
        compiler.find(
            place,
            f"{contract.name} takes no {key!r}",
            f"it takes {', '.join(contract.arguments) or 'nothing'}",
        )
    for key, typed in contract.arguments.items():
        want = _CEL.get(typed.type.value, "string")
        if key not in given and key not in contract.optional:
            compiler.find(place, f"{contract.name} needs {key!r} ({typed})")
        elif key in given and given[key].type != want:
            compiler.find((*place, key), f"gives {given[key].type}, {typed} is expected")


def _check_errors(compiler: _Compiler, name: str, step: RunStep, contract: Contract) -> None:
    place = ("steps", name, "on_error")
    for code in step.on_error.keys() - {*contract.errors, "else"}:
        compiler.find(
            place, f"{contract.name} has no error {code!r}", f"it has {', '.join(contract.errors)}, else"
        )
    if contract.kind is not Kind.PURE and "else" not in step.on_error:
        compiler.find(place, "`else` is missing", "say which step looks after an action that keeps failing")


def _interrupts(compiler: _Compiler, language: Language) -> dict[str, tuple[InterruptBranch, ...]]:
    compiled: dict[str, tuple[InterruptBranch, ...]] = {}
    for event, branches in compiler.procedure.interrupts.items():
        place = ("interrupts", event)
        if event not in EVENTS:
            compiler.find(place, "unknown event", f"known: {', '.join(EVENTS)}")
        made: list[InterruptBranch] = []
        for branch in branches:
            target = branch_target(branch)
            when = getattr(branch, "when", None)
            condition = compiler.expression(language, when, place, "bool") if when else None
            made.append(InterruptBranch(condition, target, branch.undo))
            if target != STAY and target not in compiler.procedure.steps:
                compiler.find(place, f"no step {target!r}", f"a step's name or `{STAY}`")
        if not made or made[-1].when is not None:
            compiler.find(place, "the last branch must be `otherwise`")
        compiled[event] = tuple(made)
    return compiled


def _with_settled(steps: Mapping[str, PlanStep]) -> dict[str, PlanStep]:
    """Tells each step whose undo ends with it."""
    ending: dict[str, list[str]] = {}
    for name, planned in steps.items():
        if isinstance(planned.step, RunStep) and planned.step.undo and planned.step.undo_until:
            ending.setdefault(planned.step.undo_until, []).append(name)
    return {
        name: PlanStep(
            p.id, p.step, p.when, p.then, p.arguments, p.extra, p.fields, tuple(ending.get(name, ()))
        )
        for name, p in steps.items()
    }


def absent_facts(planned: PlanStep) -> Facts:
    return planned.absent


def sends(step: Step) -> str | None:
    """The letter that a step sends or asks with, if any."""
    return step.send if isinstance(step, SendStep) else getattr(step, "message", None)
