"""The clauses that steps are made of: names, conditions, branches, retries, reminders, timeouts, rungs."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from makegood.core import durations

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


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


StepIds = Annotated[list[StepId], BeforeValidator(_listed)]
"""One step or several."""


class Part(BaseModel):
    """Frozen, and refuses keys that the language does not have."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class When(Part):
    """A branch taken when its CEL condition holds."""

    when: Cel
    go: StepId


class Otherwise(Part):
    """The branch taken when no other is."""

    otherwise: StepId


Branches = list[When | Otherwise]


def _branches(value: Any) -> Any:
    return [{"otherwise": value}] if isinstance(value, str) else value


Then = Annotated[Branches, BeforeValidator(_branches)]
"""Either a step's name or branches, the last of which is `otherwise`."""


class Retry(Part):
    """Tries after the first. Waits grow fourfold from `first` up to `up_to`; above 30 s the case parks."""

    times: int = Field(ge=1, le=20)
    backoff: Literal["exponential", "fixed"] = "exponential"
    first: DurationText = "2s"
    up_to: DurationText = "1h"


class Remind(Part):
    after: DurationText
    times: int = Field(default=1, ge=1, le=5)
    message: Name | None = None


class Timeout(Part):
    """What silence means: after `after`, to `escalate` once (for `again`), then to `go`.

    `within` days of having first come to `since`, where that is sooner than `after`.
    """

    after: DurationText
    within: Cel | None = None
    since: StepId | None = None
    calendar: Name | None = None
    escalate: Name | None = None
    again: DurationText | None = None
    go: StepId

    @model_validator(mode="after")
    def _what_goes_together(self) -> Self:
        if (self.escalate is None) != (self.again is None):
            raise ValueError("`escalate` and `again` go together: to whom, and for how long")
        if (self.within is None) != (self.since is None):
            raise ValueError("`within` and `since` go together: how many days, and from which step on")
        return self


class Rung(Part):
    """One remedy on the ladder. `share` is whole percent of what was paid."""

    remedy: Literal["refund", "partial_refund", "reship", "exchange", "repair", "coupon"]
    share: Percent
    return_required: bool = False


class Answers(Part):
    approved: StepId
    adjusted: StepId
    rejected: StepId


class Serves(Part):
    """Which claims this procedure is for; the words are checked against the known reasons and markets.

    `called_only`: it is begun by the `call` of another procedure, and by nobody's message.
    """

    reasons: list[str] | Literal["all"] = "all"
    markets: list[str] | Literal["all"] = "all"
    called_only: bool = False


class InterruptWhen(Part):
    """Taken when its condition over `case.*` and `ledger.*` holds."""

    when: Cel
    go: StepId
    undo: bool = True


class InterruptReached(Part):
    """Taken once the case has come to one of these steps; passing a step over does not count."""

    reached: Annotated[StepIds, Field(min_length=1)]
    go: StepId
    undo: bool = True


class InterruptOtherwise(Part):
    otherwise: StepId
    undo: bool = True
