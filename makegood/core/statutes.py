"""What the law of a market says and what the house adds: figures, each with its source and dates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, StringConstraints

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


# A figure that changed is a list of figures, one for each date on which it changed.
Periods = Annotated[tuple[Figure[Period], ...], BeforeValidator(_listed), Field(min_length=1)]
Flags = Annotated[tuple[Figure[StrictBool], ...], BeforeValidator(_listed), Field(min_length=1)]
Bearers = Annotated[tuple[Figure[Bearer], ...], BeforeValidator(_listed), Field(min_length=1)]
Categories = Annotated[
    tuple[Figure[tuple[Category, ...]], ...], BeforeValidator(_listed), Field(min_length=1)
]


def on(figures: tuple[Figure[T], ...] | None, day: date) -> Figure[T] | None:
    """The figure in force on `day`; None where the law has none, or none yet."""
    in_force = [figure for figure in figures or () if (figure.effective_from or date.min) <= day]
    return max(in_force, key=lambda figure: figure.effective_from or date.min, default=None)


class Withdrawal(_Part):
    """The right to send goods back without giving a reason, counted from the day after receipt."""

    period: Periods
    only_if_undisclosed: Flags | None = None
    uninformed_extension: Periods | None = None
    rest_days_extend: Flags | None = None
    return_freight: Bearers
    return_freight_undisclosed: Bearers | None = None
    outbound_freight_refunded: Flags | None = None
    refund_due: Periods | None = None
    may_withhold_until_returned: Flags | None = None
    exceptions: dict[Category, Flags] = Field(default_factory=dict)


class Conformity(_Part):
    """What is owed for goods that are not as they should be. No `period`: no limit is known."""

    right: Flags
    period: Periods | None = None
    short_term_reject: Periods | None = None
    cure_first: Flags | None = None
    repair_within: Periods | None = None
    return_freight: Bearers | None = None


class NonDelivery(_Part):
    """How long a buyer must wait for goods, from the order, before the money is due back."""

    after: Periods
    refund_due: Periods | None = None


class Statute(_Part):
    """One market's file. A right that is absent is one that the law of that market does not give."""

    market: MarketCode
    title: str
    country: str
    withdrawal: Withdrawal | None = None
    conformity: Conformity | None = None
    non_delivery: NonDelivery | None = None

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
