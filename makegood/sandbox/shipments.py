"""Shipments: units of an order sent once more, from a warehouse that has them."""

import secrets
from collections import Counter
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from makegood.sandbox import books, orders, parcels, stock
from makegood.sandbox.database import Transaction
from makegood.sandbox.errors import Refused, not_found
from makegood.sandbox.idempotency import Referred
from makegood.sandbox.order_lines import UnitsOfLine, articles, chosen
from makegood.sandbox.warehouses import warehouse

BOOK = "shipments"


class ShipmentWanted(Referred):
    order_id: str
    lines: list[UnitsOfLine] = Field(default=[], max_length=200, description="None named: the whole order.")
    warehouse: str = Field(examples=["DE-1"])


class Shipment(BaseModel):
    model_config = ConfigDict(frozen=True)

    id: str
    order_id: str
    tracking: str
    warehouse: str
    lines: list[UnitsOfLine]
    delivery_days: int
    status: Literal["made", "cancelled"]
    reference: str
    created_at: datetime
    cancelled_at: datetime | None = None


def send(tx: Transaction, wanted: ShipmentWanted, reference: str) -> Shipment:
    """Takes the units off the shelf; the parcel goes to the order's address. No money moves."""
    order = orders.read(tx, orders.resolve(tx, wanted.order_id, lock=True))
    place = warehouse(wanted.warehouse)
    if order.shipped_at is None:
        raise Refused(409, "not_shipped", f"Order {order.id} has not left: there is nothing to send again.")
    lines = chosen(order, wanted.lines)
    units: Counter[str] = Counter()
    for line, quantity in articles(order, lines):
        units[line.sku] += quantity
    stock.take(tx, place.code, units)
    tracking = f"RS{secrets.randbelow(10**12):012d}"
    parcels.create(tx, tracking, order.id, "outbound", "CREATED", purpose="reship")
    made = Shipment(
        id=books.new_id("shp"),
        order_id=order.id,
        tracking=tracking,
        warehouse=place.code,
        lines=lines,
        delivery_days=place.days_to(order.market),
        status="made",
        reference=reference,
        created_at=tx.now,
    )
    books.write(tx, BOOK, made, entry_id=made.id, order_id=order.id, reference=reference)
    return made


def cancel(tx: Transaction, shipment_id: str) -> Shipment:
    """Until the carrier has it; the units go back on their shelf. A second time changes nothing."""
    shipment = read(tx, shipment_id)
    if shipment.status == "cancelled":
        return shipment
    orders.resolve(tx, shipment.order_id, lock=True)
    status = parcels.read(tx, shipment.tracking).status
    if status != "CREATED":
        raise Refused(409, "shipped", f"Parcel {shipment.tracking} is {status}: it cannot be called back.")
    parcels.void(tx, shipment.tracking)
    order = orders.read(tx, shipment.order_id)
    stock.put_back(
        tx,
        shipment.warehouse,
        [
            {"sku": line.sku, "title": line.title, "quantity": quantity}
            for line, quantity in articles(order, shipment.lines)
        ],
    )
    books.amend(tx, BOOK, shipment.id, {"status": "cancelled", "cancelled_at": tx.now.isoformat()})
    return shipment.model_copy(update={"status": "cancelled", "cancelled_at": tx.now})


def read(tx: Transaction, shipment_id: str) -> Shipment:
    shipment = books.one(tx, BOOK, Shipment, shipment_id)
    if shipment is None:
        raise not_found("shipment", shipment_id)
    return shipment
