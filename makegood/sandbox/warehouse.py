"""The warehouse: who may still stop an order that is being picked."""

from datetime import datetime
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from makegood.sandbox import books, orders, parcels, payments, stock
from makegood.sandbox.books import new_id
from makegood.sandbox.database import Transaction
from makegood.sandbox.errors import Refused
from makegood.sandbox.orders import Fulfilment

ORDER_OF_WORK = ["not_started", "picking", "packed", "shipped", "delivered"]


class Entry(BaseModel):
    model_config = ConfigDict(frozen=True)

    id: str
    order_id: str
    reference: str
    created_at: datetime


Made = TypeVar("Made", bound=Entry)


class Cancellation(Entry):
    result: Literal["cancelled", "already_cancelled", "too_late"]


class Hold(Entry):
    result: Literal["held", "picking", "shipped"]
    released_at: datetime | None = None


class Release(Entry):
    result: Literal["released", "not_held"]


class Intercept(Entry):
    result: Literal["stopped", "too_late"] = Field(description="`stopped` leaves the order held.")


class Pick(BaseModel):
    model_config = ConfigDict(frozen=True)

    order_id: str
    fulfilment: Fulfilment
    held_for: list[str] = Field(description="References of the holds in force.")


class PickMove(BaseModel):
    state: Literal["not_started", "picking", "packed", "shipped"]
    interception: Literal["stopped", "too_late"] | None = Field(
        None, description="Scripts the race: how an interception will end while the order is picked."
    )


def cancel(tx: Transaction, order_id: str, reference: str) -> Cancellation:
    """Too late once picking began, unless the warehouse intercepted it. Payments are left alone."""
    row = _order(tx, order_id)
    result: Literal["cancelled", "already_cancelled", "too_late"]
    match row["fulfilment"]:
        case "cancelled":
            result = "already_cancelled"
        case "not_started" | "held":
            result = "cancelled"
            _put_back(tx, row["id"], row["warehouse"])
        case _:
            result = "too_late"
    made = Cancellation(
        id=new_id("can"), order_id=row["id"], reference=reference, created_at=tx.now, result=result
    )
    return _written(tx, "cancellations", made)


def hold(tx: Transaction, order_id: str, reference: str) -> Hold:
    """`picking` says that only an interception can still stop it."""
    row = _order(tx, order_id)
    result: Literal["held", "picking", "shipped"]
    match row["fulfilment"]:
        case "not_started" | "held":
            result = "held"
            _set(tx, row["id"], "held")
        case "picking" | "packed":
            result = "picking"
        case "shipped" | "delivered":
            result = "shipped"
        case _:
            raise Refused(409, "order_cancelled", f"Order {row['id']} is cancelled.")
    made = Hold(id=new_id("hold"), order_id=row["id"], reference=reference, created_at=tx.now, result=result)
    return _written(tx, "holds", made)


def release(tx: Transaction, order_id: str, reference: str) -> Release:
    row = _order(tx, order_id)
    held = row["fulfilment"] == "held"
    if held:
        _set(tx, row["id"], "not_started")
        for found in _in_force(tx, row["id"]):
            books.amend(tx, "holds", found.id, {"released_at": tx.now.isoformat()})
    made = Release(
        id=new_id("rel"),
        order_id=row["id"],
        reference=reference,
        created_at=tx.now,
        result="released" if held else "not_held",
    )
    return _written(tx, "releases", made)


def intercept(tx: Transaction, order_id: str, reference: str) -> Intercept:
    """While picking it stops the order, unless the race was scripted to be lost: then the parcel leaves."""
    row = _order(tx, order_id)
    match row["fulfilment"]:
        case "not_started" | "held":
            stopped = True
        case "picking":
            stopped = row["interception"] != "too_late"
        case "packed":
            stopped = row["interception"] == "stopped"
        case "shipped" | "delivered":
            stopped = False
        case _:
            raise Refused(409, "order_cancelled", f"Order {row['id']} is cancelled.")
    if stopped:
        _set(tx, row["id"], "held")
    elif row["fulfilment"] in ("picking", "packed"):
        _ship(tx, row["id"])
    made = Intercept(
        id=new_id("int"),
        order_id=row["id"],
        reference=reference,
        created_at=tx.now,
        result="stopped" if stopped else "too_late",
    )
    return _written(tx, "intercepts", made)


def pick(tx: Transaction, order_id: str, move: PickMove) -> Pick:
    """The warehouse works on; shipping captures the payments and starts the parcel."""
    row = _order(tx, order_id)
    if row["fulfilment"] in ("held", "cancelled"):
        raise Refused(409, f"order_{row['fulfilment']}", f"Order {row['id']} is {row['fulfilment']}.")
    if ORDER_OF_WORK.index(move.state) < ORDER_OF_WORK.index(row["fulfilment"]):
        raise Refused(409, "already_further", f"Order {row['id']} is {row['fulfilment']} already.")
    tx.run("UPDATE orders SET interception = %s WHERE id = %s", (move.interception, row["id"]))
    if move.state != "shipped":
        _set(tx, row["id"], move.state)
    elif row["fulfilment"] != "shipped":
        _ship(tx, row["id"])
    return read(tx, row["id"])


def read(tx: Transaction, order_id: str) -> Pick:
    order = orders.read(tx, order_id)
    held_for = [found.reference for found in _in_force(tx, order.id)] if order.fulfilment == "held" else []
    return Pick(order_id=order.id, fulfilment=order.fulfilment, held_for=held_for)


def _ship(tx: Transaction, order_id: str) -> None:
    payments.capture_order(tx, order_id)
    row = tx.one(
        "SELECT tracking FROM parcel WHERE order_id = %s AND purpose = 'order' AND status = 'CREATED'",
        (order_id,),
    )
    tracking = row["tracking"] if row else new_id("PX").upper()
    if row is None:
        parcels.create(tx, tracking, order_id, "outbound", "CREATED", purpose="order")
    parcels.advance(tx, tracking, "PICKED_UP")


def _put_back(tx: Transaction, order_id: str, place: str) -> None:
    _set(tx, order_id, "cancelled")
    parcels.cancel_unshipped(tx, order_id)
    stock.put_back(
        tx, place, tx.all("SELECT sku, title, quantity FROM line WHERE order_id = %s", (order_id,))
    )


def _in_force(tx: Transaction, order_id: str) -> list[Hold]:
    holds = books.of_order(tx, "holds", Hold, order_id)
    return [found for found in holds if found.result == "held" and found.released_at is None]


def _order(tx: Transaction, order_id: str) -> dict[str, Any]:
    resolved = orders.resolve(tx, order_id, lock=True)
    row = tx.one("SELECT id, warehouse, fulfilment, interception FROM orders WHERE id = %s", (resolved,))
    assert row is not None, "locked above"
    return row


def _set(tx: Transaction, order_id: str, fulfilment: str) -> None:
    tx.run("UPDATE orders SET fulfilment = %s WHERE id = %s", (fulfilment, order_id))


def _written(tx: Transaction, book: str, made: Made) -> Made:
    books.write(tx, book, made, entry_id=made.id, order_id=made.order_id, reference=made.reference)
    return made
