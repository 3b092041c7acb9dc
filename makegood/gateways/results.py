"""What the outside world answers, parsed at the door into frozen values of our own.

Personal fields are kept out of `repr`, so that a logged order names nobody. Instants are aware UTC.
"""

from __future__ import annotations

from datetime import UTC
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from makegood.core.money import Money

Instant = Annotated[AwareDatetime, AfterValidator(lambda moment: moment.astimezone(UTC))]


class Result(BaseModel):
    """Frozen; unknown fields of a newer provider are ignored; a parse error never quotes the input."""

    model_config = ConfigDict(frozen=True, extra="ignore", validate_by_name=True, hide_input_in_errors=True)


class Address(Result):
    """Where a person lives; `country` is ISO 3166-1 alpha-2 and the only field that is not personal."""

    country: str
    line1: str = Field(repr=False)
    line2: str | None = Field(default=None, repr=False)
    city: str = Field(repr=False)
    region: str | None = Field(default=None, repr=False)
    postcode: str | None = Field(default=None, repr=False)


class Buyer(Result):
    """The shop's customer. All of it is personal."""

    ref: str = Field(alias="id", repr=False)
    name: str = Field(repr=False)
    email: str = Field(repr=False)
    phone: str | None = Field(default=None, repr=False)
    address: Address


class OrderLine(Result):
    """`unit_paid` is what was paid for one unit after discounts; `tax_minor` is the tax in it."""

    ref: str = Field(alias="id")
    sku: str
    title: str
    category: str
    quantity: int = Field(ge=1)
    unit_paid: Money
    tax_minor: int = 0


class Payment(Result):
    """One means of payment of an order; amounts are totals to date in the payment's currency."""

    ref: str = Field(alias="id")
    kind: str
    authorised: Money
    captured: Money
    refunded: Money
    voided: Money


class ParcelRef(Result):
    """A parcel that an order knows of; `outbound` goes to the customer, `return` comes back.

    `purpose` is `order` for the first one, where the shop tells.
    """

    tracking: str
    status: str
    direction: Literal["outbound", "return"]
    purpose: str = ""


class Order(Result):
    """An order as the shop knows it now. `ships_from` is the country of the warehouse that it left."""

    ref: str = Field(alias="id")
    market: str
    currency: str
    locale: str
    zone: str
    tier: str
    ships_from: str = ""
    placed_at: Instant
    shipped_at: Instant | None = None
    delivered_at: Instant | None = None
    status: Literal["placed", "shipped", "delivered", "cancelled"]
    fulfilment: Literal["not_started", "picking", "packed", "shipped", "delivered", "held", "cancelled"]
    payment_status: Literal["authorised", "captured", "refunded", "partially_refunded", "voided"]
    customer: Buyer
    lines: tuple[OrderLine, ...]
    freight_paid: Money
    payments: tuple[Payment, ...]
    parcels: tuple[ParcelRef, ...] = ()


class Claim(Result):
    """Something that the buyer was given for an order before."""

    order: str | None = Field(alias="order_id")
    kind: str
    amount: Money
    at: Instant


class History(Result):
    """What one buyer has claimed before, oldest first; cancellations do not count."""

    claims: tuple[Claim, ...]
    claims_90d: int


class Cancellation(Result):
    """`too_late`: the warehouse let go of it; nothing was changed."""

    result: Literal["cancelled", "already_cancelled", "too_late"]


class Refund(Result):
    """Money on its way back. `pending` will become one of the others without a call of ours."""

    ref: str = Field(alias="id")
    amount: Money
    status: Literal["succeeded", "pending", "failed"]
    reference: str
    created_at: Instant


class Void(Result):
    """An authorisation given up before it was captured."""

    ref: str = Field(alias="id")
    status: Literal["voided"]


class Hold(Result):
    """`picking` and `shipped` mean that the order was not held."""

    result: Literal["held", "picking", "shipped"]


class Release(Result):
    """A hold given back; `not_held` when there was none."""

    result: Literal["released", "not_held"]


class Interception(Result):
    """The race for an order that is being picked: `stopped` if we won it."""

    result: Literal["stopped", "too_late"]


class Label(Result):
    """A return label; `cost` is what the carrier charges the seller's account for it."""

    ref: str = Field(alias="id")
    tracking: str
    cost: Money
    url: str
    status: Literal["made", "void"]


class Recall(Result):
    """A request to turn a parcel round; accepted is not yet returned."""

    accepted: bool


class Scan(Result):
    """One thing that happened to a parcel. Statuses outside our vocabulary are kept as they came."""

    status: str
    at: Instant


class Parcel(Result):
    """Where a parcel is: the latest status and all scans, oldest first."""

    tracking: str
    status: str
    events: tuple[Scan, ...] = ()


class Sent(Result):
    """A message that the provider took charge of."""

    ref: str = Field(alias="id")
