"""Seller API: the carrier."""

from fastapi import Request

from makegood.sandbox import books, labels, parcels
from makegood.sandbox.errors import documented
from makegood.sandbox.idempotency import OnceOnly, Referred
from makegood.sandbox.labels import Label, LabelWanted
from makegood.sandbox.parcels import Parcel, Recall
from makegood.sandbox.routes.shop import ByReference
from makegood.sandbox.seller import seller_router
from makegood.sandbox.world import Caller

router = seller_router()


@router.post(
    "/labels",
    name="make-label",
    status_code=201,
    summary="A return label for some or all lines of an order that was shipped.",
    responses=documented(
        "404 order_not_found",
        "409 idempotency_mismatch",
        "409 not_shipped",
        "422 unknown_line",
        "422 too_many_units",
    ),
)
def make_label(request: Request, once: OnceOnly, body: LabelWanted) -> Label:
    reference = once.reference(body)
    base_url = str(request.base_url)
    return once.do(body, Label, lambda tx: labels.make(tx, body, reference, base_url))


@router.get(
    "/labels", name="find-labels", summary="Labels by reference, oldest first.", responses=documented()
)
def find_labels(call: Caller, reference: ByReference) -> list[Label]:
    with call.begin() as tx:
        return books.find(tx, "labels", Label, reference)


@router.get(
    "/labels/{label_id}", name="read-label", summary="One label.", responses=documented("404 label_not_found")
)
def read_label(call: Caller, label_id: str) -> Label:
    with call.begin() as tx:
        return labels.read(tx, label_id)


@router.post(
    "/labels/{label_id}/void",
    name="void-label",
    summary="Void a label whose parcel has not been handed in: the undo of a label. Twice is once.",
    responses=documented("404 label_not_found", "409 label_used"),
)
def void_label(call: Caller, label_id: str) -> Label:
    with call.begin() as tx:
        return labels.void(tx, label_id)


@router.get(
    "/parcels/{tracking}",
    name="read-parcel",
    summary="Where a parcel is and has been.",
    responses=documented("404 parcel_not_found"),
)
def read_parcel(call: Caller, tracking: str) -> Parcel:
    with call.begin() as tx:
        return parcels.read(tx, tracking)


@router.post(
    "/parcels/{tracking}/recall",
    name="recall-parcel",
    summary="Ask the carrier to turn an outbound parcel round.",
    responses=documented("404 parcel_not_found", "409 idempotency_mismatch"),
)
def recall_parcel(once: OnceOnly, tracking: str, body: Referred | None = None) -> Recall:
    reference = once.reference(body)
    return once.do(body, Recall, lambda tx: parcels.recall(tx, tracking, reference))


@router.get(
    "/recalls", name="find-recalls", summary="Recalls by reference, oldest first.", responses=documented()
)
def find_recalls(call: Caller, reference: ByReference) -> list[Recall]:
    with call.begin() as tx:
        return books.find(tx, "recalls", Recall, reference)
