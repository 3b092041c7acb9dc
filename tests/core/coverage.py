"""Which ways through a plan there are, and which of them a journal went."""

from __future__ import annotations

from makegood.core import events as ev
from makegood.core.plan import Plan
from makegood.core.procedure import ApproveStep, OfferStep, RunStep
from makegood.core.signatures import branch_target
from makegood.core.simulation import Journal

Way = tuple[str, str, str]
"""(step, how it is left, the step named there)."""


def ways_of(plan: Plan) -> set[Way]:
    """Every branch, error branch, timeout, refusal, failed undo, and every `when` that is false."""
    found: set[Way] = set()
    for name, planned in plan.steps.items():
        step = planned.step
        found |= {(name, "then", branch_target(branch)) for branch in getattr(step, "then", ())}
        if isinstance(step, RunStep):
            found |= {(name, "failed", go) for go in step.on_error.values()}
            found |= {(name, "undone", step.undo_failed)} if step.undo_failed else set()
        if isinstance(step, ApproveStep):
            found |= {
                (name, word, getattr(step.answers, word)) for word in ("approved", "adjusted", "rejected")
            }
        if isinstance(step, OfferStep):
            found.add((name, "refused", step.refused))
        if (timeout := getattr(step, "timeout", None)) is not None:
            found.add((name, "timeout", timeout.go))
        if planned.when is not None:
            found.add((name, "passed", ""))
    return found


def ways_gone(journal: Journal) -> set[Way]:
    found: set[Way] = set()
    for event in (entry.event for entry in journal):
        passed = getattr(event, "passed", ())
        found |= {(step, "passed", "") for step in passed}
        first = passed[0] if passed else getattr(event, "go", "")
        match event:
            case ev.StepDone():
                found.add((event.step, "then", first))
            case ev.StepFailed():
                found.add((event.step, "failed", first))
            case ev.TimedOut():
                found.add((event.step, "timeout", first))
            case ev.Undone() if first:
                found.add((event.step, "undone", first))
            case ev.Answered(answer="approved" | "adjusted" | "rejected" | "refused" as word):
                found.add((event.step, word, first))
            case ev.Answered():
                found.add((event.step, "then", first))
            case _:
                pass
    return found


def interrupts_gone(journal: Journal) -> set[tuple[str, str]]:
    """(event, where it led), `stay` included."""
    found = set()
    for event in (entry.event for entry in journal):
        if isinstance(event, ev.Interrupted):
            found.add((event.event, event.passed[0] if event.passed else event.go))
        if isinstance(event, ev.Noted) and event.what.startswith("stayed:"):
            found.add((event.what.removeprefix("stayed:"), "stay"))
    return found
