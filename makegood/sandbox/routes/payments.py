"""Seller API: payments."""

from makegood.sandbox import books, payments
from makegood.sandbox.errors import documented
from makegood.sandbox.idempotency import OnceOnly, Referred
from makegood.sandbox.orders import Payment
from makegood.sandbox.payments import Refund, RefundWanted, Void
from makegood.sandbox.routes.shop import ByReference
from makegood.sandbox.seller import seller_router
from makegood.sandbox.world import Caller

router = seller_router()


@router.get(
    "/payments/{payment_id}",
    name="read-payment",
    summary="What of a payment was authorised, captured, refunded and voided.",
    responses=documented("404 payment_not_found"),
)
def read_payment(call: Caller, payment_id: str) -> Payment:
    with call.begin() as tx:
        return payments.read(tx, payment_id)


@router.post(
    "/payments/{payment_id}/refunds",
    name="refund-payment",
    status_code=201,
    summary="Refund part or all of what was captured; never more than remains.",
    responses=documented(
        "404 payment_not_found",
        "409 idempotency_mismatch",
        "409 not_captured",
        "422 over_refund",
        "422 currency_mismatch",
    ),
)
def refund_payment(once: OnceOnly, payment_id: str, body: RefundWanted) -> Refund:
    reference = once.reference(body)
    return once.do(body, Refund, lambda tx: payments.refund(tx, payment_id, body, reference))


@router.get(
    "/refunds", name="find-refunds", summary="Refunds by reference, oldest first.", responses=documented()
)
def find_refunds(call: Caller, reference: ByReference) -> list[Refund]:
    with call.begin() as tx:
        return books.find(tx, "refunds", Refund, reference)


@router.post(
    "/payments/{payment_id}/void",
    name="void-payment",
    summary="Give up an authorisation of which nothing was captured.",
    responses=documented(
        "404 payment_not_found", "409 idempotency_mismatch", "409 already_captured", "409 already_voided"
    ),
)
def void_payment(once: OnceOnly, payment_id: str, body: Referred | None = None) -> Void:
    reference = once.reference(body)
    return once.do(body, Void, lambda tx: payments.void(tx, payment_id, reference))


@router.get("/voids", name="find-voids", summary="Voids by reference, oldest first.", responses=documented())
def find_voids(call: Caller, reference: ByReference) -> list[Void]:
    with call.begin() as tx:
        return books.find(tx, "voids", Void, reference)
