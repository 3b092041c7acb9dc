"""Orders to be: what a control call or a loader says about an order before the shop has it."""

from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from makegood.sandbox.money import Minor
from makegood.sandbox.orders import Customer, Fulfilment
from makegood.sandbox.parcels import ParcelStatus


class NewLine(BaseModel):
    model_config = ConfigDict(frozen=True)

    sku: str = Field(min_length=1, max_length=100)
    title: str
    category: str = "home"
    quantity: int = Field(1, ge=1, le=10_000)
    unit_paid_minor: int = Field(ge=0, le=10**10)


class NewPayment(BaseModel):
    model_config = ConfigDict(frozen=True)

    kind: str = "card"
    amount_minor: Minor | None = Field(None, description="Default: what the order costs.")
    state: Literal["authorised", "captured", "refunded", "voided"] = "captured"


class NewClaim(BaseModel):
    model_config = ConfigDict(frozen=True)

    kind: str = "refund"
    amount_minor: Minor
    at: AwareDatetime


class NewOrder(BaseModel):
    """The dates default to now, as far as the fulfilment implies them."""

    model_config = ConfigDict(frozen=True)

    id: str = Field(pattern=r"^#?[A-Za-z0-9][A-Za-z0-9_-]{0,60}$")
    market: str = Field(examples=["DE"])
    tier: str = "standard"
    customer: Customer
    lines: list[NewLine] = Field(min_length=1, max_length=200)
    freight_paid_minor: int = Field(0, ge=0, le=10**10)
    payments: list[NewPayment] = Field(default=[NewPayment()], min_length=1, max_length=10)
    fulfilment: Fulfilment = "not_started"
    warehouse: str | None = Field(None, description="Which it leaves from; default: the nearest.")
    interception: Literal["stopped", "too_late"] | None = None
    placed_at: AwareDatetime | None = None
    shipped_at: AwareDatetime | None = None
    delivered_at: AwareDatetime | None = None
    tracking: str | None = Field(None, description="Of the outbound parcel; made up when it has left.")
    parcel_status: ParcelStatus | None = None
    claims: list[NewClaim] = Field(default=[], max_length=100)

    @property
    def name(self) -> str:
        """The id as it can stand in a path."""
        return self.id.removeprefix("#")

    @property
    def total_minor(self) -> int:
        return sum(line.quantity * line.unit_paid_minor for line in self.lines) + self.freight_paid_minor

    def payment_id(self, position: int) -> str:
        return f"PAY-{self.name}-{position}"

    def payment_minor(self, paid: NewPayment) -> int:
        return self.total_minor if paid.amount_minor is None else paid.amount_minor
