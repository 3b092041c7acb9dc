"""What the law of a market says and what the house adds: figures, each with its source and dates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Generic, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StringConstraints,
    model_validator,
)

from makegood.core import durations
from makegood.core.durations import Duration, Unit
from makegood.core.periods import Period, RestDays

T = TypeVar("T")

MarketCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")]
Category = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z-]*$")]


class Bearer(StrEnum):
    """Who pays the freight."""

    SELLER = "seller"
    CUSTOMER = "customer"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Figure(_Part, Generic[T]):
    """One figure. `verified` means read in the named source on `checked`; otherwise it is from memory.

    `effective_from: null` says: in force when checked, its beginning was not looked up.
    """

    value: T
    source: str = Field(min_length=3)
    checked: date
    effective_from: date | None
    verified: StrictBool
    note: str = ""


def _listed(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else [value]


def _hours(value: Any) -> Any:
    duration = value if isinstance(value, Duration) else durations.parse(str(value))
    if duration.unit is not Unit.HOURS:
        raise ValueError(f"{value!r} is not a number of hours such as 48h")
    return duration


# A figure that changed is a list of figures, one for each date on which it changed.
Periods = Annotated[tuple[Figure[Period], ...], BeforeValidator(_listed), Field(min_length=1)]
Flags = Annotated[tuple[Figure[StrictBool], ...], BeforeValidator(_listed), Field(min_length=1)]
Hours = Annotated[
    tuple[Figure[Annotated[Duration, BeforeValidator(_hours)]], ...],
    BeforeValidator(_listed),
    Field(min_length=1),
]
Bearers = Annotated[tuple[Figure[Bearer], ...], BeforeValidator(_listed), Field(min_length=1)]
Categories = Annotated[
    tuple[Figure[tuple[Category, ...]], ...], BeforeValidator(_listed), Field(min_length=1)
]


def on(figures: tuple[Figure[T], ...] | None, day: date) -> Figure[T] | None:
    """The figure in force on `day`; None where the law has none, or none yet."""
    in_force = [figure for figure in figures or () if (figure.effective_from or date.min) <= day]
    return max(in_force, key=lambda figure: figure.effective_from or date.min, default=None)


class Withdrawal(_Part):
    """The right to send goods back without giving a reason, counted from the day after receipt.

    `right: false` says that the law is known to give none. `uninformed_extension` is added to the period
    where the customer was not told of the right; `unconfirmed_period` takes its place where the purchase
    was not confirmed in writing. `refund_due` counts from the claim, `refund_due_after_return` from the
    day on which the goods are back; where both are there, whichever comes first holds.
    """

    right: Flags | None = None
    period: Periods | None = None
    only_if_undisclosed: Flags | None = None
    uninformed_extension: Periods | None = None
    unconfirmed_period: Periods | None = None
    rest_days_extend: Flags | None = None
    return_freight: Bearers | None = None
    return_freight_undisclosed: Bearers | None = None
    outbound_freight_refunded: Flags | None = None
    refund_due: Periods | None = None
    refund_due_after_return: Periods | None = None
    may_withhold_until_returned: Flags | None = None
    exceptions: dict[Category, Flags] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _ends(self) -> Withdrawal:
        given = self.right is None or any(figure.value for figure in self.right)
        if given and self.period is None:
            raise ValueError("a right of withdrawal needs its period, or `right: false`")
        return self


class Conformity(_Part):
    """What is owed for goods that are not as they should be. No `period`: no limit is known.

    `cure_first`: the seller may repair or replace before it must refund. `choice_if_major`: not where the
    failure is major; then the customer chooses.
    """

    right: Flags
    period: Periods | None = None
    short_term_reject: Periods | None = None
    cure_first: Flags | None = None
    repair_within: Periods | None = None
    choice_if_major: Flags | None = None
    return_freight: Bearers | None = None


class NonDelivery(_Part):
    """How long a buyer must wait for goods, from the order, before the money is due back.

    `late_goods_returnable`: what came after the promised day may still be sent back for that.
    """

    after: Periods | None = None
    late_goods_returnable: Flags | None = None
    refund_due: Periods | None = None


class Complaint(_Part):
    """How soon a complaint is answered, from its receipt: first that it is here, then with redress."""

    acknowledge: Hours | None = None
    redress: Periods | None = None


class Statute(_Part):
    """One market's file. A right that is absent is one of which nothing was read: no refusal."""

    market: MarketCode
    title: str
    country: str
    withdrawal: Withdrawal | None = None
    conformity: Conformity | None = None
    non_delivery: NonDelivery | None = None
    complaint: Complaint | None = None

    @property
    def rest(self) -> RestDays:
        return RestDays(self.country)


class HouseRules(_Part):
    """What the seller gives of its own accord; what is absent follows the statute."""

    change_of_mind_period: Periods | None = None
    change_of_mind_return_freight: Bearers | None = None
    change_of_mind_outbound_freight_refunded: Flags | None = None
    no_change_of_mind_for: Categories | None = None
    fault_period: Periods | None = None
    repair_within: Periods | None = None
    fault_return_freight: Bearers | None = None
    fault_outbound_freight_refunded: Flags | None = None
    not_delivered_after: Periods | None = None
    cancel_before_shipment: Flags | None = None
    refund_due: Periods | None = None
    refund_due_after_return: Periods | None = None
    may_withhold_until_returned: Flags | None = None


class House(_Part):
    """`default` for every market; `markets` overrides single rules."""

    default: HouseRules
    markets: dict[MarketCode, HouseRules] = Field(default_factory=dict)

    def rules(self, market: str) -> HouseRules:
        own = self.markets.get(market)
        if own is None:
            return self.default
        return self.default.model_copy(update={name: getattr(own, name) for name in own.model_fields_set})


class Policies(_Part):
    """Every statute by market, and the house's rules."""

    statutes: Mapping[str, Statute]
    house: House
