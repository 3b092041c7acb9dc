"""From a procedure to its plan: all findings collected, then either a plan or the findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from makegood.core import runs, soundness, vocabulary
from makegood.core.clauses import InterruptReached, InterruptWhen, Otherwise, When
from makegood.core.contracts import CONTRACTS, EVENTS, Contract, versions
from makegood.core.draft import Draft, Rows
from makegood.core.expressions import Expression, Language
from makegood.core.findings import Finding
from makegood.core.plan import Branch, Calendars, InterruptBranch, Plan, PlanStep, digest
from makegood.core.procedure import (
    STAY,
    ApproveStep,
    AwaitStep,
    CallStep,
    CloseStep,
    Interrupt,
    Procedure,
    RunStep,
    Step,
)
from makegood.core.signatures import branch_target


def compile_plan(
    procedure: Procedure,
    rows: Mapping[str, Rows],
    calendars: Calendars,
    *,
    file: str = "",
    lines: Mapping[tuple[str, ...], int] | None = None,
    contracts: Mapping[str, Contract] = CONTRACTS,
    messages: frozenset[str] | None = None,
    procedures: frozenset[str] | None = None,
) -> tuple[Plan | None, list[Finding]]:
    """`rows` are the decision tables by name; `messages` and `procedures` the known ones (None: not checked).

    Findings name file and line. The plan is None whenever there is one.
    """
    draft = Draft(procedure, file or procedure.procedure, lines or {}, rows, contracts, messages, procedures)
    for name, step in procedure.steps.items():
        vocabulary.check_names(draft, name, step)
    if malformed := [f for name in rows for f in vocabulary.malformed(draft, name)]:
        return None, draft.findings + malformed
    fields = vocabulary.facts_of(draft)
    language = Language(fields)
    tables = vocabulary.tables_of(draft, fields)
    steps = {name: _step(draft, language, name, step) for name, step in procedure.steps.items()}
    plain = {name: [list(cells) for _, cells in rows[name]] for name in tables}
    plan = Plan(
        procedure=procedure,
        version=digest(procedure, plain, versions(vocabulary.contracts_named(draft), dict(contracts))),
        steps=steps,
        interrupts=_interrupts(draft, language),
        fields=fields,
        tables=tables,
        contracts=contracts,
        calendars=calendars,
    )
    if not draft.findings:
        soundness.check(plan, draft.find)
    return (None if draft.findings else plan), draft.findings


def _step(draft: Draft, language: Language, name: str, step: Step) -> PlanStep:
    place = ("steps", name)
    when = draft.expression(language, step.when, (*place, "when"), "bool") if step.when else None
    own = vocabulary.own_fields(draft, step)
    return PlanStep(
        id=name,
        step=step,
        when=when,
        then=_then(draft, language, name, step),
        arguments=runs.arguments_of(draft, language, name, step),
        extra=_extra(draft, language, place, step),
        within=_within(draft, language, place, step),
        fields={fact: language.fields[fact] for fact in own},
        absent=vocabulary.absent_of(draft, language, name, step),
        undo_when=runs.check_run(draft, language, name, step) if isinstance(step, RunStep) else None,
        settles=_settled_by(draft.procedure, name),
    )


def _then(draft: Draft, language: Language, name: str, step: Step) -> tuple[Branch, ...]:
    """An approval that is passed over counts as approved: its `when` says that none is needed."""
    if isinstance(step, ApproveStep):
        return ((None, step.answers.approved),)
    if isinstance(step, CloseStep):
        return ()
    return _branches(draft, language, step.then, ("steps", name, "then"))


def _extra(draft: Draft, language: Language, place: tuple[str, ...], step: Step) -> Expression | None:
    if isinstance(step, AwaitStep) and step.matching:
        return draft.expression(language, step.matching, (*place, "matching"), "string")
    if isinstance(step, ApproveStep):
        return draft.expression(language, step.ceiling, (*place, "ceiling"), "int")
    if isinstance(step, CallStep) and step.about:
        return draft.words(language, step.about, (*place, "about"), "string")
    return None


def _within(draft: Draft, language: Language, place: tuple[str, ...], step: Step) -> Expression | None:
    """The days that a timeout gives at most, where facts say it."""
    within: str | None = getattr(getattr(step, "timeout", None), "within", None)
    return draft.expression(language, within, (*place, "timeout", "within"), "int") if within else None


def _settled_by(procedure: Procedure, name: str) -> tuple[str, ...]:
    """The steps whose undo ends with this one."""
    return tuple(
        other
        for other, step in procedure.steps.items()
        if isinstance(step, RunStep) and step.undo and name in step.undo_until
    )


def _branches(
    draft: Draft, language: Language, branches: Sequence[When | Otherwise], place: tuple[str, ...]
) -> tuple[Branch, ...]:
    if [isinstance(branch, Otherwise) for branch in branches] != [False] * (len(branches) - 1) + [True]:
        mend = "say where the case goes when none holds"
        draft.find(place, "the last branch, and only the last, must be `otherwise`", mend)
    compiled: list[Branch] = []
    for branch in branches:
        if isinstance(branch, Otherwise):
            compiled.append((None, branch.otherwise))
        elif condition := draft.expression(language, branch.when, place, "bool"):
            compiled.append((condition, branch.go))
    return tuple(compiled)


def _interrupts(draft: Draft, language: Language) -> dict[str, tuple[InterruptBranch, ...]]:
    compiled: dict[str, tuple[InterruptBranch, ...]] = {}
    for event, branches in draft.procedure.interrupts.items():
        place = ("interrupts", event)
        if event not in EVENTS:
            draft.find(place, f"unknown event {event!r}", f"known: {', '.join(EVENTS)}")
        made = [_interrupt(draft, language, branch, place) for branch in branches]
        if not made or [b.when is None and not b.reached for b in made] != [False] * (len(made) - 1) + [True]:
            draft.find(place, "the last branch, and only the last, must be `otherwise`")
        compiled[event] = tuple(made)
    return compiled


def _interrupt(
    draft: Draft, language: Language, branch: Interrupt, place: tuple[str, ...]
) -> InterruptBranch:
    target = branch_target(branch)
    condition = None
    if isinstance(branch, InterruptWhen):
        condition = draft.expression(language, branch.when, place, "bool")
    reached = tuple(branch.reached) if isinstance(branch, InterruptReached) else ()
    for name in (*reached, *(() if target == STAY else (target,))):
        if name not in draft.procedure.steps:
            draft.find(place, f"no step {name!r}", f"steps: {', '.join(draft.procedure.steps)}")
    return InterruptBranch(condition, reached, target, branch.undo)
