"""The procedure language: what a file in `sop_definitions/procedures/` may say."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from makegood.core.clauses import (
    Branches,
    InterruptOtherwise,
    InterruptReached,
    InterruptWhen,
    Name,
    Otherwise,
    Part,
    Retry,
    Serves,
    StepId,
    Timeout,
    When,
)
from makegood.core.steps import (
    ANSWER_TYPES,
    STEP_KINDS,
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

__all__ = [
    "ANSWER_TYPES",
    "STAY",
    "STEP_KINDS",
    "ApproveStep",
    "AskStep",
    "AwaitStep",
    "Branches",
    "CallStep",
    "CloseStep",
    "DecideStep",
    "OfferStep",
    "Otherwise",
    "Procedure",
    "Retry",
    "RunStep",
    "SendStep",
    "Step",
    "TaskStep",
    "Timeout",
    "When",
]

STAY = "stay"
"""The target of an interrupt branch that is noted and changes nothing."""


Interrupt = InterruptWhen | InterruptReached | InterruptOtherwise


class Procedure(Part):
    """One SOP. `start` is the first step; `interrupts` may come at any moment."""

    procedure: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
    title: str
    owner: Name
    serves: Serves
    start: StepId
    interrupts: dict[Name, list[Interrupt]] = Field(default_factory=dict)
    steps: dict[StepId, Step]
