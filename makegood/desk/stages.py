"""Stages: a procedure's many steps as the few that a customer follows, whatever procedure it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from makegood.core.plan import Plan
from makegood.core.procedure import (
    ApproveStep,
    AskStep,
    AwaitStep,
    CallStep,
    CloseStep,
    DecideStep,
    OfferStep,
    RunStep,
    SendStep,
    Step,
    TaskStep,
)
from makegood.core.state import State

Word = Literal["received", "checking", "answer", "deciding", "travelling", "returning", "paying", "done"]
ORDER: tuple[Word, ...] = (
    "received",
    "checking",
    "answer",
    "deciding",
    "travelling",
    "returning",
    "paying",
    "done",
)
_ALWAYS: frozenset[Word] = frozenset({"received", "checking", "done"})
_LABEL = "parcel.return_label"
_WAYS_BACK = (_LABEL, "repair.open")


@dataclass(frozen=True, slots=True)
class Stage:
    """`standing` is past, now or ahead."""

    word: Word
    standing: Literal["past", "now", "ahead"]


def line(plan: Plan, state: State) -> tuple[Stage, ...]:
    """Where the case has been, where it is, and the end. What may lie between is not promised."""
    here = _here(plan, state)
    been = {word for step in state.visits if (word := _of_step(plan, step)) is not None}
    shown = [word for word in ORDER if word in been | _ALWAYS | {here}]
    at = shown.index(here)
    return tuple(
        Stage(word, "now" if word == here else "past" if place < at else "ahead")
        for place, word in enumerate(shown)
        if place <= at or word == "done"
    )


def now(plan: Plan, state: State) -> str:
    """A key of the sentence that says what happens now: a stage, or a finer word for it."""
    here = _here(plan, state)
    step = plan.steps[state.step].step if state.step in plan.steps else None
    if here == "returning" and isinstance(step, TaskStep):
        return "inspecting"
    return here


def tracking_of(plan: Plan, state: State) -> str:
    """Of the goods' way back; empty where nothing comes back."""
    return _told(plan, state, _WAYS_BACK, "tracking")


def repair_of(plan: Plan, state: State) -> str:
    """The repairer's number of the goods; empty where nothing is repaired."""
    return _told(plan, state, _WAYS_BACK, "rma")


def _told(plan: Plan, state: State, actions: tuple[str, ...], name: str) -> str:
    """A value that the result of one of the actions has."""
    steps = [planned.step for planned in plan.steps.values()]
    results = {step.as_ for step in steps if isinstance(step, RunStep) and step.run in actions and step.as_}
    found = [str(state.facts.get(f"{result}.{name}", "")) for result in sorted(results)]
    return next(filter(None, found), "")


def coming_of(state: State) -> str:
    """Of the parcel that the carrier is waited for; empty where none is."""
    question = state.question
    waits = question is not None and question.wait == "await" and question.who == "carrier"
    return question.match if question is not None and waits else ""


def _here(plan: Plan, state: State) -> Word:
    """Of a step that stands for no stage of its own, the furthest stage that was reached."""
    if state.outcome is not None:
        return "done"
    if word := _of_step(plan, state.step):
        return word
    been = [word for step in state.visits if (word := _of_step(plan, step)) is not None]
    return max(been, key=ORDER.index, default="checking")


def _of_step(plan: Plan, name: str) -> Word | None:
    return _of(plan.steps[name].step) if name in plan.steps else None


def _of(step: Step) -> Word | None:
    match step:
        case AskStep() | OfferStep():
            return "answer"
        case ApproveStep():
            return "deciding"
        case AwaitStep():
            return "returning" if step.from_ in ("customer", "warehouse") else "travelling"
        case TaskStep():
            return _of_task(step)
        case RunStep():
            return _of_action(step.run)
        case CallStep():
            return "checking"
        case DecideStep() | SendStep() | CloseStep():
            return None


def _of_task(step: TaskStep) -> Word:
    """A warehouse that is asked in what condition goods are has them back."""
    if step.task in ("supervisor", "team-lead", "ops"):
        return "deciding"
    if step.task == "finance":
        return "paying"
    return "returning" if "condition" in step.answers else "checking"


def _of_action(action: str) -> Word:
    if action.startswith("payment."):
        return "paying"
    return "returning" if action == _LABEL else "checking"
