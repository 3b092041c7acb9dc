"""Seller API: stock, and shipments out of it."""

from typing import Annotated

from fastapi import Query

from makegood.sandbox import books, shipments, stock
from makegood.sandbox.errors import documented
from makegood.sandbox.idempotency import OnceOnly, Referred
from makegood.sandbox.routes.shop import ByReference
from makegood.sandbox.seller import seller_router
from makegood.sandbox.shipments import Shipment, ShipmentWanted
from makegood.sandbox.stock import Stock
from makegood.sandbox.world import Caller

router = seller_router()
Market = Annotated[
    str | None,
    Query(max_length=8, description="Only warehouses that reach it, the quickest first.", examples=["DE"]),
]


@router.get(
    "/stock/{sku}",
    name="read-stock",
    summary="How many units of an article lie in which warehouse.",
    responses=documented("404 sku_not_found"),
)
def read_stock(call: Caller, sku: str, market: Market = None) -> Stock:
    with call.begin() as tx:
        return stock.read(tx, sku, market)


@router.post(
    "/shipments",
    name="send-shipment",
    status_code=201,
    summary="Send some or all lines of a shipped order once more, from a warehouse that has them.",
    responses=documented(
        "404 order_not_found",
        "404 warehouse_not_found",
        "409 idempotency_mismatch",
        "409 not_shipped",
        "409 out_of_stock",
        "422 unknown_line",
        "422 too_many_units",
    ),
)
def send_shipment(once: OnceOnly, body: ShipmentWanted) -> Shipment:
    reference = once.reference(body)
    return once.do(body, Shipment, lambda tx: shipments.send(tx, body, reference))


@router.get(
    "/shipments",
    name="find-shipments",
    summary="Shipments by reference, oldest first.",
    responses=documented(),
)
def find_shipments(call: Caller, reference: ByReference) -> list[Shipment]:
    with call.begin() as tx:
        return books.find(tx, shipments.BOOK, Shipment, reference)


@router.get(
    "/shipments/{shipment_id}",
    name="read-shipment",
    summary="One shipment.",
    responses=documented("404 shipment_not_found"),
)
def read_shipment(call: Caller, shipment_id: str) -> Shipment:
    with call.begin() as tx:
        return shipments.read(tx, shipment_id)


@router.post(
    "/shipments/{shipment_id}/cancel",
    name="cancel-shipment",
    summary="Call a shipment back before the carrier has it: the undo of a shipment. Twice is once.",
    responses=documented("404 shipment_not_found", "409 idempotency_mismatch", "409 shipped"),
)
def cancel_shipment(once: OnceOnly, shipment_id: str, body: Referred | None = None) -> Shipment:
    return once.do(body, Shipment, lambda tx: shipments.cancel(tx, shipment_id))
