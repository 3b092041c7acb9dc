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


class LinkPaid(BaseModel):
    """What the customer does; a bank transfer may be less than was asked for."""

    amount: PositiveMoney | None = Field(None, description="Default: all of it.")


class PaymentLink(BaseModel):
    model_config = ConfigDict(frozen=True)

    id: str
    order_id: str
    amount: Money
    url: str = Field(description="What the customer opens.")
    status: Literal["open", "paid"]
    reference: str
    created_at: datetime
    paid: Money | None = None
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


def pay(tx: Transaction, link_id: str, by: LinkPaid) -> PaymentLink:
    """The customer pays, once, and no more than is asked; tells makegood by `payment.received`."""
    link = read(tx, link_id)
    if link.status == "paid":
        return link
    paid = _paid(link, by.amount) if by.amount else link.amount
    made = link.model_copy(update={"status": "paid", "paid": paid, "paid_at": tx.now})
    books.amend(tx, BOOK, link.id, made.model_dump(mode="json", include={"status", "paid", "paid_at"}))
    data = {
        "link_id": link.id,
        "order_id": link.order_id,
        "amount": paid.model_dump(),
        "reference": link.reference,
    }
    webhooks.emit(tx, webhooks.Path.PAYMENT, "payment.received", data)
    return made


def _paid(link: PaymentLink, amount: PositiveMoney) -> Money:
    if amount.currency != link.amount.currency:
        currency = link.amount.currency
        raise Refused(422, "currency_mismatch", f"Link {link.id} is paid in {currency}.", known=[currency])
    return Money(minor=min(amount.minor, link.amount.minor), currency=amount.currency)


def read(tx: Transaction, link_id: str) -> PaymentLink:
    link = books.one(tx, BOOK, PaymentLink, link_id)
    if link is None:
        raise not_found("payment_link", link_id)
    return link
