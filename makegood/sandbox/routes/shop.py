"""Seller API: the shop."""

from typing import Annotated

from fastapi import Query

from makegood.sandbox import books, orders, warehouse
from makegood.sandbox.errors import documented
from makegood.sandbox.idempotency import OnceOnly, Referred
from makegood.sandbox.orders import History, Order
from makegood.sandbox.seller import seller_router
from makegood.sandbox.warehouse import Cancellation
from makegood.sandbox.world import Caller

router = seller_router()
ByReference = Annotated[str, Query(min_length=1, max_length=255)]


@router.get(
    "/orders/{order_id}",
    name="read-order",
    summary="One order, with its lines, payments and parcels. A leading '#' may be left out.",
    responses=documented("404 order_not_found"),
)
def read_order(call: Caller, order_id: str) -> Order:
    with call.begin() as tx:
        return orders.read(tx, order_id)


@router.get(
    "/orders",
    name="find-orders",
    summary="Orders of one e-mail address, or all; newest first.",
    responses=documented(),
)
def find_orders(
    call: Caller, email: str | None = None, limit: Annotated[int, Query(ge=1, le=1000)] = 50
) -> list[Order]:
    with call.begin() as tx:
        return orders.find(tx, email, limit)


@router.get(
    "/orders/{order_id}/history",
    name="read-history",
    summary="What the order's buyer has claimed before.",
    responses=documented("404 order_not_found"),
)
def read_history(call: Caller, order_id: str, email: str | None = None) -> History:
    with call.begin() as tx:
        return orders.history(tx, order_id, email)


@router.post(
    "/orders/{order_id}/cancel",
    name="cancel-order",
    summary="Cancel an order that the warehouse has not begun to pick, or holds. Payments are left alone.",
    responses=documented("404 order_not_found", "409 idempotency_mismatch"),
)
def cancel_order(once: OnceOnly, order_id: str, body: Referred | None = None) -> Cancellation:
    reference = once.reference(body)
    return once.do(body, Cancellation, lambda tx: warehouse.cancel(tx, order_id, reference))


@router.get(
    "/cancellations",
    name="find-cancellations",
    summary="Cancellations, also refused ones, by reference.",
    responses=documented(),
)
def find_cancellations(call: Caller, reference: ByReference) -> list[Cancellation]:
    with call.begin() as tx:
        return books.find(tx, "cancellations", Cancellation, reference)
