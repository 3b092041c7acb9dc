"""Claims: which units a case is about, and how often the like was claimed lately."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from makegood.store.models import Case, ClaimedUnit, Order, OrderUnit
from makegood.store.rows import insert
from makegood.store.transaction import Tx


@dataclass(frozen=True, slots=True)
class Lane:
    """The way that parcels take: from the country of a warehouse to a market."""

    ships_from: str
    market: str


def note(tx: Tx, case_id: int, units: Iterable[int]) -> None:
    """Ids of order units. Noted once, however often the order is read."""
    rows = [{"case_id": case_id, "unit_id": unit} for unit in units]
    if rows:
        insert(tx, "claimed_units", rows, "on conflict do nothing")


def of_article(tx: Tx, skus: Collection[str], reason: str, since: datetime) -> int:
    """Of how many orders one of the articles was claimed for the reason; the most claimed one counts.

    Several cases about one order are one claim.
    """
    query = (
        select(func.count(OrderUnit.order_id.distinct()))
        .join(ClaimedUnit, ClaimedUnit.unit_id == OrderUnit.id)
        .join(Case, Case.id == ClaimedUnit.case_id)
        .where(Case.reason == reason, Case.opened_at >= since, OrderUnit.sku.in_(skus))
        .group_by(OrderUnit.sku)
    )
    return max(tx.session.scalars(query), default=0)


def of_lane(tx: Tx, lane: Lane, reasons: Collection[str], since: datetime) -> int:
    """Of how many orders that went this way something was claimed for one of the reasons."""
    query = (
        select(func.count(Case.order_id.distinct()))
        .join(Order, Order.id == Case.order_id)
        .where(Case.reason.in_(reasons), Case.opened_at >= since)
        .where(Order.market == lane.market, Order.facts["ships_from"].astext == lane.ships_from)
    )
    return tx.session.scalar(query) or 0
