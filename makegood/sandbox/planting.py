"""Orders put into the shop: one by a control call, many by a loader, the same way."""

from collections.abc import Sequence
from datetime import datetime

from psycopg.types.json import Jsonb

from makegood.sandbox import books
from makegood.sandbox.database import Transaction
from makegood.sandbox.errors import Refused
from makegood.sandbox.markets import market
from makegood.sandbox.money import Money, included_tax
from makegood.sandbox.new_orders import NewOrder
from makegood.sandbox.orders import Customer
from makegood.sandbox.parcels import ParcelStatus
from makegood.sandbox.payments import Refund
from makegood.sandbox.warehouses import Warehouse, nearest, warehouse


def plant(tx: Transaction, orders: Sequence[NewOrder]) -> None:
    """All or none. An id that is taken is refused; a customer that is known stays as it is."""
    _refuse_taken(tx, [order.id for order in orders])
    tx.run_many(
        "INSERT INTO customer (id, name, email, phone, address) VALUES (%s, %s, %s, %s, %s)"
        " ON CONFLICT DO NOTHING",
        [_customer_row(order.customer) for order in orders],
    )
    tx.run_many(
        "INSERT INTO orders (id, customer_id, market, currency, locale, zone, tier, placed_at, shipped_at,"
        " delivered_at, fulfilment, warehouse, interception, freight_paid_minor)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [_order_row(order, tx.now) for order in orders],
    )
    tx.run_many(
        "INSERT INTO line (id, order_id, position, sku, title, category, quantity, unit_paid_minor,"
        " tax_minor) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [row for order in orders for row in _line_rows(order)],
    )
    tx.run_many(
        "INSERT INTO payment (id, order_id, kind, currency, authorised_minor, captured_minor, refunded_minor,"
        " voided_minor) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
        [row for order in orders for row in _payment_rows(order)],
    )
    tx.run_many(
        "INSERT INTO claim (customer_id, order_id, kind, currency, amount_minor, at)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        [row for order in orders for row in _claim_rows(order)],
    )
    _plant_parcels(tx, orders)
    for order in orders:
        _note_past_refunds(tx, order)


def shelve(tx: Transaction, stock: Sequence[tuple[str, str, str, int]]) -> None:
    """Rows of warehouse, sku, title and units on hand; a known shelf gets the new count."""
    tx.run_many(
        "INSERT INTO shelf (warehouse, sku, title, on_hand) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT (sku, warehouse) DO UPDATE SET on_hand = excluded.on_hand",
        stock,
    )


def _refuse_taken(tx: Transaction, ids: list[str]) -> None:
    taken = tx.one("SELECT id FROM orders WHERE id = ANY(%s)", (ids,))
    if taken:
        raise Refused(409, "order_exists", f"Order {taken['id']} exists already.")


def _leaves_from(order: NewOrder) -> Warehouse:
    return warehouse(order.warehouse) if order.warehouse else nearest(order.market)[0]


def _customer_row(customer: Customer) -> tuple[object, ...]:
    return (customer.id, customer.name, customer.email, customer.phone, Jsonb(customer.address.model_dump()))


def _order_row(order: NewOrder, now: datetime) -> tuple[object, ...]:
    home = market(order.market)
    left = order.fulfilment in ("shipped", "delivered")
    delivered = order.delivered_at or (now if order.fulfilment == "delivered" else None)
    shipped = order.shipped_at or (delivered or now if left else None)
    placed = order.placed_at or shipped or now
    return (
        order.id,
        order.customer.id,
        home.code,
        home.currency,
        home.locale,
        home.zone,
        order.tier,
        placed,
        shipped,
        delivered,
        order.fulfilment,
        _leaves_from(order).code,
        order.interception,
        order.freight_paid_minor,
    )


def _line_rows(order: NewOrder) -> list[tuple[object, ...]]:
    percent = market(order.market).tax_percent
    return [
        (
            f"{order.name}-{position}",
            order.id,
            position,
            line.sku,
            line.title,
            line.category,
            line.quantity,
            line.unit_paid_minor,
            included_tax(line.unit_paid_minor, percent),
        )
        for position, line in enumerate(order.lines, start=1)
    ]


def _payment_rows(order: NewOrder) -> list[tuple[object, ...]]:
    currency = market(order.market).currency
    rows: list[tuple[object, ...]] = []
    for position, paid in enumerate(order.payments, start=1):
        amount = order.payment_minor(paid)
        captured = amount if paid.state in ("captured", "refunded") else 0
        refunded = amount if paid.state == "refunded" else 0
        voided = amount if paid.state == "voided" else 0
        rows.append(
            (
                order.payment_id(position),
                order.id,
                paid.kind,
                currency,
                amount,
                captured,
                refunded,
                voided,
            )
        )
    return rows


def _claim_rows(order: NewOrder) -> list[tuple[object, ...]]:
    currency = market(order.market).currency
    return [
        (order.customer.id, None, claim.kind, currency, claim.amount_minor, claim.at)
        for claim in order.claims
    ]


def _plant_parcels(tx: Transaction, orders: Sequence[NewOrder]) -> None:
    rows = []
    for order in orders:
        left = order.fulfilment in ("shipped", "delivered")
        if order.tracking is None and not left:
            continue
        default: ParcelStatus = {"shipped": "IN_TRANSIT", "delivered": "DELIVERED"}.get(  # type: ignore[assignment]
            order.fulfilment, "CREATED"
        )
        at = order.delivered_at or order.shipped_at or order.placed_at or tx.now
        rows.append((order.tracking or f"PX{order.name}", order.id, order.parcel_status or default, at))
    tx.run_many(
        "INSERT INTO parcel (tracking, order_id, direction, purpose, status, created_at)"
        " VALUES (%s, %s, 'outbound', 'order', %s, %s)",
        rows,
    )
    tx.run_many(
        "INSERT INTO parcel_event (tracking, status, at) VALUES (%s, %s, %s)",
        [(tracking, status, at) for tracking, _, status, at in rows],
    )


def _note_past_refunds(tx: Transaction, order: NewOrder) -> None:
    for position, paid in enumerate(order.payments, start=1):
        if paid.state != "refunded":
            continue
        amount = order.payment_minor(paid)
        reference = f"history:{order.id}"
        past = Refund(
            id=books.new_id("ref"),
            payment_id=order.payment_id(position),
            order_id=order.id,
            amount=Money(minor=amount, currency=market(order.market).currency),
            status="succeeded",
            reference=reference,
            reason="order cancelled before the sandbox began",
            created_at=order.placed_at or tx.now,
        )
        books.write(tx, "refunds", past, entry_id=past.id, order_id=order.id, reference=reference)
