"""Claims on the carrier, for what it lost or broke."""

from datetime import datetime, timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from makegood.sandbox import books, parcels, webhooks
from makegood.sandbox.database import Transaction
from makegood.sandbox.errors import Refused, not_found
from makegood.sandbox.idempotency import Referred
from makegood.sandbox.money import Money, PositiveMoney

BOOK = "carrier_claims"
ANSWER_DAYS = 30
# From the delivery of what came broken, from the hand-over of what never came: a carrier's usual terms.
LATEST = {"damaged": timedelta(days=30), "lost": timedelta(days=120)}
Kind = Literal["lost", "damaged"]


class CarrierClaimWanted(Referred):
    tracking: str
    kind: Kind
    amount: PositiveMoney


class CarrierClaim(BaseModel):
    model_config = ConfigDict(frozen=True)

    id: str
    tracking: str
    order_id: str
    kind: Kind
    amount: Money = Field(description="What is asked for.")
    status: Literal["filed", "accepted", "rejected"]
    awarded: Money | None = Field(None, description="What the carrier pays.")
    answer_by_days: int
    reference: str
    created_at: datetime
    decided_at: datetime | None = None


class Decision(BaseModel):
    accepted: bool
    amount: PositiveMoney | None = Field(None, description="Default: all that was asked for.")


def file(tx: Transaction, wanted: CarrierClaimWanted, reference: str) -> CarrierClaim:
    """One for each parcel and kind."""
    parcel = parcels.read(tx, wanted.tracking, lock=True)
    first = min(event.at for event in parcel.events)
    delivered = [event.at for event in parcel.events if event.status == "DELIVERED"]
    began = max(delivered) if wanted.kind == "damaged" and delivered else first
    if tx.now - began > LATEST[wanted.kind]:
        message = f"Parcel {parcel.tracking}: {LATEST[wanted.kind].days} days are over."
        raise Refused(409, "too_late", message)
    known = books.of_order(tx, BOOK, CarrierClaim, parcel.order_id)
    if any((claim.tracking, claim.kind) == (parcel.tracking, wanted.kind) for claim in known):
        raise Refused(409, "already_claimed", f"Parcel {parcel.tracking} was claimed as {wanted.kind}.")
    made = CarrierClaim(
        id=books.new_id("clm"),
        tracking=parcel.tracking,
        order_id=parcel.order_id,
        kind=wanted.kind,
        amount=Money(minor=wanted.amount.minor, currency=wanted.amount.currency),
        status="filed",
        answer_by_days=ANSWER_DAYS,
        reference=reference,
        created_at=tx.now,
    )
    books.write(tx, BOOK, made, entry_id=made.id, order_id=made.order_id, reference=reference)
    return made


def decide(tx: Transaction, claim_id: str, decision: Decision) -> CarrierClaim:
    """Tells makegood by `claim.accepted` or `claim.rejected`. Once decided it stays so."""
    claim = read(tx, claim_id)
    if claim.status != "filed":
        raise Refused(409, "already_decided", f"Claim {claim.id} is {claim.status}.")
    awarded = _awarded(claim, decision)
    status: Literal["accepted", "rejected"] = "accepted" if decision.accepted else "rejected"
    decided = claim.model_copy(update={"status": status, "awarded": awarded, "decided_at": tx.now})
    books.amend(
        tx, BOOK, claim.id, decided.model_dump(mode="json", include={"status", "awarded", "decided_at"})
    )
    data = {
        "claim_id": claim.id,
        "order_id": claim.order_id,
        "tracking": claim.tracking,
        "kind": claim.kind,
        "amount": awarded.model_dump() if awarded else None,
    }
    webhooks.emit(tx, webhooks.Path.CLAIM, f"claim.{status}", data)
    return decided


def read(tx: Transaction, claim_id: str) -> CarrierClaim:
    claim = books.one(tx, BOOK, CarrierClaim, claim_id)
    if claim is None:
        raise not_found("carrier_claim", claim_id)
    return claim


def _awarded(claim: CarrierClaim, decision: Decision) -> Money | None:
    if not decision.accepted:
        return None
    amount = decision.amount or claim.amount
    if amount.currency != claim.amount.currency or amount.minor > claim.amount.minor:
        message = f"Claim {claim.id} is about at most {claim.amount.minor} {claim.amount.currency}."
        raise Refused(422, "over_claim", message)
    return Money(minor=amount.minor, currency=amount.currency)
