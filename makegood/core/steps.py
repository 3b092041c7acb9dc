"""The step kinds of the procedure language, each with the keys that it takes."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from makegood.core.clauses import (
    Answers,
    Cel,
    DurationText,
    FactName,
    Name,
    Part,
    Remind,
    Retry,
    Rung,
    StepId,
    StepIds,
    Then,
    Timeout,
)
from makegood.core.facts import FactType


class _Step(Part):
    """`absent` says what the step's facts are on the ways on which it does not write them.

    A number or a flag may be given as a condition-language expression (`quote.amount_minor`).
    """

    kind: ClassVar[str]
    when: Cel | None = None
    note: str | None = None
    absent: dict[FactName, bool | int | str] | None = None


class _Named(_Step):
    as_: FactName | None = Field(default=None, alias="as")


class RunStep(_Named):
    """Calls an action.

    `undo` names the action that takes it back, until one of the steps `undo_until` is done. It is only
    owed when `undo_when` holds for the result; when it cannot be done, the case goes to `undo_failed`.
    """

    kind: ClassVar[str] = "run"
    run: Name
    with_: dict[FactName, Any] = Field(default_factory=dict, alias="with")
    retry: Retry | None = None
    on_error: dict[str, StepId] = Field(default_factory=dict)
    undo: Name | None = None
    undo_when: Cel | None = None
    undo_until: StepIds = Field(default_factory=list)
    undo_failed: StepId | None = None
    then: Then


class DecideStep(_Named):
    """Evaluates a decision table of `remedies/`."""

    kind: ClassVar[str] = "decide"
    decide: Name
    then: Then


class AskStep(_Named):
    """Asks the customer; `for` says what is wanted: photos, text, a choice or a confirmation."""

    kind: ClassVar[str] = "ask"
    ask: Literal["customer"]
    for_: dict[FactName, Literal["required", "optional", "confirm"] | list[str]] = Field(alias="for")
    message: Name
    with_: dict[FactName, Cel] = Field(default_factory=dict, alias="with")
    remind: Remind | None = None
    timeout: Timeout
    then: Then


class OfferStep(_Named):
    """Offers remedies in turn; a refusal moves on, the last refusal goes to `refused`."""

    kind: ClassVar[str] = "offer"
    offer: list[Rung] = Field(min_length=1)
    message: Name
    with_: dict[FactName, Cel] = Field(default_factory=dict, alias="with")
    remind: Remind | None = None
    timeout: Timeout
    refused: StepId
    then: Then


class AwaitStep(_Named):
    """Waits for an outside event; `from` says who has the ball meanwhile."""

    kind: ClassVar[str] = "await"
    await_: Name | list[Name] = Field(alias="await")
    matching: Cel | None = None
    from_: Literal["customer", "carrier", "warehouse", "shop", "partner"] = Field(
        default="carrier", alias="from"
    )
    message: Name | None = None
    with_: dict[FactName, Cel] = Field(default_factory=dict, alias="with")
    remind: Remind | None = None
    timeout: Timeout
    then: Then

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.await_) if isinstance(self.await_, list) else (self.await_,)


AnswerType = Literal["text", "code", "flag", "number", "money"] | list[str]


class TaskStep(_Named):
    """Work for a person of a role, with typed answers."""

    kind: ClassVar[str] = "task"
    task: Name
    why: str = ""
    answers: dict[FactName, AnswerType] = Field(min_length=1)
    remind: Remind | None = None
    timeout: Timeout
    then: Then


class ApproveStep(_Named):
    """A human approval; `ceiling` is the most that may be paid, in minor units of the order's currency."""

    kind: ClassVar[str] = "approve"
    approve: Name
    ceiling: Cel
    remind: Remind | None = None
    timeout: Timeout
    answers: Answers


class SendStep(_Step):
    """Sends a letter through the contact guard."""

    kind: ClassVar[str] = "send"
    send: Name
    with_: dict[FactName, Cel] = Field(default_factory=dict, alias="with")
    then: Then


class CallStep(_Named):
    """Opens a sibling case; its close is this step's result.

    `about` is a word or an expression that the sibling knows as `case.about`, `reason` its `case.reason`
    where that is not the caller's. With `wait: no` this case goes on at once and knows the sibling's
    number; nobody here waits for its end.
    """

    kind: ClassVar[str] = "call"
    call: Name
    about: Cel | None = None
    reason: Name | None = None
    wait: bool = True
    timeout: Timeout | None = None
    then: Then

    @model_validator(mode="after")
    def _a_wait_has_an_end(self) -> Self:
        if self.wait is (self.timeout is None):
            raise ValueError("`timeout` is needed, unless `wait: no` says that nobody waits; never both")
        return self


class CloseStep(_Step):
    kind: ClassVar[str] = "close"
    close: Name
    reopen_within: DurationText | None = None


Step = (
    RunStep
    | DecideStep
    | AskStep
    | OfferStep
    | AwaitStep
    | TaskStep
    | ApproveStep
    | SendStep
    | CallStep
    | CloseStep
)

STEP_KINDS: dict[str, type[Step]] = {
    "run": RunStep,
    "decide": DecideStep,
    "ask": AskStep,
    "offer": OfferStep,
    "await": AwaitStep,
    "task": TaskStep,
    "approve": ApproveStep,
    "send": SendStep,
    "call": CallStep,
    "close": CloseStep,
}

ANSWER_TYPES: dict[str, FactType] = {
    "text": FactType.TEXT,
    "code": FactType.CODE,
    "flag": FactType.BOOL,
    "number": FactType.INT,
    "money": FactType.MONEY,
}
