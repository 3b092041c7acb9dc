"""Seller API: the warehouse."""

from makegood.sandbox import books, warehouse
from makegood.sandbox.errors import documented
from makegood.sandbox.idempotency import OnceOnly, Referred
from makegood.sandbox.routes.shop import ByReference
from makegood.sandbox.seller import seller_router
from makegood.sandbox.warehouse import Hold, Intercept, Pick, Release
from makegood.sandbox.world import Caller

router = seller_router()
EFFECT = documented("404 order_not_found", "409 idempotency_mismatch", "409 order_cancelled")


@router.get(
    "/warehouse/orders/{order_id}",
    name="read-pick",
    summary="How far the warehouse is with an order, and who holds it.",
    responses=documented("404 order_not_found"),
)
def read_pick(call: Caller, order_id: str) -> Pick:
    with call.begin() as tx:
        return warehouse.read(tx, order_id)


@router.post(
    "/warehouse/orders/{order_id}/hold",
    name="hold-order",
    summary="Stop an order before picking begins.",
    responses=EFFECT,
)
def hold_order(once: OnceOnly, order_id: str, body: Referred | None = None) -> Hold:
    reference = once.reference(body)
    return once.do(body, Hold, lambda tx: warehouse.hold(tx, order_id, reference))


@router.get(
    "/warehouse/holds", name="find-holds", summary="Holds by reference, oldest first.", responses=documented()
)
def find_holds(call: Caller, reference: ByReference) -> list[Hold]:
    with call.begin() as tx:
        return books.find(tx, "holds", Hold, reference)


@router.post(
    "/warehouse/orders/{order_id}/release",
    name="release-order",
    summary="Let a held order go on: the undo of hold.",
    responses=documented("404 order_not_found", "409 idempotency_mismatch"),
)
def release_order(once: OnceOnly, order_id: str, body: Referred | None = None) -> Release:
    reference = once.reference(body)
    return once.do(body, Release, lambda tx: warehouse.release(tx, order_id, reference))


@router.get(
    "/warehouse/releases",
    name="find-releases",
    summary="Releases by reference, oldest first.",
    responses=documented(),
)
def find_releases(call: Caller, reference: ByReference) -> list[Release]:
    with call.begin() as tx:
        return books.find(tx, "releases", Release, reference)


@router.post(
    "/warehouse/orders/{order_id}/intercept",
    name="intercept-order",
    summary="Race the warehouse for an order that is being picked. Stopped, it is held; lost, it leaves.",
    responses=EFFECT,
)
def intercept_order(once: OnceOnly, order_id: str, body: Referred | None = None) -> Intercept:
    reference = once.reference(body)
    return once.do(body, Intercept, lambda tx: warehouse.intercept(tx, order_id, reference))


@router.get(
    "/warehouse/intercepts",
    name="find-intercepts",
    summary="Interceptions by reference, oldest first.",
    responses=documented(),
)
def find_intercepts(call: Caller, reference: ByReference) -> list[Intercept]:
    with call.begin() as tx:
        return books.find(tx, "intercepts", Intercept, reference)
