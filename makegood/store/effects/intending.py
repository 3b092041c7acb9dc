"""Intending an effect: the ledger's row and its reservation, written before the call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from makegood.core.money import Money
from makegood.store import orders
from makegood.store.cases.rows import lock as lock_case
from makegood.store.effects.reserving import Allocation, fit, refuse_excess, reserve
from makegood.store.effects.rows import bound, lock
from makegood.store.errors import EffectSettled, KeyReused, Misallocated, OrderBusy
from makegood.store.flat import vars_of
from makegood.store.models import IS_UNSETTLED, Effect, Order
from makegood.store.transaction import Tx, encode
from makegood.store.words import EffectStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What is about to be done. `money` is what moves; None for an effect that moves none."""

    key: str
    step: str
    visit: int
    action: str
    arguments: Mapping[str, Any]
    money: Money | None = None


@dataclass(frozen=True, slots=True)
class Intended:
    """`fresh` is False when the ledger had this key: the call may have been made, see `effect.status`."""

    effect: Effect
    fresh: bool


def intend(
    tx: Tx,
    case_id: int,
    order_id: int | None,
    intent: Intent,
    allocations: Sequence[Allocation] = (),
    *,
    now: datetime,
    look_at: datetime | None = None,
) -> Intended:
    """Locks case and order, reserves, and writes the row. The caller calls the provider after commit.

    The same key with the same bytes returns the row there is, or intends a failed one again. `look_at`
    is when the sweep should suspect that the caller died in between.
    Raises OrderBusy, OverCompensated, KeyReused, Misallocated; nothing is written then.
    """
    lock_case(tx, case_id)
    pays = intent.money is not None or bool(allocations)
    order = _lock_order(tx, order_id, intent.key) if pays else None
    digest = digest_of(tx, order_id, intent, allocations)
    known = tx.session.scalar(select(Effect).where(Effect.key == intent.key))
    if known is not None and (known.arguments_hash != digest or known.case_id != case_id):
        raise KeyReused(intent.key)
    if known is not None and known.status is not EffectStatus.FAILED:
        return Intended(known, fresh=False)
    if order is not None:
        fit(intent.key, order, intent.money, allocations)
        _refuse_busy(tx, order, intent.key)
        refuse_excess(order, allocations)
    if known is not None:
        effect = _again(tx, intent.key, now, look_at)
    else:
        effect = _insert(tx, case_id, order_id, intent, digest, pays, now, look_at)
    if order is not None:
        reserve(tx, order, intent.key, allocations, again=known is not None)
    return Intended(effect, fresh=True)


def called_again(tx: Tx, key: str, now: datetime, *, anew: bool) -> None:
    """The same call is about to be made once more: under a key that the provider still knows, or `anew`:
    what was called before is proved not to have happened, and the life of the key begins again."""
    effect = lock(tx, key)
    if effect.status not in (EffectStatus.INTENDED, EffectStatus.UNKNOWN):
        raise EffectSettled(key, effect.status, EffectStatus.INTENDED)
    again = {"called_at": now, "attempts": Effect.attempts + 1, **({"intended_at": now} if anew else {})}
    tx.session.execute(update(Effect).where(Effect.key == key).values(**again))


def _lock_order(tx: Tx, order_id: int | None, key: str) -> Order:
    if order_id is None:
        raise Misallocated(key, "money of no order")
    return orders.lock(tx, order_id)


def _refuse_busy(tx: Tx, order: Order, key: str) -> None:
    query = select(Effect.key, Effect.status).where(
        Effect.order_id == order.id, Effect.pays, IS_UNSETTLED, Effect.key != key
    )
    other = tx.session.execute(query.limit(1)).one_or_none()
    if other is not None:
        raise OrderBusy(order.ref, other.key, other.status)


def _insert(
    tx: Tx,
    case_id: int,
    order_id: int | None,
    intent: Intent,
    digest: bytes,
    pays: bool,
    now: datetime,
    look_at: datetime | None,
) -> Effect:
    row = insert(Effect).values(
        key=intent.key,
        case_id=case_id,
        order_id=order_id,
        step=intent.step,
        visit=intent.visit,
        action=intent.action,
        arguments_cipher=tx.seal(case_id, encode(intent.arguments), bound(intent.key, "arguments")),
        arguments_hash=digest,
        status=EffectStatus.INTENDED,
        pays=pays,
        money_minor=None if intent.money is None else intent.money.minor,
        currency=None if intent.money is None else intent.money.currency,
        intended_at=now,
        called_at=now,
        next_look_at=look_at,
    )
    return tx.session.scalars(row.returning(Effect)).one()


def _again(tx: Tx, key: str, now: datetime, look_at: datetime | None) -> Effect:
    row = update(Effect).where(Effect.key == key)
    row = row.values(
        status=EffectStatus.INTENDED,
        attempts=Effect.attempts + 1,
        intended_at=now,
        called_at=now,
        settled_at=None,
        error=None,
        next_look_at=look_at,
    )
    return tx.session.scalars(row.returning(Effect)).one()


def digest_of(tx: Tx, order_id: int | None, intent: Intent, allocations: Sequence[Allocation]) -> bytes:
    """Over all that the provider and the books are told under this key; keyed, see Vault.digest."""
    told = {
        "action": intent.action,
        "arguments": intent.arguments,
        "order": order_id,
        "money": None if intent.money is None else [intent.money.minor, intent.money.currency],
        "allocations": sorted(encode(vars_of(line)).decode() for line in allocations),
    }
    return tx.vault.digest(intent.key.encode() + b"\n" + encode(told))
