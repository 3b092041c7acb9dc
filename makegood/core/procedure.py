"""The procedure language: what a file in `sop_definitions/procedures/` may say."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from makegood.core import durations
from makegood.core.facts import FactType

STAY = "stay"
"""The target of an interrupt branch that is noted and changes nothing."""

StepId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$")]
FactName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.-]*$")]
Cel = Annotated[str, StringConstraints(min_length=1)]


def _duration(text: str) -> str:
    durations.parse(text)
    return text


DurationText = Annotated[str, BeforeValidator(_duration)]
"""`3d`, `48h`, `8bh` (business hours), `3bd` (business days), `30m`, `30s`."""


def _percent(value: Any) -> Any:
    return int(value[:-1]) if isinstance(value, str) and value.endswith("%") else value


Percent = Annotated[int, BeforeValidator(_percent), Field(ge=0, le=100)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class When(_Part):
    """A branch taken when its CEL condition holds."""

    when: Cel
    go: StepId


class Otherwise(_Part):
    """The branch taken when no other is."""

    otherwise: StepId


Branches = list[When | Otherwise]


def _branches(value: Any) -> Any:
    return [{"otherwise": value}] if isinstance(value, str) else value


Then = Annotated[Branches, BeforeValidator(_branches)]
"""Either a step's name or branches, the last of which is `otherwise`."""


class Retry(_Part):
    """Tries after the first. Waits grow fourfold from `first` up to `up_to`; above 30 s the case parks."""

    times: int = Field(ge=1, le=20)
    backoff: Literal["exponential", "fixed"] = "exponential"
    first: DurationText = "2s"
    up_to: DurationText = "1h"


class Remind(_Part):
    after: DurationText
    times: int = Field(default=1, ge=1, le=5)
    message: Name | None = None


class Timeout(_Part):
    """What silence means: after `after`, to `escalate` once (for `again`), then to `go`."""

    after: DurationText
    calendar: Name | None = None
    escalate: Name | None = None
    again: DurationText | None = None
    go: StepId

    @model_validator(mode="after")
    def _escalation_has_its_own_time(self) -> Self:
        if (self.escalate is None) != (self.again is None):
            raise ValueError("`escalate` and `again` go together: to whom, and for how long")
        return self


class _Step(_Part):
    kind: ClassVar[str]
    when: Cel | None = None
    note: str | None = None
    absent: dict[FactName, bool | int | str] | None = None


class _Named(_Step):
    as_: FactName | None = Field(default=None, alias="as")


class RunStep(_Named):
    """Calls an action. `undo` names the action that takes it back until the step `undo_until` is done."""

    kind: ClassVar[str] = "run"
    run: Name
    with_: dict[FactName, Any] = Field(default_factory=dict, alias="with")
    retry: Retry | None = None
    on_error: dict[str, StepId] = Field(default_factory=dict)
    undo: Name | None = None
    undo_until: StepId | None = None
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
    remind: Remind | None = None
    timeout: Timeout
    then: Then


class Rung(_Part):
    """One remedy on the ladder. `share` is whole percent of what was paid."""

    remedy: Literal["refund", "partial_refund", "reship", "exchange", "repair", "coupon"]
    share: Percent
    return_required: bool = False


class OfferStep(_Named):
    """Offers remedies in turn; a refusal moves on, the last refusal goes to `refused`."""

    kind: ClassVar[str] = "offer"
    offer: list[Rung] = Field(min_length=1)
    message: Name
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


AnswerType = Literal["text", "flag", "number", "money"] | list[str]


class TaskStep(_Named):
    """Work for a person of a role, with typed answers."""

    kind: ClassVar[str] = "task"
    task: Name
    why: str = ""
    answers: dict[FactName, AnswerType] = Field(min_length=1)
    remind: Remind | None = None
    timeout: Timeout
    then: Then


class Answers(_Part):
    approved: StepId
    adjusted: StepId
    rejected: StepId


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
    """Opens a sibling case; its close is this step's result."""

    kind: ClassVar[str] = "call"
    call: Name
    timeout: Timeout
    then: Then


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


class Serves(_Part):
    """Which claims this procedure is for; the words are checked against the known reasons and markets."""

    reasons: list[str] | Literal["all"] = "all"
    markets: list[str] | Literal["all"] = "all"


class InterruptWhen(_Part):
    when: Cel
    go: StepId
    undo: bool = True


class InterruptOtherwise(_Part):
    otherwise: StepId
    undo: bool = True


class Procedure(_Part):
    """One SOP. `start` is the first step; `interrupts` may come at any moment."""

    procedure: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
    title: str
    owner: Name
    serves: Serves
    start: StepId
    interrupts: dict[Name, list[InterruptWhen | InterruptOtherwise]] = Field(default_factory=dict)
    steps: dict[StepId, Step]


ANSWER_TYPES: dict[str, FactType] = {
    "text": FactType.TEXT,
    "flag": FactType.BOOL,
    "number": FactType.INT,
    "money": FactType.MONEY,
}
