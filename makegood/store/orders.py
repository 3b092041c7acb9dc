"""Orders: as the shop tells of them, kept beside what we have reserved and given back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from makegood.store import plain
from makegood.store.errors import Missing, OrderChanged
from makegood.store.flat import vars_of
from makegood.store.memory import remembered
from makegood.store.models import Order, OrderUnit, Payment
from makegood.store.rows import insert
from makegood.store.transaction import Tx
from makegood.store.words import PaymentKind

ORDER_ANEW = (
    "on conflict (ref) do update set customer_id = coalesce(excluded.customer_id, orders.customer_id),"
    " delivered_at = coalesce(excluded.delivered_at, orders.delivered_at), facts = excluded.facts,"
    " loaded_at = excluded.loaded_at, freight_paid_minor = greatest(excluded.freight_paid_minor,"
    " orders.freight_reserved_minor + orders.freight_given_minor),"
    " goodwill_cap_minor = greatest(excluded.goodwill_cap_minor,"
    " orders.goodwill_reserved_minor + orders.goodwill_given_minor)"
    " where orders.currency = excluded.currency returning id, ref"
)
UNIT_ANEW = (
    "on conflict (order_id, line_ref, unit_no) do update set sku = excluded.sku, title = excluded.title,"
    " category = excluded.category, paid_minor = case when excluded.paid_minor >= order_units.reserved_minor"
    " + order_units.given_minor then excluded.paid_minor else order_units.paid_minor end"
)
PAYMENT_ANEW = (
    "on conflict (order_id, ref) do update set kind = excluded.kind,"
    " authorised_minor = excluded.authorised_minor, captured_minor = excluded.captured_minor,"
    " elsewhere_minor = excluded.elsewhere_minor"
)
_LOCK = text("select id from orders where id = :order for no key update")


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitFacts:
    """One piece. A line of three that cost 10.00 is 3.34, 3.33 and 3.33: whoever splits it loses no cent."""

    line_ref: str
    unit_no: int
    sku: str
    title: str
    category: str
    paid_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentFacts:
    """`refunded_minor` is all that the provider says is back, ours included; a void counts as refunded."""

    ref: str
    kind: PaymentKind
    authorised_minor: int
    captured_minor: int
    refunded_minor: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFacts:
    """`facts` is anything else that is not personal. Amounts are minor units of `currency`."""

    ref: str
    market: str
    currency: str
    placed_at: datetime
    units: Sequence[UnitFacts]
    payments: Sequence[PaymentFacts]
    freight_paid_minor: int = 0
    goodwill_cap_minor: int = 0
    delivered_at: datetime | None = None
    customer_id: UUID | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


def load(tx: Tx, told: OrderFacts, now: datetime) -> Order:
    """Makes or refreshes the order; locks it. Never lowers a cap below what is reserved or given.

    A transaction that also journals locks its case before it (`cases.lock`): case first, then order.
    Raises OrderChanged when currency or captured amount contradict what we have done.
    """
    made = insert(tx, "orders", [order_row(told, now)], ORDER_ANEW)
    if not made:
        raise OrderChanged(told.ref, f"its currency is not {told.currency}")
    order_id: int = made[0].id
    tx.forget_row("orders.get", order_id)
    insert(tx, "order_units", [{"order_id": order_id, **vars_of(unit)} for unit in told.units], UNIT_ANEW)
    known = {row.ref: row for row in plain.find(tx, Payment, "order_id = :order", order=order_id)}
    payments = [payment_row(order_id, told.ref, each, known.get(each.ref)) for each in told.payments]
    insert(tx, "payments", payments, PAYMENT_ANEW)
    return get(tx, order_id)


@remembered("orders.get")
def get(tx: Tx, order_id: int) -> Order:
    """With units and payments. Raises Missing."""
    return _required(tx, order_id)


def _required(tx: Tx, order_id: int) -> Order:
    found = many(tx, [order_id])
    if not found:
        raise Missing("order", order_id)
    return found[0]


def many(tx: Tx, ids: Sequence[int]) -> list[Order]:
    """With units and payments, in order of id."""
    found = plain.among(tx, Order, "id", ids, "order by id")
    units: dict[int, list[OrderUnit]] = defaultdict(list)
    payments: dict[int, list[Payment]] = defaultdict(list)
    for unit in plain.among(tx, OrderUnit, "order_id", ids, "order by line_ref, unit_no"):
        units[unit.order_id].append(unit)
    for payment in plain.among(tx, Payment, "order_id", ids, "order by id"):
        payments[payment.order_id].append(payment)
    for order in found:
        order.units, order.payments = units[order.id], payments[order.id]
    return found


def by_ref(tx: Tx, ref: str) -> Order | None:
    """With units and payments."""
    found = tx.session.scalar(select(Order.id).where(Order.ref == ref))
    return None if found is None else _required(tx, found)


def by_payment(tx: Tx, payment_ref: str) -> Order | None:
    """For a payment webhook, which names no order."""
    query = select(Payment.order_id).where(Payment.ref == payment_ref).order_by(Payment.order_id).limit(1)
    found = tx.session.scalar(query)
    return None if found is None else _required(tx, found)


def lock(tx: Tx, order_id: int) -> Order:
    """With units and payments, locked until `tx` ends. Lock the case first."""
    lock_row(tx, order_id)
    return _required(tx, order_id)  # read after it, hence under the lock; not remembered, for it will change


def lock_row(tx: Tx, order_id: int) -> None:
    """The lock alone."""
    tx.forget_row("orders.get", order_id)
    tx.session.execute(_LOCK, {"order": order_id})


def order_row(told: OrderFacts, now: datetime) -> dict[str, Any]:
    return {
        "ref": told.ref,
        "customer_id": told.customer_id,
        "market": told.market,
        "currency": told.currency,
        "placed_at": told.placed_at,
        "delivered_at": told.delivered_at,
        "facts": dict(told.facts),
        "loaded_at": now,
        "freight_paid_minor": told.freight_paid_minor,
        "goodwill_cap_minor": told.goodwill_cap_minor,
    }


def payment_row(order_id: int, ref: str, told: PaymentFacts, known: Payment | None) -> dict[str, Any]:
    """What is told beyond ours was refunded elsewhere: by the shop's own staff, by a chargeback."""
    ours = 0 if known is None else known.reserved_minor + known.refunded_minor
    limit = told.captured_minor if told.captured_minor > 0 else told.authorised_minor
    if ours > limit:
        raise OrderChanged(ref, f"payment {told.ref} has {limit}, and {ours} of it are given back")
    # a reserved refund that is under way may be in the figure already; the next load will tell
    elsewhere = min(max(told.refunded_minor - ours, 0), limit - ours)
    return {
        "order_id": order_id,
        "ref": told.ref,
        "kind": told.kind,
        "authorised_minor": told.authorised_minor,
        "captured_minor": told.captured_minor,
        "elsewhere_minor": elsewhere,
    }
