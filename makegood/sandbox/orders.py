"""Orders as the shop shows them, and the claims their buyers have made."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from difflib import get_close_matches
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from makegood.sandbox.database import Transaction
from makegood.sandbox.errors import Refused, not_found
from makegood.sandbox.money import Minor, Money
from makegood.sandbox.parcels import Direction, ParcelStatus, Purpose
from makegood.sandbox.warehouses import warehouse

Fulfilment = Literal["not_started", "picking", "packed", "shipped", "delivered", "held", "cancelled"]
OrderStatus = Literal["placed", "shipped", "delivered", "cancelled"]
PaymentStatus = Literal["authorised", "captured", "refunded", "partially_refunded", "voided"]
CLAIM_DAYS = 90


class Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class Address(Value):
    line1: str
    line2: str | None = None
    city: str
    region: str | None = None
    postcode: str | None = None
    country: str = Field(description="ISO 3166-1 alpha-2.")


class Customer(Value):
    id: str
    name: str
    email: str
    phone: str | None = None
    address: Address


class Line(Value):
    id: str
    sku: str
    title: str
    category: str = Field(examples=["apparel", "electronics", "hygiene", "custom", "home", "sport", "toys"])
    quantity: int
    unit_paid: Money = Field(description="Per unit, tax included where the market's prices include it.")
    tax_minor: Minor = Field(description="The tax in one unit's price.")


class Payment(Value):
    id: str
    kind: str = Field(examples=["card", "gift_card", "paypal"])
    authorised: Money
    captured: Money
    refunded: Money
    voided: Money


class ParcelOfOrder(Value):
    tracking: str
    status: ParcelStatus
    direction: Direction
    purpose: Purpose


class Order(Value):
    id: str
    market: str
    currency: str
    locale: str
    zone: str
    tier: str = Field(examples=["standard", "vip"])
    placed_at: datetime
    shipped_at: datetime | None
    delivered_at: datetime | None
    warehouse: str = Field(description="Which it leaves from.", examples=["DE-1"])
    ships_from: str = Field(description="Where that lies, ISO 3166-1 alpha-2.")
    status: OrderStatus
    fulfilment: Fulfilment
    payment_status: PaymentStatus
    customer: Customer
    lines: list[Line]
    freight_paid: Money
    payments: list[Payment]
    parcels: list[ParcelOfOrder]


class Claim(Value):
    order_id: str | None
    kind: str = Field(examples=["refund"])
    amount: Money
    at: datetime


class History(Value):
    """What one customer has claimed before; cancellations do not count."""

    customer_id: str
    claims: list[Claim]
    claims_90d: int = Field(description=f"Those of the last {CLAIM_DAYS} days.")


def resolve(tx: Transaction, order_id: str, *, lock: bool = False) -> str:
    """The order's own id. A leading '#' may be left out. `lock` holds the row until the transaction ends."""
    where = "SELECT id FROM orders WHERE id IN (%s, '#' || %s) ORDER BY id DESC LIMIT 1"
    row = tx.one(where + " FOR UPDATE" if lock else where, (order_id, order_id))
    if row is None:
        ids = [entry["id"] for entry in tx.all("SELECT id FROM orders ORDER BY nr LIMIT 5000")]
        raise not_found("order", order_id, get_close_matches(order_id, ids, n=5, cutoff=0.5))
    return str(row["id"])


def read(tx: Transaction, order_id: str) -> Order:
    return _shown(tx, [resolve(tx, order_id)])[0]


def find(tx: Transaction, email: str | None, limit: int) -> list[Order]:
    """Newest first."""
    rows = tx.all(
        "SELECT o.id FROM orders o JOIN customer c ON c.id = o.customer_id"
        " WHERE %(email)s::text IS NULL OR lower(c.email) = lower(%(email)s)"
        " ORDER BY o.placed_at DESC, o.nr LIMIT %(limit)s",
        {"email": email, "limit": limit},
    )
    return _shown(tx, [row["id"] for row in rows])


def every(tx: Transaction) -> list[Order]:
    return _shown(tx, [row["id"] for row in tx.all("SELECT id FROM orders ORDER BY nr")])


def history(tx: Transaction, order_id: str, email: str | None) -> History:
    """Of the order's buyer. Another buyer's e-mail is refused as if the order were unknown."""
    order = read(tx, order_id)
    if email is not None and email.lower() != order.customer.email.lower():
        raise Refused(404, "order_not_found", f"No order {order_id!r} belongs to that e-mail address.")
    rows = tx.all(
        "SELECT order_id, kind, currency, amount_minor, at FROM claim WHERE customer_id = %(id)s"
        " UNION ALL SELECT e.order_id, 'refund', e.body#>>'{amount,currency}',"
        "   (e.body#>>'{amount,minor}')::bigint, (e.body->>'created_at')::timestamptz"
        " FROM entry e JOIN orders o ON o.id = e.order_id"
        " WHERE e.book = 'refunds' AND o.customer_id = %(id)s AND o.fulfilment <> 'cancelled'"
        " ORDER BY at",
        {"id": order.customer.id},
    )
    claims = [
        Claim(
            order_id=row["order_id"],
            kind=row["kind"],
            amount=Money(minor=row["amount_minor"], currency=row["currency"]),
            at=row["at"],
        )
        for row in rows
    ]
    since = tx.now - timedelta(days=CLAIM_DAYS)
    recent = sum(claim.at > since for claim in claims)
    return History(customer_id=order.customer.id, claims=claims, claims_90d=recent)


def _shown(tx: Transaction, ids: Sequence[str]) -> list[Order]:
    orders = tx.all(
        "SELECT o.*, c.name, c.email, c.phone, c.address"
        " FROM orders o JOIN customer c ON c.id = o.customer_id"
        " WHERE o.id = ANY(%s)",
        (list(ids),),
    )
    lines = _by_order(tx.all("SELECT * FROM line WHERE order_id = ANY(%s) ORDER BY position", (list(ids),)))
    payments = _by_order(tx.all("SELECT * FROM payment WHERE order_id = ANY(%s) ORDER BY id", (list(ids),)))
    parcels = _by_order(
        tx.all("SELECT * FROM parcel WHERE order_id = ANY(%s) ORDER BY created_at, tracking", (list(ids),))
    )
    found = {
        row["id"]: _order(row, lines[row["id"]], payments[row["id"]], parcels[row["id"]]) for row in orders
    }
    return [found[order_id] for order_id in ids]


def _by_order(rows: Iterable[dict[str, Any]]) -> defaultdict[str, list[dict[str, Any]]]:
    groups: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        groups[row["order_id"]].append(row)
    return groups


Rows = list[dict[str, Any]]


def _order(row: dict[str, Any], lines: Rows, payments: Rows, parcels: Rows) -> Order:
    currency = row["currency"]
    return Order(
        id=row["id"],
        market=row["market"],
        currency=currency,
        locale=row["locale"],
        zone=row["zone"],
        tier=row["tier"],
        placed_at=row["placed_at"],
        shipped_at=row["shipped_at"],
        delivered_at=row["delivered_at"],
        warehouse=row["warehouse"],
        ships_from=warehouse(row["warehouse"]).country,
        status=_status(row["fulfilment"]),
        fulfilment=row["fulfilment"],
        payment_status=_payment_status(payments),
        customer=Customer.model_validate({**row, "id": row["customer_id"]}),
        lines=[
            Line.model_validate({**line, "unit_paid": _money(line, "unit_paid", currency)}) for line in lines
        ],
        freight_paid=_money(row, "freight_paid", currency),
        payments=[payment(found) for found in payments],
        parcels=[ParcelOfOrder.model_validate(parcel) for parcel in parcels],
    )


def payment(row: dict[str, Any]) -> Payment:
    return Payment(
        id=row["id"],
        kind=row["kind"],
        authorised=_money(row, "authorised", row["currency"]),
        captured=_money(row, "captured", row["currency"]),
        refunded=_money(row, "refunded", row["currency"]),
        voided=_money(row, "voided", row["currency"]),
    )


def _money(row: dict[str, Any], name: str, currency: str) -> Money:
    return Money(minor=row[f"{name}_minor"], currency=currency)


def _status(fulfilment: Fulfilment) -> OrderStatus:
    match fulfilment:
        case "shipped" | "delivered" | "cancelled":
            return fulfilment
        case "not_started" | "picking" | "packed" | "held":
            return "placed"


def _payment_status(payments: Rows) -> PaymentStatus:
    captured = sum(row["captured_minor"] for row in payments)
    refunded = sum(row["refunded_minor"] for row in payments)
    if captured == 0:
        return "voided" if any(row["voided_minor"] for row in payments) else "authorised"
    if refunded == 0:
        return "captured"
    return "refunded" if refunded == captured else "partially_refunded"
