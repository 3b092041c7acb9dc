"""Return labels: each is a parcel to come; a void one is a parcel that never will."""

import secrets
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from makegood.sandbox import books, orders, parcels
from makegood.sandbox.database import Transaction
from makegood.sandbox.errors import Refused, not_found
from makegood.sandbox.idempotency import Referred
from makegood.sandbox.markets import market
from makegood.sandbox.money import Money
from makegood.sandbox.order_lines import UnitsOfLine, chosen


class LabelWanted(Referred):
    order_id: str
    lines: list[UnitsOfLine] = Field(default=[], max_length=200, description="None named: the whole order.")
    freight_on: Literal["seller", "customer"]


class Label(BaseModel):
    model_config = ConfigDict(frozen=True)

    id: str
    order_id: str
    tracking: str
    lines: list[UnitsOfLine]
    freight_on: Literal["seller", "customer"]
    cost: Money = Field(description="What the carrier asks, whoever bears it.")
    url: str = Field(description="Where the label can be seen.")
    reference: str
    status: Literal["made", "void"]
    created_at: datetime
    voided_at: datetime | None = None


def make(tx: Transaction, wanted: LabelWanted, reference: str, base_url: str) -> Label:
    order = orders.read(tx, orders.resolve(tx, wanted.order_id, lock=True))
    if order.shipped_at is None:
        raise Refused(409, "not_shipped", f"Order {order.id} has not left: there is nothing to send back.")
    label_id = books.new_id("lbl")
    tracking = f"RT{secrets.randbelow(10**12):012d}"
    parcels.create(tx, tracking, order.id, "return", "CREATED", purpose="return")
    made = Label(
        id=label_id,
        order_id=order.id,
        tracking=tracking,
        lines=chosen(order, wanted.lines),
        freight_on=wanted.freight_on,
        cost=Money(minor=market(order.market).return_label_minor, currency=order.currency),
        url=f"{base_url}labels/{label_id}",
        reference=reference,
        status="made",
        created_at=tx.now,
    )
    books.write(tx, "labels", made, entry_id=label_id, order_id=order.id, reference=reference)
    return made


def void(tx: Transaction, label_id: str) -> Label:
    """A second void changes nothing."""
    label = read(tx, label_id)
    if label.status == "void":
        return label
    orders.resolve(tx, label.order_id, lock=True)
    status = parcels.read(tx, label.tracking).status
    if status != "CREATED":
        raise Refused(409, "label_used", f"Parcel {label.tracking} is {status}: its label cannot be voided.")
    parcels.void(tx, label.tracking)
    books.amend(tx, "labels", label_id, {"status": "void", "voided_at": tx.now.isoformat()})
    return label.model_copy(update={"status": "void", "voided_at": tx.now})


def read(tx: Transaction, label_id: str) -> Label:
    label = books.one(tx, "labels", Label, label_id)
    if label is None:
        raise not_found("label", label_id)
    return label
