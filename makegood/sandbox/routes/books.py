"""Sandbox controls: the books, which show everything that happened."""

from fastapi import APIRouter
from pydantic import BaseModel

from makegood.sandbox import books, orders, stock, webhooks
from makegood.sandbox.carrier_claims import CarrierClaim
from makegood.sandbox.errors import documented
from makegood.sandbox.faulty import CONTROLS, FaultyRoute
from makegood.sandbox.labels import Label
from makegood.sandbox.mailbox import Message
from makegood.sandbox.orders import Order
from makegood.sandbox.parcels import Recall
from makegood.sandbox.payment_links import PaymentLink
from makegood.sandbox.payments import Refund, Void
from makegood.sandbox.repairs import Repair
from makegood.sandbox.shipments import Shipment
from makegood.sandbox.stock import Stock
from makegood.sandbox.warehouse import Cancellation, Hold, Intercept, Release
from makegood.sandbox.webhooks import Webhook
from makegood.sandbox.world import Caller

router = APIRouter(route_class=FaultyRoute, tags=[CONTROLS])


class Books(BaseModel):
    """Each list oldest first; money in integer minor units; refunds older than the sandbox are `history:`."""

    refunds: list[Refund]
    voids: list[Void]
    labels: list[Label]
    recalls: list[Recall]
    holds: list[Hold]
    releases: list[Release]
    intercepts: list[Intercept]
    cancellations: list[Cancellation]
    shipments: list[Shipment]
    repairs: list[Repair]
    payment_links: list[PaymentLink]
    carrier_claims: list[CarrierClaim]
    messages: list[Message]
    webhooks: list[Webhook]
    stock: list[Stock]
    orders: list[Order]


@router.get("/books", name="read-books", summary="Everything that happened.", responses=documented())
def read_books(call: Caller) -> Books:
    with call.begin() as tx:
        return Books(
            refunds=books.read(tx, "refunds", Refund),
            voids=books.read(tx, "voids", Void),
            labels=books.read(tx, "labels", Label),
            recalls=books.read(tx, "recalls", Recall),
            holds=books.read(tx, "holds", Hold),
            releases=books.read(tx, "releases", Release),
            intercepts=books.read(tx, "intercepts", Intercept),
            cancellations=books.read(tx, "cancellations", Cancellation),
            shipments=books.read(tx, "shipments", Shipment),
            repairs=books.read(tx, "repairs", Repair),
            payment_links=books.read(tx, "payment_links", PaymentLink),
            carrier_claims=books.read(tx, "carrier_claims", CarrierClaim),
            messages=books.read(tx, "messages", Message),
            webhooks=webhooks.sent(tx),
            stock=stock.every(tx),
            orders=orders.every(tx),
        )
