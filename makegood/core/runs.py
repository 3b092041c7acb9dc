"""Run steps against the contract of their action: arguments, error branches, undo."""

from __future__ import annotations

from makegood.core.contracts import Contract, Kind
from makegood.core.draft import Draft
from makegood.core.expressions import CEL_NAMES, Expression, Language
from makegood.core.facts import Field
from makegood.core.procedure import RunStep, Step
from makegood.core.vocabulary import contract


def arguments_of(draft: Draft, language: Language, name: str, step: Step) -> dict[str, Expression]:
    """What a step passes on: typed by its action's contract; to a letter, facts and plain words."""
    place = ("steps", name, "with")
    given: dict[str, object] = dict(getattr(step, "with_", {}))
    known = contract(draft, step.run) if isinstance(step, RunStep) else None
    compiled: dict[str, Expression] = {}
    for key, value in given.items():
        typed = known.arguments.get(key) if known else None
        if typed is not None:
            made = _argument(draft, language, typed, value, (*place, key))
        else:
            made = draft.words(language, str(value), (*place, key))
        if made is not None:
            compiled[key] = made
    if known is not None:
        _check_keys(draft, known, set(given), place)
    return compiled


def _argument(
    draft: Draft, language: Language, typed: Field, value: object, place: tuple[str, ...]
) -> Expression | None:
    made = draft.value(language, typed, value, place)
    fact = language.fields.get(str(value))
    if made and fact and typed.values and not set(fact.values) <= set(typed.values):
        other = sorted(set(fact.values) - set(typed.values))
        draft.find(place, f"{value} may be {', '.join(other)}, and the argument is {typed}")
        return None
    return made


def _check_keys(draft: Draft, known: Contract, given: set[str], place: tuple[str, ...]) -> None:
    takes = ", ".join(known.arguments) or "nothing"
    for key in sorted(given - known.arguments.keys()):
        draft.find(place, f"{known.name} takes no {key!r}", f"it takes {takes}")
    for key in known.arguments.keys() - given - known.optional:
        draft.find(place, f"{known.name} needs {key!r} ({known.arguments[key]})", "add it under `with`")


def check_run(draft: Draft, language: Language, name: str, step: RunStep) -> Expression | None:
    """Error branches and undo; returns the condition under which an undo is owed."""
    known = contract(draft, step.run)
    if known is None:
        return None
    place = ("steps", name)
    for code in sorted(step.on_error.keys() - {*known.errors, "else"}):
        has = ", ".join((*known.errors, "else"))
        draft.find((*place, "on_error"), f"{known.name} has no error {code!r}", f"it has {has}")
    if known.kind is not Kind.PURE and "else" not in step.on_error:
        mend = "say which step looks after an action that keeps failing"
        draft.find((*place, "on_error"), "`else` is missing", mend)
    _check_undo(draft, name, step, known)
    if step.undo_when is None:
        return None
    return draft.expression(language, step.undo_when, (*place, "undo_when"), "bool")


def _check_undo(draft: Draft, name: str, step: RunStep, known: Contract) -> None:
    place = ("steps", name)
    if step.undo is None:
        for key in ("undo_when", "undo_until", "undo_failed"):
            if getattr(step, key):
                draft.find((*place, key), "needs `undo`", "say what takes the action back")
        return
    if known.kind is not Kind.EFFECT:
        draft.find((*place, "undo"), f"{known.name} changes nothing that could be undone", "remove it")
    if step.undo_failed is None:
        mend = "say where the case goes when it cannot be undone"
        draft.find((*place, "undo_failed"), "is missing", mend)
    back = contract(draft, step.undo)
    if back is None:
        return
    for key in back.arguments.keys() - back.optional:
        made = known.result.get(key)
        if step.as_ is None or made is None or CEL_NAMES[made.type] != CEL_NAMES[back.arguments[key].type]:
            mend = "an undo takes its arguments from the facts of its step: name them with `as`"
            draft.find((*place, "undo"), f"{back.name} needs {key!r}", mend)
