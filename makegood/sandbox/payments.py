"""Payments: refunds of what was captured, voids of what was not."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from makegood.sandbox import books, webhooks
from makegood.sandbox.database import Transaction
from makegood.sandbox.errors import Refused, not_found
from makegood.sandbox.idempotency import Referred
from makegood.sandbox.money import Money, PositiveMoney
from makegood.sandbox.orders import Payment, payment


class RefundWanted(Referred):
    amount: PositiveMoney
    reason: str | None = Field(None, max_length=1000)


class Refund(BaseModel):
    model_config = ConfigDict(frozen=True)

    id: str
    payment_id: str
    order_id: str
    amount: Money
    status: Literal["succeeded"]
    reference: str
    reason: str | None
    created_at: datetime


class Void(BaseModel):
    model_config = ConfigDict(frozen=True)

    id: str
    payment_id: str
    order_id: str
    amount: Money
    status: Literal["voided"]
    reference: str
    created_at: datetime


class DisputeOpened(BaseModel):
    amount: PositiveMoney | None = Field(None, description="Default: what is captured and not refunded.")
    reason: str = "product_not_received"


def read(tx: Transaction, payment_id: str) -> Payment:
    return payment(_row(tx, payment_id))


def refund(tx: Transaction, payment_id: str, wanted: RefundWanted, reference: str) -> Refund:
    row = _row(tx, payment_id, lock=True)
    amount = _in_currency(row, wanted.amount)
    if row["captured_minor"] == 0:
        raise Refused(409, "not_captured", f"Nothing of payment {payment_id} was captured: void it instead.")
    remaining = row["captured_minor"] - row["refunded_minor"]
    if amount.minor > remaining:
        raise Refused(
            422,
            "over_refund",
            f"Of payment {payment_id} {remaining} {row['currency']} minor units remain, not {amount.minor}.",
            remaining=Money(minor=remaining, currency=row["currency"]),
        )
    tx.run(
        "UPDATE payment SET refunded_minor = refunded_minor + %s WHERE id = %s", (amount.minor, payment_id)
    )
    made = Refund(
        id=books.new_id("ref"),
        payment_id=payment_id,
        order_id=row["order_id"],
        amount=amount,
        status="succeeded",
        reference=reference,
        reason=wanted.reason,
        created_at=tx.now,
    )
    books.write(tx, "refunds", made, entry_id=made.id, order_id=made.order_id, reference=reference)
    _tell(tx, "payment.refunded", made)
    return made


def void(tx: Transaction, payment_id: str, reference: str) -> Void:
    row = _row(tx, payment_id, lock=True)
    if row["captured_minor"] > 0:
        raise Refused(409, "already_captured", f"Payment {payment_id} was captured: refund it instead.")
    if row["voided_minor"] > 0:
        raise Refused(409, "already_voided", f"Payment {payment_id} was voided before.")
    tx.run("UPDATE payment SET voided_minor = authorised_minor WHERE id = %s", (payment_id,))
    made = Void(
        id=books.new_id("void"),
        payment_id=payment_id,
        order_id=row["order_id"],
        amount=Money(minor=row["authorised_minor"], currency=row["currency"]),
        status="voided",
        reference=reference,
        created_at=tx.now,
    )
    books.write(tx, "voids", made, entry_id=made.id, order_id=made.order_id, reference=reference)
    _tell(tx, "payment.voided", made)
    return made


def capture(tx: Transaction, payment_id: str) -> Payment:
    """A second capture changes nothing."""
    row = _row(tx, payment_id, lock=True)
    if row["voided_minor"] > 0:
        raise Refused(409, "already_voided", f"Payment {payment_id} was voided before.")
    tx.run("UPDATE payment SET captured_minor = authorised_minor WHERE id = %s", (payment_id,))
    return read(tx, payment_id)


def capture_order(tx: Transaction, order_id: str) -> None:
    """Shops take the money when the goods leave."""
    tx.run(
        "UPDATE payment SET captured_minor = authorised_minor WHERE order_id = %s AND voided_minor = 0",
        (order_id,),
    )


def dispute(tx: Transaction, payment_id: str, opened: DisputeOpened) -> str:
    """The event's id."""
    row = _row(tx, payment_id)
    rest = Money(minor=row["captured_minor"] - row["refunded_minor"], currency=row["currency"])
    amount = _in_currency(row, opened.amount) if opened.amount else rest
    data = {
        "dispute_id": books.new_id("dsp"),
        "payment_id": payment_id,
        "order_id": row["order_id"],
        "amount": amount.model_dump(),
        "reason": opened.reason,
    }
    return webhooks.emit(tx, webhooks.Path.PAYMENT, "dispute.opened", data)


def _in_currency(row: dict[str, Any], amount: Money) -> Money:
    if amount.currency != row["currency"]:
        raise Refused(
            422,
            "currency_mismatch",
            f"Payment {row['id']} is in {row['currency']}, not {amount.currency}.",
            known=[row["currency"]],
        )
    return Money(minor=amount.minor, currency=amount.currency)


def _tell(tx: Transaction, event_type: str, made: Refund | Void) -> None:
    data = made.model_dump(
        mode="json", include={"id", "payment_id", "order_id", "amount", "status", "reference"}
    )
    webhooks.emit(tx, webhooks.Path.PAYMENT, event_type, data)


def _row(tx: Transaction, payment_id: str, *, lock: bool = False) -> dict[str, Any]:
    query = "SELECT * FROM payment WHERE id = %s"
    row = tx.one(query + " FOR UPDATE" if lock else query, (payment_id,))
    if row is None:
        raise not_found("payment", payment_id)
    return row
