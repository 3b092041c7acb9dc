"""Promises: the projection of a case's service-level clocks; the journal is the record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import and_, or_, select

from makegood.store.flat import vars_of
from makegood.store.models import IS_OPEN, Case, Promise
from makegood.store.rows import insert
from makegood.store.transaction import Tx
from makegood.store.words import PromiseName


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How one promise stands. `warn_at` and `due` are None while the clock is paused."""

    name: PromiseName
    warn_at: datetime | None
    due: datetime | None
    warned_at: datetime | None = None
    breached_at: datetime | None = None
    met_at: datetime | None = None


_ANEW = "on conflict (case_id, name) do update set " + ", ".join(
    f"{each.name} = excluded.{each.name}" for each in fields(Standing) if each.name != "name"
)


def put(tx: Tx, case_id: int, standings: Sequence[Standing]) -> None:
    """Overwrites the standings of the same names."""
    insert(tx, "promises", [{"case_id": case_id, **vars_of(standing)} for standing in standings], _ANEW)


def of_case(tx: Tx, case_id: int) -> list[Promise]:
    return list(tx.session.scalars(select(Promise).where(Promise.case_id == case_id).order_by(Promise.name)))


def due(tx: Tx, now: datetime, limit: int = 100) -> list[Promise]:
    """Of open cases: those to warn of and those that are breached, neither of which is noted yet."""
    to_warn = and_(Promise.warn_at <= now, Promise.warned_at.is_(None))
    query = (
        select(Promise)
        .join(Case, Case.id == Promise.case_id)
        .where(IS_OPEN, Promise.met_at.is_(None), Promise.breached_at.is_(None))
        .where(or_(to_warn, Promise.due <= now))
        .order_by(Promise.due, Promise.case_id, Promise.name)
    )
    return list(tx.session.scalars(query.limit(limit)))
