"""Payment links: by which a customer pays what an order's repair costs."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from makegood.sandbox import books, orders, webhooks
from makegood.sandbox.database import Transaction
from makegood.sandbox.errors import Refused, not_found
from makegood.sandbox.idempotency import Referred
from makegood.sandbox.money import Money, PositiveMoney

BOOK = "payment_links"


class PaymentLinkWanted(Referred):
    order_id: str
    amount: PositiveMoney


class PaymentLink(BaseModel):
    model_config = ConfigDict(frozen=True)

    id: str
    order_id: str
    amount: Money
    url: str = Field(description="What the customer opens.")
    status: Literal["open", "paid"]
    reference: str
    created_at: datetime
    paid_at: datetime | None = None


def make(tx: Transaction, wanted: PaymentLinkWanted, reference: str, base_url: str) -> PaymentLink:
    order = orders.read(tx, wanted.order_id)
    if wanted.amount.currency != order.currency:
        message = f"Order {order.id} is in {order.currency}, not {wanted.amount.currency}."
        raise Refused(422, "currency_mismatch", message, known=[order.currency])
    link_id = books.new_id("plk")
    made = PaymentLink(
        id=link_id,
        order_id=order.id,
        amount=Money(minor=wanted.amount.minor, currency=wanted.amount.currency),
        url=f"{base_url}payment-links/{link_id}",
        status="open",
        reference=reference,
        created_at=tx.now,
    )
    books.write(tx, BOOK, made, entry_id=link_id, order_id=order.id, reference=reference)
    return made


def pay(tx: Transaction, link_id: str) -> PaymentLink:
    """The customer pays all of it, once; tells makegood by `payment.received`."""
    link = read(tx, link_id)
    if link.status == "paid":
        return link
    books.amend(tx, BOOK, link.id, {"status": "paid", "paid_at": tx.now.isoformat()})
    data = {
        "link_id": link.id,
        "order_id": link.order_id,
        "amount": link.amount.model_dump(),
        "reference": link.reference,
    }
    webhooks.emit(tx, webhooks.Path.PAYMENT, "payment.received", data)
    return link.model_copy(update={"status": "paid", "paid_at": tx.now})


def read(tx: Transaction, link_id: str) -> PaymentLink:
    link = books.one(tx, BOOK, PaymentLink, link_id)
    if link is None:
        raise not_found("payment_link", link_id)
    return link
