"""Repairs: at the seller's repair centre or a local partner, from the label there to the parcel back."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from makegood.sandbox import books, orders, parcels, webhooks
from makegood.sandbox.database import Transaction
from makegood.sandbox.errors import Refused, not_found
from makegood.sandbox.idempotency import Referred
from makegood.sandbox.money import Money, PositiveMoney
from makegood.sandbox.order_lines import UnitsOfLine, articles, chosen

BOOK = "repairs"
Place = Literal["centre", "partner"]
Status = Literal[
    "opened",
    "received",
    "quoted",
    "approved",
    "done",
    "beyond_repair",
    "returning",
    "shipped",
    "cancelled",
]
PARTNERS = ("DE", "FR", "GB", "US", "JP")  # markets with a local repairer
MENDED = ("apparel", "electronics", "home", "sport", "toys")  # nobody repairs hygiene or made-to-order goods
BY_PARTNERS = ("apparel", "electronics", "home", "toys")  # what else is mended, the centre mends

# what may come next in the repairer's own hands; a repair under warranty needs no quote
NEXT: dict[str, tuple[Status, ...]] = {
    "opened": ("received",),
    "received": ("quoted", "done", "beyond_repair"),
    "quoted": ("done", "beyond_repair"),  # the answer came by telephone
    "approved": ("done", "beyond_repair"),
    "done": ("shipped",),
    "returning": ("shipped",),
}


class RepairWanted(Referred):
    order_id: str
    lines: list[UnitsOfLine] = Field(default=[], max_length=200, description="None named: the whole order.")
    place: Place
    warranty: bool = Field(description="True: the seller pays.")


class Repair(BaseModel):
    model_config = ConfigDict(frozen=True)

    id: str = Field(description="The RMA.")
    order_id: str
    lines: list[UnitsOfLine]
    place: Place
    warranty: bool
    tracking: str = Field(description="Of the label to the repairer.")
    status: Status
    quote: Money | None = None
    return_tracking: str | None = None
    reference: str
    created_at: datetime


class RepairMove(BaseModel):
    state: Literal["received", "quoted", "done", "beyond_repair", "shipped"]
    quote: PositiveMoney | None = Field(None, description="Needed for `quoted`.")


def open_(tx: Transaction, wanted: RepairWanted, reference: str) -> Repair:
    """With a label to the repairer. `no_service`: nobody mends such goods, or there is no partner there."""
    order = orders.read(tx, orders.resolve(tx, wanted.order_id, lock=True))
    lines = chosen(order, wanted.lines)
    if order.shipped_at is None:
        raise Refused(409, "not_shipped", f"Order {order.id} has not left: there is nothing to repair.")
    _refuse_unserved(order, wanted.place, lines)
    tracking = f"RP{secrets.randbelow(10**12):012d}"
    parcels.create(tx, tracking, order.id, "return", "CREATED", purpose="repair")
    made = Repair(
        id=f"RMA-{secrets.randbelow(10**9):09d}",
        order_id=order.id,
        lines=lines,
        place=wanted.place,
        warranty=wanted.warranty,
        tracking=tracking,
        status="opened",
        reference=reference,
        created_at=tx.now,
    )
    books.write(tx, BOOK, made, entry_id=made.id, order_id=order.id, reference=reference)
    return made


def approve(tx: Transaction, rma: str) -> Repair:
    """What was quoted is wanted."""
    return _answered(tx, rma, ("quoted",), "approved")


def send_back(tx: Transaction, rma: str) -> Repair:
    """Unrepaired: not wanted at that price, or not possible."""
    return _answered(tx, rma, ("received", "quoted", "approved", "beyond_repair"), "returning")


def cancel(tx: Transaction, rma: str) -> Repair:
    """Before the goods are on their way; a second time changes nothing."""
    repair = read(tx, rma)
    if repair.status == "cancelled":
        return repair
    orders.resolve(tx, repair.order_id, lock=True)
    if repair.status != "opened" or parcels.read(tx, repair.tracking).status != "CREATED":
        raise Refused(409, "received", f"Repair {rma} is {repair.status}, or its parcel is on its way.")
    parcels.void(tx, repair.tracking)
    return _become(tx, repair, "cancelled")


def advance(tx: Transaction, rma: str, move: RepairMove) -> Repair:
    """The repairer works on; each move tells makegood by webhook."""
    repair = read(tx, rma)
    if move.state not in NEXT.get(repair.status, ()):
        possible = NEXT.get(repair.status, ())
        raise Refused(409, "not_now", f"Repair {rma} is {repair.status}.", known=possible)
    if (move.state == "quoted") != (move.quote is not None):
        raise Refused(422, "invalid_request", "'quoted' needs 'quote', and nothing else takes one.")
    quote = _quote(tx, repair, move.quote) if move.quote else repair.quote
    back = _parcel_back(tx, repair) if move.state == "shipped" else None
    moved = _become(tx, repair, move.state, quote=quote, return_tracking=back)
    _tell(tx, moved)
    return moved


def read(tx: Transaction, rma: str) -> Repair:
    repair = books.one(tx, BOOK, Repair, rma)
    if repair is None:
        raise not_found("repair", rma)
    return repair


def _refuse_unserved(order: orders.Order, place: Place, lines: Sequence[UnitsOfLine]) -> None:
    if place == "partner" and order.market not in PARTNERS:
        raise Refused(409, "no_service", f"No partner repairs in {order.market}.", known=PARTNERS)
    mended = BY_PARTNERS if place == "partner" else MENDED
    for line, _ in articles(order, lines):
        if line.category not in mended:
            raise Refused(409, "no_service", f"No {place} repairs {line.category} goods.", known=mended)


def _answered(tx: Transaction, rma: str, from_: Sequence[Status], to: Status) -> Repair:
    repair = read(tx, rma)
    if repair.status == to:
        return repair
    if repair.status not in from_:
        raise Refused(409, "not_now", f"Repair {rma} is {repair.status}.", known=from_)
    return _become(tx, repair, to)


def _become(
    tx: Transaction,
    repair: Repair,
    status: Status,
    *,
    quote: Money | None = None,
    return_tracking: str | None = None,
) -> Repair:
    change = {"status": status, "quote": quote or repair.quote, "return_tracking": return_tracking}
    moved = repair.model_copy(update=change)
    books.amend(tx, BOOK, repair.id, moved.model_dump(mode="json", include=set(change)))
    return moved


def _quote(tx: Transaction, repair: Repair, quote: PositiveMoney) -> Money:
    currency = orders.read(tx, repair.order_id).currency
    if quote.currency != currency:
        raise Refused(
            422, "currency_mismatch", f"Repair {repair.id} is paid in {currency}.", known=[currency]
        )
    return Money(minor=quote.minor, currency=currency)


def _parcel_back(tx: Transaction, repair: Repair) -> str:
    tracking = f"RB{secrets.randbelow(10**12):012d}"
    parcels.create(tx, tracking, repair.order_id, "outbound", "CREATED", purpose="repair")
    return tracking


def _tell(tx: Transaction, repair: Repair) -> None:
    data = {
        "repair_id": repair.id,
        "order_id": repair.order_id,
        "status": repair.status,
        "amount": repair.quote.model_dump() if repair.status == "quoted" and repair.quote else None,
        "tracking": repair.return_tracking,
    }
    webhooks.emit(tx, webhooks.Path.REPAIR, f"repair.{repair.status}", data)
