"""Timers: the projection of what is due on a case, for display and for the sweep."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, text

from makegood.store.models import Timer
from makegood.store.rows import insert
from makegood.store.transaction import Tx

_FORGET = text("delete from timers where case_id = :case")


def replace(tx: Tx, case_id: int, timers: Sequence[tuple[str, datetime, str]]) -> None:
    """All of the case's timers, as (name, due, meaning). The caller holds the case's lock or lease."""
    tx.session.execute(_FORGET, {"case": case_id})
    rows = [
        {"case_id": case_id, "name": name, "due": due, "meaning": meaning} for name, due, meaning in timers
    ]
    insert(tx, "timers", rows)


def of_case(tx: Tx, case_id: int) -> list[Timer]:
    """Earliest first."""
    query = select(Timer).where(Timer.case_id == case_id).order_by(Timer.due, Timer.name)
    return list(tx.session.scalars(query))


def due(tx: Tx, now: datetime, limit: int = 100) -> list[Timer]:
    query = select(Timer).where(Timer.due <= now).order_by(Timer.due, Timer.case_id, Timer.name)
    return list(tx.session.scalars(query.limit(limit)))
