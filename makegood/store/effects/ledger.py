"""The ledger, read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from makegood.store import plain
from makegood.store.effects.rows import bound
from makegood.store.memory import remembered
from makegood.store.models import IS_UNSETTLED, Case, Effect, Reservation
from makegood.store.transaction import Tx, decode
from makegood.store.words import EffectStatus, ReservationStatus


def get(tx: Tx, key: str) -> Effect | None:
    return plain.one(tx, Effect, "key = :key", key=key)


@remembered("effects.of_case")
def of_case(tx: Tx, case_id: int) -> list[Effect]:
    """Oldest first."""
    return plain.find(tx, Effect, "case_id = :case order by intended_at, key", case=case_id)


def unsettled(tx: Tx, case_id: int) -> list[Effect]:
    """Intended or unknown: to be settled before the case does anything else."""
    unsettled = f"case_id = :case and {IS_UNSETTLED.text} order by intended_at, key"
    return plain.find(tx, Effect, unsettled, case=case_id)


def unsettled_of_all(tx: Tx, limit: int = 500) -> list[tuple[Effect, Case]]:
    """Intended or unknown effects of every case, the longest unknown first."""
    query = select(Effect, Case).join(Case, Case.id == Effect.case_id).where(IS_UNSETTLED)
    order = func.coalesce(Effect.unknown_since, Effect.intended_at)
    return [(row[0], row[1]) for row in tx.session.execute(query.order_by(order, Effect.key).limit(limit))]


def look_ups_due(tx: Tx, now: datetime, limit: int = 100) -> list[Effect]:
    """Unknown effects to look up, and intended ones whose caller must be dead by now."""
    query = select(Effect).where(IS_UNSETTLED, Effect.next_look_at <= now)
    return list(tx.session.scalars(query.order_by(Effect.next_look_at, Effect.key).limit(limit)))


def reservations(tx: Tx, key: str) -> list[Reservation]:
    return plain.find(tx, Reservation, "effect_key = :key order by id", key=key)


@remembered("effects.paid")
def paid(tx: Tx, case_id: int) -> int:
    """Minor units that the case's done effects have moved, in its order's currency."""
    query = select(func.sum(Effect.money_minor)).where(Effect.case_id == case_id)
    return int(tx.session.scalar(query.where(Effect.status == EffectStatus.DONE)) or 0)


@remembered("effects.goods")
def goods(tx: Tx, case_id: int) -> int:
    """Minor units' worth of goods that the case has sent again and not written off."""
    query = select(func.sum(Reservation.amount_minor)).join(Effect, Effect.key == Reservation.effect_key)
    query = query.where(Effect.case_id == case_id, Effect.money_minor.is_(None))
    given = query.where(Reservation.status == ReservationStatus.CONSUMED)
    return int(tx.session.scalar(given) or 0)


def arguments(tx: Tx, effect: Effect) -> dict[str, Any]:
    """As they were intended. Raises Erased."""
    return decode(tx.unseal(effect.case_id, effect.arguments_cipher, bound(effect.key, "arguments")))


def result(tx: Tx, effect: Effect) -> dict[str, Any] | None:
    """What the provider answered, None unless done. Raises Erased."""
    if effect.result_cipher is None:
        return None
    return decode(tx.unseal(effect.case_id, effect.result_cipher, bound(effect.key, "result")))
