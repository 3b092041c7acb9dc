"""Seller API: what a customer is asked to pay, and what a carrier is."""

from fastapi import Request

from makegood.sandbox import books, carrier_claims, payment_links
from makegood.sandbox.carrier_claims import CarrierClaim, CarrierClaimWanted
from makegood.sandbox.errors import documented
from makegood.sandbox.idempotency import OnceOnly
from makegood.sandbox.payment_links import PaymentLink, PaymentLinkWanted
from makegood.sandbox.routes.shop import ByReference
from makegood.sandbox.seller import seller_router
from makegood.sandbox.world import Caller

router = seller_router()


@router.post(
    "/payment-links",
    name="make-payment-link",
    status_code=201,
    summary="A link by which the customer pays an amount in the order's currency.",
    responses=documented("404 order_not_found", "409 idempotency_mismatch", "422 currency_mismatch"),
)
def make_payment_link(request: Request, once: OnceOnly, body: PaymentLinkWanted) -> PaymentLink:
    reference, base_url = once.reference(body), str(request.base_url)
    return once.do(body, PaymentLink, lambda tx: payment_links.make(tx, body, reference, base_url))


@router.get(
    "/payment-links",
    name="find-payment-links",
    summary="Payment links by reference, oldest first.",
    responses=documented(),
)
def find_payment_links(call: Caller, reference: ByReference) -> list[PaymentLink]:
    with call.begin() as tx:
        return books.find(tx, payment_links.BOOK, PaymentLink, reference)


@router.get(
    "/payment-links/{link_id}",
    name="read-payment-link",
    summary="One payment link.",
    responses=documented("404 payment_link_not_found"),
)
def read_payment_link(call: Caller, link_id: str) -> PaymentLink:
    with call.begin() as tx:
        return payment_links.read(tx, link_id)


@router.post(
    "/carrier-claims",
    name="file-carrier-claim",
    status_code=201,
    summary="Claim from the carrier what a lost or damaged parcel was worth; once for each parcel and kind.",
    responses=documented(
        "404 parcel_not_found", "409 idempotency_mismatch", "409 too_late", "409 already_claimed"
    ),
)
def file_carrier_claim(once: OnceOnly, body: CarrierClaimWanted) -> CarrierClaim:
    reference = once.reference(body)
    return once.do(body, CarrierClaim, lambda tx: carrier_claims.file(tx, body, reference))


@router.get(
    "/carrier-claims",
    name="find-carrier-claims",
    summary="Claims on the carrier by reference, oldest first.",
    responses=documented(),
)
def find_carrier_claims(call: Caller, reference: ByReference) -> list[CarrierClaim]:
    with call.begin() as tx:
        return books.find(tx, carrier_claims.BOOK, CarrierClaim, reference)


@router.get(
    "/carrier-claims/{claim_id}",
    name="read-carrier-claim",
    summary="One claim on the carrier.",
    responses=documented("404 carrier_claim_not_found"),
)
def read_carrier_claim(call: Caller, claim_id: str) -> CarrierClaim:
    with call.begin() as tx:
        return carrier_claims.read(tx, claim_id)
