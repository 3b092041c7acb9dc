"""What facts each step writes, and how they leave it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from makegood.core.contracts import EVENTS, REMEDIES, Contract
from makegood.core.facts import BOOL, CODE, INT, MONEY, PERCENT, TEXT, Field, enum
from makegood.core.procedure import (
    ANSWER_TYPES,
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

FILES = ("photos", "video", "documents")
"""What an `ask` may want as files; the fact counts them."""


def fields_of(
    step: Step, contracts: Mapping[str, Contract], tables: Mapping[str, dict[str, Field]]
) -> dict[str, Field]:
    """The typed facts that the step writes under its `as` name."""
    match step:
        case RunStep():
            return dict(contracts[step.run].result) if step.run in contracts else {}
        case DecideStep():
            return dict(tables.get(step.decide, {}))
        case AskStep():
            return {name: _asked(name, want) for name, want in step.for_.items()}
        case OfferStep():
            return {"kind": enum(*REMEDIES), "share": PERCENT, "return_required": BOOL}
        case AwaitStep():
            carried = {name: field for event in step.names for name, field in EVENTS.get(event, {}).items()}
            return {"event": enum(*step.names), **carried}
        case TaskStep():
            return {
                n: enum(*a) if isinstance(a, list) else Field(ANSWER_TYPES[a])
                for n, a in step.answers.items()
            }
        case ApproveStep():
            return {"decision": enum("approved", "adjusted", "rejected"), "amount_minor": MONEY}
        case CallStep():
            return {"outcome": CODE} if step.wait else {"case": CODE}
        case SendStep() | CloseStep():
            return {}
        case _:
            assert_never(step)


def _asked(name: str, want: str | list[str]) -> Field:
    if isinstance(want, list):
        return enum(*want)
    if want == "confirm":
        return BOOL
    return INT if name in FILES else TEXT


def fact_name(step: Step) -> str | None:
    """The name under which the step's facts are known, if it writes any."""
    return None if isinstance(step, SendStep | CloseStep) else step.as_


def exits_of(step: Step) -> list[tuple[str, bool]]:
    """Every (target, with facts) that leaves the step; without facts only its `absent` ones are written."""
    targets: list[tuple[str, bool]] = []
    match step:
        case RunStep():
            targets = [(go, False) for go in step.on_error.values()]
            targets += [(step.undo_failed, True)] if step.undo_failed else []
        case OfferStep():
            targets = [(step.timeout.go, False), (step.refused, False)]
        case AskStep() | AwaitStep() | TaskStep():
            targets = [(step.timeout.go, False)]
        case CallStep():
            targets = [(step.timeout.go, False)] if step.timeout else []
        case ApproveStep():
            answers = step.answers
            return [
                (answers.approved, True),
                (answers.adjusted, True),
                (answers.rejected, True),
                (step.timeout.go, False),
            ]
        case CloseStep():
            return []
        case DecideStep() | SendStep():
            pass
        case _:
            assert_never(step)
    return targets + [(branch_target(branch), True) for branch in step.then]


def branch_target(branch: object) -> str:
    return str(getattr(branch, "go", None) or getattr(branch, "otherwise", ""))
