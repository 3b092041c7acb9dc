"""Lists of cases: what is due, what a desk shows, what a customer has had."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, func, select, tuple_

from makegood.store.memory import remembered
from makegood.store.models import IS_OPEN, Case
from makegood.store.transaction import Tx
from makegood.store.words import CaseStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What is None or empty does not narrow the list."""

    status: CaseStatus | None = None
    owner: str | None = None
    procedure: str | None = None
    markets: tuple[str, ...] = ()


class Head(NamedTuple):
    """The end of one chain, as a checkpoint signs it."""

    number: str
    seq: int
    hash: bytes


def due(tx: Tx, now: datetime, limit: int = 100) -> list[Case]:
    """Open cases whose `wake_at` has come, the longest overdue first. Nothing is locked."""
    return list(tx.session.scalars(due_query(now, limit)))


def due_query(now: datetime, limit: int) -> Select[tuple[Case]]:
    return select(Case).where(IS_OPEN, Case.wake_at <= now).order_by(Case.wake_at, Case.id).limit(limit)


def page(
    tx: Tx, wanted: Filter | None = None, after: tuple[datetime, int] | None = None, limit: int = 50
) -> list[Case]:
    """Newest first. `after` is `(opened_at, id)` of the last row of the page before."""
    wanted = wanted or Filter()
    query = select(Case).order_by(Case.opened_at.desc(), Case.id.desc()).limit(limit)
    if after is not None:
        query = query.where(tuple_(Case.opened_at, Case.id) < after)
    if wanted.status is not None:
        query = query.where(Case.status == wanted.status)
    if wanted.owner is not None:
        query = query.where(Case.owner == wanted.owner)
    if wanted.procedure is not None:
        query = query.where(Case.procedure == wanted.procedure)
    if wanted.markets:
        query = query.where(Case.market.in_(wanted.markets))
    return list(tx.session.scalars(query))


def count_by_status(tx: Tx) -> dict[CaseStatus, int]:
    """Every status is a key, also those that no case has."""
    rows = tx.session.execute(select(Case.status, func.count()).group_by(Case.status))
    return dict.fromkeys(CaseStatus, 0) | {row[0]: row[1] for row in rows}


@remembered("cases.of_customer")
def of_customer(tx: Tx, customer: UUID) -> list[Case]:
    query = select(Case).where(Case.customer_id == customer)
    return list(tx.session.scalars(query.order_by(Case.opened_at, Case.id)))


def of_order(tx: Tx, order_id: int, only_open: bool = False) -> list[Case]:
    query = select(Case).where(Case.order_id == order_id).order_by(Case.opened_at, Case.id)
    return list(tx.session.scalars(query.where(IS_OPEN) if only_open else query))


def of_order_ref(tx: Tx, order_ref: str, only_open: bool = False) -> list[Case]:
    """By the shop's own number: also cases whose order was not loaded yet."""
    query = select(Case).where(Case.order_ref == order_ref).order_by(Case.opened_at, Case.id)
    return list(tx.session.scalars(query.where(IS_OPEN) if only_open else query))


def opened_since(tx: Tx, customer: UUID, since: datetime) -> int:
    """How many cases the customer has opened; the fact `case.claims_90d` is this for 90 days."""
    query = select(func.count()).where(Case.customer_id == customer, Case.opened_at >= since)
    return tx.session.scalar(query) or 0


def heads(tx: Tx) -> Iterator[Head]:
    """The end of every chain, in order of number."""
    for row in tx.session.execute(select(Case.number, Case.seq, Case.head).order_by(Case.number)):
        yield Head(*row)
