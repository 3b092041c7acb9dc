"""Seller API: repairs."""

from makegood.sandbox import books, repairs
from makegood.sandbox.errors import documented
from makegood.sandbox.idempotency import OnceOnly, Referred
from makegood.sandbox.repairs import Repair, RepairWanted
from makegood.sandbox.routes.shop import ByReference
from makegood.sandbox.seller import seller_router
from makegood.sandbox.world import Caller

router = seller_router()
ANSWER = documented("404 repair_not_found", "409 idempotency_mismatch", "409 not_now")


@router.post(
    "/repairs",
    name="open-repair",
    status_code=201,
    summary="Open a repair (RMA) for some or all lines of a shipped order, with a label to the repairer.",
    responses=documented(
        "404 order_not_found",
        "409 idempotency_mismatch",
        "409 not_shipped",
        "409 no_service",
        "422 unknown_line",
        "422 too_many_units",
    ),
)
def open_repair(once: OnceOnly, body: RepairWanted) -> Repair:
    reference = once.reference(body)
    return once.do(body, Repair, lambda tx: repairs.open_(tx, body, reference))


@router.get(
    "/repairs", name="find-repairs", summary="Repairs by reference, oldest first.", responses=documented()
)
def find_repairs(call: Caller, reference: ByReference) -> list[Repair]:
    with call.begin() as tx:
        return books.find(tx, repairs.BOOK, Repair, reference)


@router.get(
    "/repairs/{repair_id}",
    name="read-repair",
    summary="One repair.",
    responses=documented("404 repair_not_found"),
)
def read_repair(call: Caller, repair_id: str) -> Repair:
    with call.begin() as tx:
        return repairs.read(tx, repair_id)


@router.post(
    "/repairs/{repair_id}/approve",
    name="approve-repair",
    summary="Have the repairer do what was quoted. Twice is once.",
    responses=ANSWER,
)
def approve_repair(once: OnceOnly, repair_id: str, body: Referred | None = None) -> Repair:
    return once.do(body, Repair, lambda tx: repairs.approve(tx, repair_id))


@router.post(
    "/repairs/{repair_id}/return",
    name="return-repair",
    summary="Have the goods sent back as they are. Twice is once.",
    responses=ANSWER,
)
def return_repair(once: OnceOnly, repair_id: str, body: Referred | None = None) -> Repair:
    return once.do(body, Repair, lambda tx: repairs.send_back(tx, repair_id))


@router.post(
    "/repairs/{repair_id}/cancel",
    name="cancel-repair",
    summary="Call a repair off before its parcel is on its way: the undo of opening one. Twice is once.",
    responses=documented("404 repair_not_found", "409 idempotency_mismatch", "409 received"),
)
def cancel_repair(once: OnceOnly, repair_id: str, body: Referred | None = None) -> Repair:
    return once.do(body, Repair, lambda tx: repairs.cancel(tx, repair_id))
