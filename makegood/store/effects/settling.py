"""Settling an effect: done consumes what it reserved, failed releases it, unknown keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, update

from makegood.store.effects import reserving
from makegood.store.effects.rows import bound, lock
from makegood.store.errors import EffectSettled
from makegood.store.models import Effect
from makegood.store.transaction import Tx, encode
from makegood.store.words import EffectStatus

_OPEN = (EffectStatus.INTENDED, EffectStatus.UNKNOWN)


def done(
    tx: Tx, key: str, *, provider_ref: str | None, result: Mapping[str, Any] | None, now: datetime
) -> Effect:
    """It happened. Told again with the same reference, nothing changes; with another, or after a failure,
    it raises EffectSettled, for then money may have moved that is not in the books."""
    effect = lock(tx, key)
    if effect.status is EffectStatus.DONE and effect.provider_ref == provider_ref:
        return effect
    _admit(effect, EffectStatus.DONE)
    if effect.pays and effect.order_id is not None:
        reserving.consume(tx, effect.order_id, key)
    sealed = None if result is None else tx.seal(effect.case_id, encode(result), bound(key, "result"))
    return _settle(
        tx,
        key,
        EffectStatus.DONE,
        provider_ref=provider_ref,
        result_cipher=sealed,
        settled_at=now,
        error=None,
    )


def failed(tx: Tx, key: str, *, error: str, now: datetime) -> Effect:
    """It certainly did not happen. `error` is a code. The same key may be intended again."""
    effect = lock(tx, key)
    if effect.status is EffectStatus.FAILED:
        return effect
    _admit(effect, EffectStatus.FAILED)
    if effect.pays and effect.order_id is not None:
        reserving.release(tx, effect.order_id, key)
    return _settle(tx, key, EffectStatus.FAILED, error=error, settled_at=now)


def unknown(tx: Tx, key: str, *, error: str, look_at: datetime | None, now: datetime) -> Effect:
    """It may have happened. `look_at` is when to look it up; None when a person has to."""
    effect = lock(tx, key)
    _admit(effect, EffectStatus.UNKNOWN)
    row = update(Effect).where(Effect.key == key)
    since = func.coalesce(Effect.unknown_since, now)
    row = row.values(status=EffectStatus.UNKNOWN, error=error, next_look_at=look_at, unknown_since=since)
    return tx.session.scalars(row.returning(Effect)).one()


def looked(tx: Tx, key: str, look_at: datetime | None) -> None:
    """Nothing was found yet, and that is no proof yet: look again then."""
    effect = lock(tx, key)
    _admit(effect, EffectStatus.UNKNOWN)
    tx.session.execute(update(Effect).where(Effect.key == key).values(next_look_at=look_at))


def take_back(tx: Tx, key: str) -> bool:
    """What a done effect gave has come back (a reship lost on its way): it may be given once more.

    False when it was taken back before. Raises EffectSettled for one that is not done.
    """
    effect = lock(tx, key)
    if effect.status is not EffectStatus.DONE:
        raise EffectSettled(key, effect.status, "taken back")
    return effect.order_id is not None and reserving.take_back(tx, effect.order_id, key)


def _admit(effect: Effect, to: EffectStatus) -> None:
    if effect.status not in _OPEN:
        raise EffectSettled(effect.key, effect.status, to)


def _settle(tx: Tx, key: str, status: EffectStatus, **values: Any) -> Effect:
    settled = {"status": status, "next_look_at": None, "unknown_since": None, **values}
    row = update(Effect).where(Effect.key == key).values(**settled)
    return tx.session.scalars(row.returning(Effect)).one()
