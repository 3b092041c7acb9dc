"""Orders: as the shop tells of them, kept beside what we have reserved and given back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, case, func, select
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.orm import selectinload

from makegood.store.errors import Missing, OrderChanged
from makegood.store.memory import remembered
from makegood.store.models import Order, OrderUnit, Payment
from makegood.store.transaction import Tx
from makegood.store.words import PaymentKind


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
    order = tx.session.scalar(_order(told, now).returning(Order))
    if order is None:
        raise OrderChanged(told.ref, f"its currency is not {told.currency}")
    tx.forget_row("orders.get", order.id)
    if told.units:
        tx.session.execute(_units(order.id, told.units))
    _load_payments(tx, order, told.payments)
    return get(tx, order.id)


@remembered("orders.get")
def get(tx: Tx, order_id: int) -> Order:
    """With units and payments. Raises Missing."""
    order = tx.session.scalar(_whole().where(Order.id == order_id))
    if order is None:
        raise Missing("order", order_id)
    return order


def by_ref(tx: Tx, ref: str) -> Order | None:
    """With units and payments."""
    return tx.session.scalar(_whole().where(Order.ref == ref))


def by_payment(tx: Tx, payment_ref: str) -> Order | None:
    """For a payment webhook, which names no order."""
    query = _whole().join(Payment, Payment.order_id == Order.id).where(Payment.ref == payment_ref)
    return tx.session.scalar(query.order_by(Order.id).limit(1))


def lock(tx: Tx, order_id: int) -> Order:
    """With units and payments, locked until `tx` ends. Lock the case first."""
    tx.forget_row("orders.get", order_id)
    query = _whole().where(Order.id == order_id).with_for_update(key_share=True)
    order = tx.session.scalar(query)  # units and payments are read after it, hence under the lock
    if order is None:
        raise Missing("order", order_id)
    return order


def lock_row(tx: Tx, order_id: int) -> None:
    """The lock alone."""
    tx.forget_row("orders.get", order_id)
    query = select(Order.id).where(Order.id == order_id).with_for_update(key_share=True)
    tx.session.execute(query)


def _whole() -> Select[tuple[Order]]:
    return select(Order).options(selectinload(Order.units), selectinload(Order.payments))


def _order(told: OrderFacts, now: datetime) -> Insert:
    row = insert(Order).values(
        ref=told.ref,
        customer_id=told.customer_id,
        market=told.market,
        currency=told.currency,
        placed_at=told.placed_at,
        delivered_at=told.delivered_at,
        facts=dict(told.facts),
        loaded_at=now,
        freight_paid_minor=told.freight_paid_minor,
        goodwill_cap_minor=told.goodwill_cap_minor,
    )
    told_now = row.excluded
    freight_used = Order.freight_reserved_minor + Order.freight_given_minor
    goodwill_used = Order.goodwill_reserved_minor + Order.goodwill_given_minor
    return row.on_conflict_do_update(
        index_elements=["ref"],
        set_={
            "customer_id": func.coalesce(told_now.customer_id, Order.customer_id),
            "delivered_at": func.coalesce(told_now.delivered_at, Order.delivered_at),
            "facts": told_now.facts,
            "loaded_at": told_now.loaded_at,
            "freight_paid_minor": func.greatest(told_now.freight_paid_minor, freight_used),
            "goodwill_cap_minor": func.greatest(told_now.goodwill_cap_minor, goodwill_used),
        },
        where=Order.currency == told_now.currency,
    )


def _units(order_id: int, units: Sequence[UnitFacts]) -> Insert:
    row = insert(OrderUnit).values([{"order_id": order_id, **asdict(unit)} for unit in units])
    told_now = row.excluded
    used = OrderUnit.reserved_minor + OrderUnit.given_minor
    return row.on_conflict_do_update(
        index_elements=["order_id", "line_ref", "unit_no"],
        set_={
            "sku": told_now.sku,
            "title": told_now.title,
            "category": told_now.category,
            "paid_minor": case(
                (told_now.paid_minor >= used, told_now.paid_minor), else_=OrderUnit.paid_minor
            ),
        },
    )


def _load_payments(tx: Tx, order: Order, payments: Sequence[PaymentFacts]) -> None:
    known = {row.ref: row for row in tx.session.scalars(select(Payment).where(Payment.order_id == order.id))}
    rows = [payment_row(order.id, order.ref, told, known.get(told.ref)) for told in payments]
    if not rows:
        return
    row = insert(Payment).values(rows)
    fresh = ("kind", "authorised_minor", "captured_minor", "elsewhere_minor")
    tx.session.execute(
        row.on_conflict_do_update(
            index_elements=["order_id", "ref"], set_={name: row.excluded[name] for name in fresh}
        )
    )


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
