"""What warehouses, repairers, payers and claims desks answer, parsed at the door."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from makegood.core.money import Money
from makegood.gateways.results import Result


class Shelf(Result):
    """How many units of one article lie in a warehouse, and how many days it takes from there."""

    warehouse: str
    country: str
    kind: Literal["home", "overseas"]
    on_hand: int = Field(ge=0)
    delivery_days: int | None = None


class Shipment(Result):
    """Units sent once more. Where they are is told by the parcel's scans."""

    ref: str = Field(alias="id")
    tracking: str
    warehouse: str
    status: Literal["made", "cancelled"]


class Repair(Result):
    """`ref` is the RMA, `tracking` that of the label to the repairer."""

    ref: str = Field(alias="id")
    tracking: str
    status: Literal[
        "opened",
        "received",
        "quoted",
        "approved",
        "done",
        "beyond_repair",
        "returning",
        "shipped",
        "cancelled",
    ]
    quote: Money | None = None
    return_tracking: str | None = None


class PaymentLink(Result):
    """By `url` the customer pays `amount`; that they have is told by an event."""

    ref: str = Field(alias="id")
    amount: Money
    url: str
    status: Literal["open", "paid"]


class CarrierClaim(Result):
    """The carrier answers within `answer_by_days` of the filing."""

    ref: str = Field(alias="id")
    tracking: str
    status: Literal["filed", "accepted", "rejected"]
    awarded: Money | None = None
    answer_by_days: int
