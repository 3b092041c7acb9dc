"""Statements: of a case's order, what was paid for each piece and what of it was given back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from makegood.core.money import Money
from makegood.store import orders
from makegood.store.models import Case
from makegood.store.transaction import Tx


@dataclass(frozen=True, slots=True)
class UnitView:
    """One piece of the order; `given` includes what is reserved for a payment under way."""

    ref: str
    title: str
    category: str
    paid: Money
    given: Money


@dataclass(frozen=True, slots=True)
class OrderView:
    """As it was loaded last. `freight` and `goodwill` are (paid or cap, given or reserved)."""

    ref: str
    currency: str
    placed_at: datetime
    delivered_at: datetime | None
    units: tuple[UnitView, ...]
    freight: tuple[Money, Money]
    goodwill: tuple[Money, Money]


def order_of(tx: Tx, case: Case) -> OrderView | None:
    """None for a case whose order is not known, or was not loaded yet."""
    if case.order_id is None:
        return None
    row = orders.get(tx, case.order_id)

    def money(minor: int) -> Money:
        return Money(minor=minor, currency=row.currency)

    units = tuple(
        UnitView(
            ref=f"{unit.line_ref}/{unit.unit_no}",
            title=unit.title,
            category=unit.category,
            paid=money(unit.paid_minor),
            given=money(unit.given_minor + unit.reserved_minor),
        )
        for unit in row.units
    )
    freight = money(row.freight_paid_minor), money(row.freight_given_minor + row.freight_reserved_minor)
    goodwill = money(row.goodwill_cap_minor), money(row.goodwill_given_minor + row.goodwill_reserved_minor)
    return OrderView(row.ref, row.currency, row.placed_at, row.delivered_at, units, freight, goodwill)
