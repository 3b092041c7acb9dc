"""Drawing: a plan as a Mermaid flowchart, for people who look before they read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from makegood.core.plan import Plan, PlanStep
from makegood.core.procedure import (
    STAY,
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
    Timeout,
)

Arrow = tuple[str, str, bool]
"""What leads there, the step, and whether it is the plain way (false: silence, an error, a failed undo)."""

_STYLES = {
    "customer": "fill:#fff4d6,stroke:#b58900,color:#222",
    "colleague": "fill:#e4eefc,stroke:#3b6fb5,color:#222",
    "money": "fill:#fde2e1,stroke:#c0392b,color:#222",
    "ending": "fill:#e3f5e6,stroke:#2e8b57,color:#222",
}


def flowchart(plan: Plan) -> str:
    """Each step a box, each branch an arrow; what silence and errors lead to is dotted."""
    lines = ["flowchart TD"]
    lines += [f"  {_node(name, planned, plan)}" for name, planned in plan.steps.items()]
    for name, planned in plan.steps.items():
        lines += [f"  {line}" for line in _drawn(name, planned)]
    lines += [f"  {line}" for line in _interrupts(plan)]
    lines += [f"  classDef {name} {style}" for name, style in _STYLES.items()]
    return "\n".join(lines) + "\n"


def arrows(planned: PlanStep) -> Iterator[Arrow]:
    """Every way out of a step, with its condition in the file's own words."""
    step = planned.step
    match step:
        case ApproveStep():
            yield "approved", step.answers.approved, True
            yield "adjusted", step.answers.adjusted, True
            yield "rejected", step.answers.rejected, True
        case CloseStep():
            return
        case _:
            yield from _then(planned)
    if isinstance(step, OfferStep):
        yield "all refused", step.refused, True
    if isinstance(step, RunStep):
        for code, target in step.on_error.items():
            yield _error(code, alone=len(step.on_error) == 1), target, False
        if step.undo_failed:
            yield "cannot be undone", step.undo_failed, False
    timeout = getattr(step, "timeout", None)
    if timeout is not None:
        yield silence(timeout), timeout.go, False


def silence(timeout: Timeout) -> str:
    """How long nobody answers, in the file's own words."""
    if timeout.within is None:
        return f"silence for {timeout.after}"
    return f"silence for {timeout.after}, or until {timeout.within} days after {timeout.since}"


def _error(code: str, *, alone: bool) -> str:
    if code != "else":
        return code
    return "any error" if alone else "any other error"


def _then(planned: PlanStep) -> Iterator[Arrow]:
    alone = len(planned.then) == 1
    for condition, target in planned.then:
        yield (condition.text if condition else "" if alone else "otherwise"), target, True


def _node(name: str, planned: PlanStep, plan: Plan) -> str:
    left, right, said, style = _shape(planned.step, plan)
    label = f"{name}<br/><small>{said}</small>" if said else name
    return f'{_id(name)}{left}"{label}"{right}{f":::{style}" if style else ""}'


def _shape(step: Step, plan: Plan) -> tuple[str, str, str, str]:
    """Brackets, what the step is in short, and its colour."""
    match step:
        case RunStep():
            return "[", "]", step.run, "money" if plan.contracts[step.run].gated else ""
        case DecideStep():
            return "{{", "}}", step.decide, ""
        case AskStep():
            return ">", "]", f"asks for {', '.join(step.for_)}", "customer"
        case OfferStep():
            return ">", "]", f"offers {len(step.offer)} remedies", "customer"
        case AwaitStep():
            return "([", "])", " or ".join(step.names), "customer" if step.from_ == "customer" else ""
        case TaskStep():
            return "[/", "/]", step.task, "colleague"
        case ApproveStep():
            return "{", "}", f"approval of a {step.approve}", "colleague"
        case SendStep():
            return "(", ")", f"letter {step.send}", ""
        case CallStep():
            return "[[", "]]", f"{step.call}{'' if step.wait else ', not waited for'}", ""
        case CloseStep():
            return "((", "))", step.close, "ending"
        case _:
            assert_never(step)


def _drawn(name: str, planned: PlanStep) -> Iterator[str]:
    """Ways to one step are one arrow; a step that only waits on for itself needs none."""
    together: dict[tuple[str, bool], list[str]] = {}
    for said, target, plain in arrows(planned):
        if target != name:
            together.setdefault((target, plain), []).append(said)
    for (target, plain), ways in together.items():
        label = _escaped(" / ".join(filter(None, ways)))
        arrow = "-->" if plain else "-.->"
        yield f"{_id(name)} {arrow}{f'|{label}|' if label else ''} {_id(target)}"


def _interrupts(plan: Plan) -> Iterator[str]:
    for event, branches in plan.interrupts.items():
        source = f"at_any_time_{event.replace('.', '_')}"
        yield f'{source}[["at any time: {event}"]]:::customer'
        for branch in branches:
            if branch.go != STAY:
                said = branch.when.text if branch.when else f"after {', '.join(branch.reached)}"
                label = _escaped(said) if branch.when or branch.reached else ""
                yield f"{source} -.->{f'|{label}|' if label else ''} {_id(branch.go)}"


def _id(name: str) -> str:
    """Not every word may name a node: `end` would end the drawing."""
    return f"s_{name.replace('-', '_')}"


_SPELT = {"&&": "and", "||": "or", '"': "'", "<": "#lt;", ">": "#gt;"}


def _escaped(text: str) -> str:
    """Quoted, with Mermaid's own entities for what it would read as its language."""
    for sign, spelt in _SPELT.items():
        text = text.replace(sign, spelt)
    return f'"{text}"' if text else ""
