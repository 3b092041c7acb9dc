"""Parcels and what happens to them on their way, in both directions."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from makegood.sandbox import books, webhooks
from makegood.sandbox.database import Transaction
from makegood.sandbox.errors import Refused, not_found

Direction = Literal["outbound", "return"]
Purpose = Literal["order", "return", "reship", "repair"]
ParcelStatus = Literal[
    "CREATED",
    "PICKED_UP",
    "IN_TRANSIT",
    "CUSTOMS_PROCESSING",
    "CUSTOMS_HOLD",
    "CUSTOMS_RELEASED",
    "ARRIVED_COUNTRY",
    "OUT_FOR_DELIVERY",
    "READY_FOR_PICKUP",
    "DELIVERY_FAILED",
    "DELIVERED",
    "DELAYED",
    "RETURNING",
    "RETURNED",
    "DAMAGED",
    "LOST",
    "DESTROYED",
    "CANCELLED",
    "EXPIRED",
    "NOT_FOUND",
    "UNKNOWN",
]
# where a carrier can no longer turn a parcel round, or it is on its way back already
BEYOND_RECALL = {
    "DELIVERED",
    "RETURNING",
    "RETURNED",
    "LOST",
    "DESTROYED",
    "CANCELLED",
    "EXPIRED",
    "NOT_FOUND",
}
UNSHIPPED = {"CREATED", "CANCELLED", "NOT_FOUND"}
# scans by which a parcel that was given up for lost turns up again
ALIVE = {
    "IN_TRANSIT",
    "ARRIVED_COUNTRY",
    "OUT_FOR_DELIVERY",
    "READY_FOR_PICKUP",
    "DELIVERED",
    "RETURNING",
    "RETURNED",
}


class ParcelEvent(BaseModel):
    model_config = ConfigDict(frozen=True)

    status: ParcelStatus
    at: datetime


class Parcel(BaseModel):
    model_config = ConfigDict(frozen=True)

    tracking: str
    order_id: str
    direction: Direction
    purpose: Purpose = Field(description="`order`: the first parcel, with the order as it was placed.")
    status: ParcelStatus
    recalled: bool
    events: list[ParcelEvent] = Field(description="Oldest first.")


class Recall(BaseModel):
    model_config = ConfigDict(frozen=True)

    id: str
    tracking: str
    order_id: str
    accepted: bool = Field(description="False: it was delivered, lost or on its way back already.")
    reference: str
    created_at: datetime


def read(tx: Transaction, tracking: str, *, lock: bool = False) -> Parcel:
    row = _row(tx, tracking, lock=lock)
    events = tx.all("SELECT status, at FROM parcel_event WHERE tracking = %s ORDER BY at, id", (tracking,))
    return Parcel.model_validate({**row, "events": events})


def create(
    tx: Transaction,
    tracking: str,
    order_id: str,
    direction: Direction,
    status: ParcelStatus,
    *,
    purpose: Purpose,
) -> None:
    tx.run(
        "INSERT INTO parcel (tracking, order_id, direction, purpose, status, created_at)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        (tracking, order_id, direction, purpose, status, tx.now),
    )
    _note(tx, tracking, status, tx.now)


def advance(tx: Transaction, tracking: str, status: ParcelStatus, at: datetime | None = None) -> Parcel:
    """Moves a parcel on, its order with it, and tells makegood by webhook."""
    moment = at or tx.now
    if moment > tx.now:
        raise Refused(
            422, "in_the_future", f"The sandbox's clock says {tx.now.isoformat()}: advance it first."
        )
    row = _row(tx, tracking, lock=True)
    tx.run("UPDATE parcel SET status = %s WHERE tracking = %s", (status, tracking))
    _note(tx, tracking, status, moment)
    if row["purpose"] == "order":
        _move_order(tx, row["order_id"], status, moment)
    data = {
        "tracking": tracking,
        "status": status,
        "order_id": row["order_id"],
        "direction": row["direction"],
        "purpose": row["purpose"],
    }
    if row["status"] == "LOST" and status in ALIVE:
        webhooks.emit(tx, webhooks.Path.PARCEL, "parcel.found", data, moment)
    webhooks.emit(tx, webhooks.Path.PARCEL, event_type(row["direction"], status), data, moment)
    return read(tx, tracking)


def void(tx: Transaction, tracking: str) -> None:
    """It will never travel. Tells nobody: whoever made it, made it void."""
    tx.run("UPDATE parcel SET status = 'CANCELLED' WHERE tracking = %s", (tracking,))
    _note(tx, tracking, "CANCELLED", tx.now)


def event_type(direction: Direction, status: ParcelStatus) -> str:
    """`parcel.received` means that the warehouse has it; else the status names the type."""
    received = {("return", "DELIVERED"), ("outbound", "RETURNED")}
    return "parcel.received" if (direction, status) in received else f"parcel.{status.lower()}"


def recall(tx: Transaction, tracking: str, reference: str) -> Recall:
    row = _row(tx, tracking, lock=True)
    accepted = row["direction"] == "outbound" and row["status"] not in BEYOND_RECALL
    made = Recall(
        id=books.new_id("rcl"),
        tracking=tracking,
        order_id=row["order_id"],
        accepted=accepted,
        reference=reference,
        created_at=tx.now,
    )
    books.write(tx, "recalls", made, entry_id=made.id, order_id=made.order_id, reference=reference)
    if accepted:
        tx.run("UPDATE parcel SET recalled = true WHERE tracking = %s", (tracking,))
        advance(tx, tracking, "RETURNING")
    return made


def cancel_unshipped(tx: Transaction, order_id: str) -> None:
    rows = tx.all(
        "UPDATE parcel SET status = 'CANCELLED' WHERE order_id = %s AND purpose = 'order'"
        " AND status = 'CREATED' RETURNING tracking",
        (order_id,),
    )
    for row in rows:
        _note(tx, row["tracking"], "CANCELLED", tx.now)


def _row(tx: Transaction, tracking: str, *, lock: bool = False) -> dict[str, Any]:
    """`lock` holds the parcel's order, as all that moves an order or its parcels does first."""
    if lock:
        tx.run(
            "SELECT FROM orders WHERE id = (SELECT order_id FROM parcel WHERE tracking = %s) FOR UPDATE",
            (tracking,),
        )
    row = tx.one("SELECT * FROM parcel WHERE tracking = %s", (tracking,))
    if row is None:
        raise not_found("parcel", tracking)
    return row


def _note(tx: Transaction, tracking: str, status: ParcelStatus, at: datetime) -> None:
    tx.run("INSERT INTO parcel_event (tracking, status, at) VALUES (%s, %s, %s)", (tracking, status, at))


def _move_order(tx: Transaction, order_id: str, status: ParcelStatus, at: datetime) -> None:
    if status in UNSHIPPED:
        return
    tx.run(
        "UPDATE orders SET shipped_at = coalesce(shipped_at, %s),"
        " fulfilment = CASE WHEN fulfilment IN ('cancelled', 'delivered') THEN fulfilment ELSE 'shipped' END"
        " WHERE id = %s",
        (at, order_id),
    )
    if status == "DELIVERED":
        tx.run(
            "UPDATE orders SET delivered_at = %s, fulfilment = 'delivered'"
            " WHERE id = %s AND fulfilment <> 'cancelled'",
            (at, order_id),
        )
