"""Sandbox controls: what lies on a shelf, and what repairers, payers and carriers do next."""

from fastapi import APIRouter

from makegood.sandbox import carrier_claims, payment_links, repairs, stock
from makegood.sandbox.carrier_claims import CarrierClaim, Decision
from makegood.sandbox.errors import documented
from makegood.sandbox.faulty import CONTROLS, FaultyRoute
from makegood.sandbox.payment_links import LinkPaid, PaymentLink
from makegood.sandbox.repairs import Repair, RepairMove
from makegood.sandbox.stock import Shelved, Stock
from makegood.sandbox.world import Caller

router = APIRouter(route_class=FaultyRoute, tags=[CONTROLS])


@router.put(
    "/stock/{sku}",
    name="set-stock",
    summary="Say how many units of an article lie in a warehouse.",
    responses=documented("404 warehouse_not_found"),
)
def set_stock(call: Caller, sku: str, body: Shelved) -> Stock:
    with call.begin() as tx:
        return stock.put(tx, sku, body)


@router.post(
    "/repairs/{repair_id}/advance",
    name="advance-repair",
    summary="Let the repairer work on: sends `repair.<state>` to /webhooks/repair.",
    responses=documented("404 repair_not_found", "409 not_now", "422 currency_mismatch"),
)
def advance_repair(call: Caller, repair_id: str, body: RepairMove) -> Repair:
    with call.begin() as tx:
        return repairs.advance(tx, repair_id, body)


@router.post(
    "/payment-links/{link_id}/pay",
    name="pay-link",
    summary="The customer pays: sends `payment.received` to /webhooks/payment. Twice is once.",
    responses=documented("404 payment_link_not_found", "422 currency_mismatch"),
)
def pay_link(call: Caller, link_id: str, body: LinkPaid | None = None) -> PaymentLink:
    with call.begin() as tx:
        return payment_links.pay(tx, link_id, body or LinkPaid())


@router.post(
    "/carrier-claims/{claim_id}/decide",
    name="decide-claim",
    summary="The carrier answers: sends `claim.accepted` or `claim.rejected` to /webhooks/claim.",
    responses=documented("404 carrier_claim_not_found", "409 already_decided", "422 over_claim"),
)
def decide_claim(call: Caller, claim_id: str, body: Decision) -> CarrierClaim:
    with call.begin() as tx:
        return carrier_claims.decide(tx, claim_id, body)
