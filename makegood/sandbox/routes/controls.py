"""Sandbox controls: what moves the world, which no real vendor offers."""

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import AwareDatetime, BaseModel, Field

from makegood.sandbox import clock, data, orders, parcels, payments, planting, schema, warehouse, webhooks
from makegood.sandbox.clock import Advance, Clock
from makegood.sandbox.errors import documented
from makegood.sandbox.faulty import CONTROLS, FaultyRoute
from makegood.sandbox.new_orders import NewOrder
from makegood.sandbox.orders import Order, Payment
from makegood.sandbox.parcels import Parcel, ParcelStatus
from makegood.sandbox.payments import DisputeOpened
from makegood.sandbox.warehouse import Pick, PickMove
from makegood.sandbox.world import Caller

router = APIRouter(route_class=FaultyRoute, tags=[CONTROLS])


class ParcelMove(BaseModel):
    status: ParcelStatus
    at: AwareDatetime | None = Field(None, description="Default: now. Not later.")


class Attachment(BaseModel):
    name: str = Field(min_length=1, max_length=200)
    media_type: str = Field(examples=["image/jpeg"])
    base64: str


class Reply(BaseModel):
    case: str = Field(examples=["MG-2026-000123"])
    text: str
    attachments: list[Attachment] = Field(default=[], max_length=20)


class Emitted(BaseModel):
    event_id: str


class Fresh(BaseModel):
    orders: int


@router.get("/health", name="health", summary="Answers when the database does.", responses=documented())
def health(call: Caller) -> Clock:
    return read_clock(call)


@router.get("/clock", name="read-clock", summary="The sandbox's time.", responses=documented())
def read_clock(call: Caller) -> Clock:
    with call.begin() as tx:
        return clock.read(tx)


@router.post(
    "/clock/advance",
    name="advance-clock",
    summary="Move the sandbox's time forward. It never goes back, not by a reset either.",
    responses=documented("422 clock_backwards", "422 clock_too_far"),
)
def advance_clock(call: Caller, body: Advance) -> Clock:
    with call.begin() as tx:
        return clock.advance(tx, body)


@router.post(
    "/orders",
    name="add-order",
    status_code=201,
    summary="Put an order into the shop.",
    responses=documented("409 order_exists", "409 exists", "422 unknown_market"),
)
def add_order(call: Caller, body: NewOrder) -> Order:
    with call.begin() as tx:
        planting.plant(tx, [body])
        return orders.read(tx, body.id)


@router.post(
    "/orders/{order_id}/pick",
    name="pick-order",
    summary="Let the warehouse work on; shipping captures the payments and starts the parcel.",
    responses=documented(
        "404 order_not_found", "409 order_held", "409 order_cancelled", "409 already_further"
    ),
)
def pick_order(call: Caller, order_id: str, body: PickMove) -> Pick:
    with call.begin() as tx:
        return warehouse.pick(tx, order_id, body)


@router.post(
    "/payments/{payment_id}/capture",
    name="capture-payment",
    summary="Capture an authorised payment.",
    responses=documented("404 payment_not_found", "409 already_voided"),
)
def capture_payment(call: Caller, payment_id: str) -> Payment:
    with call.begin() as tx:
        return payments.capture(tx, payment_id)


@router.post(
    "/payments/{payment_id}/dispute",
    name="open-dispute",
    summary="The customer disputes a payment: sends `dispute.opened` to /webhooks/payment.",
    responses=documented("404 payment_not_found", "422 currency_mismatch"),
)
def open_dispute(call: Caller, payment_id: str, body: DisputeOpened) -> Emitted:
    with call.begin() as tx:
        return Emitted(event_id=payments.dispute(tx, payment_id, body))


@router.post(
    "/parcels/{tracking}/advance",
    name="advance-parcel",
    summary="Move a parcel on: sends its event to /webhooks/parcel.",
    responses=documented("404 parcel_not_found", "422 in_the_future"),
)
def advance_parcel(call: Caller, tracking: Annotated[str, Path()], body: ParcelMove) -> Parcel:
    with call.begin() as tx:
        return parcels.advance(tx, tracking, body.status, body.at)


@router.post(
    "/customers/reply",
    name="reply",
    summary="A customer writes back: sends `customer.replied` to /webhooks/reply.",
    responses=documented(),
)
def reply(call: Caller, body: Reply) -> Emitted:
    with call.begin() as tx:
        return Emitted(event_id=webhooks.emit(tx, webhooks.Path.REPLY, "customer.replied", body.model_dump()))


@router.post(
    "/reset",
    name="reset",
    summary="Empty the books and load the sample data again. The clock stays where it is.",
    responses=documented(),
)
def reset(call: Caller) -> Fresh:
    call.world.switchboard.clear()
    with call.begin() as tx:
        schema.empty(tx.connection)
        return Fresh(orders=data.load(tx, call.world.setup))
