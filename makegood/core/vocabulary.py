"""The words of one procedure: its facts with their types, and the names that it takes from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping

from makegood.core import tables
from makegood.core.contracts import EVENTS, Contract
from makegood.core.draft import Draft
from makegood.core.expressions import Expression, Language, literal
from makegood.core.facts import BUILT_IN, REASONS, FactType, Field
from makegood.core.findings import Finding
from makegood.core.procedure import (
    AskStep,
    AwaitStep,
    CallStep,
    DecideStep,
    OfferStep,
    RunStep,
    SendStep,
    Step,
)
from makegood.core.signatures import fact_name, fields_of

_WORDS = (FactType.TEXT, FactType.CODE, FactType.INSTANT)


def facts_of(draft: Draft) -> dict[str, Field]:
    """All facts with their types; two steps may write one name when the types agree."""
    fields = dict(BUILT_IN)
    for name, step in draft.procedure.steps.items():
        group = fact_name(step)
        if group in ("case", "ledger"):
            draft.find(("steps", name, "as"), f"{group!r} is a built-in name", "choose another")
        for fact, typed in own_fields(draft, step).items():
            fields[fact] = _merged(draft, name, fact, fields, typed)
    return fields


def own_fields(draft: Draft, step: Step) -> dict[str, Field]:
    """What this step itself writes."""
    group = fact_name(step)
    if group is None:
        return {}
    outputs = {name: tables.outputs_of(rows) for name, rows in draft.rows.items()}
    return {f"{group}.{key}": typed for key, typed in fields_of(step, draft.contracts, outputs).items()}


def _merged(draft: Draft, step: str, fact: str, fields: Mapping[str, Field], typed: Field) -> Field:
    before = fields.get(fact)
    if before is None or before == typed:
        return typed
    if before.type is not typed.type:
        draft.find(("steps", step), f"{fact} is {before} elsewhere and {typed} here", "use another `as`")
    return Field(typed.type, tuple(dict.fromkeys(before.values + typed.values)))


def absent_of(draft: Draft, language: Language, name: str, step: Step) -> dict[str, Expression]:
    """What the step's facts are on the ways on which it does not write them."""
    place = ("steps", name, "absent")
    own = own_fields(draft, step)
    compiled: dict[str, Expression] = {}
    for key, value in (step.absent or {}).items():
        fact = f"{fact_name(step)}.{key}"
        if fact not in own:
            known = ", ".join(fact.partition(".")[2] for fact in own) or "none: it has no `as`"
            draft.find(place, f"this step writes no fact {key!r}", f"it writes {known}")
        elif own[fact].type in _WORDS and isinstance(value, str):
            compiled[fact] = literal(value)
        elif own[fact].values and value not in own[fact].values:
            draft.find((*place, key), f"{value!r} is not {own[fact]}")
        elif made := draft.value(language, own[fact], value, (*place, key)):
            compiled[fact] = made
    return compiled


def check_names(draft: Draft, name: str, step: Step) -> None:
    """Everything that a step calls by name exists."""
    place = ("steps", name)
    match step:
        case RunStep():
            for key, action in (("run", step.run), ("undo", step.undo)):
                if action and action not in draft.contracts:
                    _unknown(draft, (*place, key), "action", action, draft.contracts)
        case DecideStep() if step.decide not in draft.rows:
            _unknown(draft, (*place, "decide"), "table", step.decide, draft.rows)
        case AwaitStep():
            for event in step.names:
                if event not in EVENTS:
                    _unknown(draft, (*place, "await"), "event", event, EVENTS)
        case CallStep():
            if draft.procedures is not None and step.call not in draft.procedures:
                _unknown(draft, (*place, "call"), "procedure", step.call, draft.procedures)
            if step.reason is not None and step.reason not in REASONS:
                _unknown(draft, (*place, "reason"), "reason", step.reason, frozenset(REASONS))
        case _:
            pass
    for letter in letters_of(step):
        if draft.messages is not None and letter not in draft.messages:
            draft.find(place, f"no message {letter!r}", f"add messages/{letter}/en.md")


def _unknown(draft: Draft, place: tuple[str, ...], noun: str, name: str, known: object) -> None:
    listed = ", ".join(sorted(map(str, known))) if isinstance(known, Mapping | frozenset) else ""
    draft.find(place, f"unknown {noun} {name!r}", f"known: {listed}")


def letters_of(step: Step) -> list[str]:
    """The letters that a step may send: its own, and its reminder where the customer has the ball."""
    first: str | None = step.send if isinstance(step, SendStep) else getattr(step, "message", None)
    letters = [first]
    remind = getattr(step, "remind", None)
    to_customer = isinstance(step, AskStep | OfferStep) or getattr(step, "from_", "") == "customer"
    if remind and to_customer:
        letters.append(remind.message or "reminder")
    return [letter for letter in letters if letter is not None]


def malformed(draft: Draft, table: str) -> list[Finding]:
    """The shape of a table, if the procedure decides by it."""
    named = any(isinstance(s, DecideStep) and s.decide == table for s in draft.procedure.steps.values())
    return tables.malformed(f"remedies/{table}.csv", draft.rows[table]) if named else []


def tables_of(draft: Draft, fields: Mapping[str, Field]) -> dict[str, tables.Table]:
    """Every table that the procedure decides by, read and proved; what is wrong is found."""
    built: dict[str, tables.Table] = {}
    named = [step.decide for step in draft.procedure.steps.values() if isinstance(step, DecideStep)]
    for name in dict.fromkeys(named):
        if name not in draft.rows:
            continue
        table, findings = tables.read(name, f"remedies/{name}.csv", draft.rows[name], fields)
        draft.findings.extend(findings)
        if table:
            built[name] = table
    return built


def contracts_named(draft: Draft) -> list[str]:
    """The actions that enter the procedure's version."""
    runs = [step for step in draft.procedure.steps.values() if isinstance(step, RunStep)]
    named = [*(step.run for step in runs), *(step.undo for step in runs if step.undo)]
    return [name for name in named if name in draft.contracts]


def contract(draft: Draft, name: str | None) -> Contract | None:
    return draft.contracts.get(name) if name else None
