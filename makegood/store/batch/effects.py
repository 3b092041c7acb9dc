"""The ledger of many cases: intended under their orders' locks before the calls, settled after them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text

from makegood.store import orders, rows
from makegood.store.effects import Allocation, Intent
from makegood.store.effects.intending import digest_of
from makegood.store.effects.reserving import fit, refuse_excess
from makegood.store.effects.rows import bound
from makegood.store.errors import Misallocated, OverCompensated
from makegood.store.flat import vars_of
from makegood.store.models import Order
from makegood.store.rows import array
from makegood.store.transaction import Tx, encode
from makegood.store.words import Bucket, EffectStatus, ReservationStatus

_LOCK = text("select id from orders where id = any(:ids) order by id for no key update")
_KNOWN = text("select key from effects where key = any(:keys)")
_BUSY = text(
    "select order_id from effects where order_id = any(:orders) and pays"
    " and status in ('intended', 'unknown')"
)
_UNITS = text(
    "update order_units set reserved_minor = reserved_minor + c.minor"
    " from unnest(cast(:id as bigint[]), cast(:minor as bigint[])) as c (id, minor)"
    " where order_units.id = c.id"
)
_PAYMENTS = text(
    "update payments set reserved_minor = reserved_minor + c.minor"
    " from unnest(cast(:id as bigint[]), cast(:minor as bigint[])) as c (id, minor) where payments.id = c.id"
)
_BUCKETS = text(
    "update orders set freight_reserved_minor = freight_reserved_minor + c.freight,"
    " goodwill_reserved_minor = goodwill_reserved_minor + c.goodwill from unnest("
    "cast(:id as bigint[]), cast(:freight as bigint[]), cast(:goodwill as bigint[]))"
    " as c (id, freight, goodwill) where orders.id = c.id"
)
_DONE = text(
    "update effects set status = 'done', next_look_at = null, unknown_since = null, error = null,"
    " provider_ref = d.ref, result_cipher = d.result, settled_at = :now from unnest("
    "cast(:key as text[]), cast(:ref as text[]), cast(:result as bytea[])) as d (key, ref, result)"
    " where effects.key = d.key and effects.status in ('intended', 'unknown') returning effects.key"
)
# what was reserved is given: per unit, per payment, and in the order's own buckets
_CONSUME = text(
    "with lines as (update reservations r set status = 'consumed' from effects e"
    " where r.effect_key = any(:keys) and r.status = 'reserved' and e.key = r.effect_key"
    " returning r.unit_id, r.payment_id, r.bucket, r.amount_minor, e.order_id),"
    " units as (update order_units u set reserved_minor = u.reserved_minor - s.minor,"
    " given_minor = u.given_minor + s.minor from (select unit_id, sum(amount_minor) as minor from lines"
    " where unit_id is not null group by unit_id) s where u.id = s.unit_id),"
    " paid as (update payments p set reserved_minor = p.reserved_minor - s.minor,"
    " refunded_minor = p.refunded_minor + s.minor from (select payment_id, sum(amount_minor) as minor"
    " from lines where payment_id is not null group by payment_id) s where p.id = s.payment_id)"
    " update orders o set freight_reserved_minor = o.freight_reserved_minor - s.freight,"
    " freight_given_minor = o.freight_given_minor + s.freight,"
    " goodwill_reserved_minor = o.goodwill_reserved_minor - s.goodwill,"
    " goodwill_given_minor = o.goodwill_given_minor + s.goodwill from (select order_id,"
    " coalesce(sum(amount_minor) filter (where bucket = 'freight'), 0) as freight,"
    " coalesce(sum(amount_minor) filter (where bucket = 'goodwill'), 0) as goodwill"
    " from lines where bucket in ('freight', 'goodwill') group by order_id) s where o.id = s.order_id"
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """An effect that is about to be called for, as `effects.intend` takes it."""

    case_id: int
    order_id: int | None
    intent: Intent
    allocations: tuple[Allocation, ...]

    @property
    def pays(self) -> bool:
        return self.intent.money is not None or bool(self.allocations)


@dataclass(frozen=True, slots=True)
class Settled:
    """An effect that is done."""

    case_id: int
    key: str
    order_id: int | None
    pays: bool
    ref: str | None
    result: Mapping[str, Any]


def lock_orders(tx: Tx, wanted: Sequence[Wanted], settled: Sequence[Settled]) -> dict[int, Order]:
    """Whatever pays, before and after its call, holds its order's row; all in one order, cases first."""
    new = {w.order_id for w in wanted if w.pays and w.order_id is not None}
    ids = new | {s.order_id for s in settled if s.pays and s.order_id is not None}
    if ids:
        tx.session.execute(_LOCK, {"ids": array(sorted(ids))})
    return {order.id: order for order in orders.many(tx, sorted(new))} if new else {}


def intend(
    tx: Tx, wanted: Sequence[Wanted], locked: Mapping[int, Order], *, now: datetime, look_at: datetime
) -> tuple[set[int], set[int]]:
    """The cases whose effect is intended, and those that may try again as their order is free in a moment.

    Of the rest (known keys, busy orders, too much, misallocated) nothing is written: a leg sees to them.
    """
    if not wanted:
        return set(), set()
    known = set(tx.session.scalars(_KNOWN, {"keys": array(each.intent.key for each in wanted)}))
    busy = set(tx.session.scalars(_BUSY, {"orders": array(locked)})) if locked else set()
    fine: list[Wanted] = []
    later: set[int] = set()
    taken: set[int] = set()
    for each in wanted:
        if each.intent.key in known or (each.pays and each.order_id in busy):
            continue
        if each.pays and each.order_id in taken:
            later.add(each.case_id)
        elif _admits(each, locked):
            fine.append(each)
            taken |= {each.order_id} if each.pays and each.order_id is not None else set()
    rows.insert(tx, "effects", [_row(tx, each, now, look_at) for each in fine])
    _reserve(tx, [each for each in fine if each.pays])
    return {each.case_id for each in fine}, later


def _admits(each: Wanted, locked: Mapping[int, Order]) -> bool:
    if not each.pays:
        return True
    order = locked.get(each.order_id or 0)
    if order is None:
        return False
    try:
        fit(each.intent.key, order, each.intent.money, each.allocations)
        refuse_excess(order, each.allocations)
    except (Misallocated, OverCompensated):
        return False
    return True


def _row(tx: Tx, each: Wanted, now: datetime, look_at: datetime) -> dict[str, Any]:
    intent = each.intent
    return {
        "key": intent.key,
        "case_id": each.case_id,
        "order_id": each.order_id,
        "step": intent.step,
        "visit": intent.visit,
        "action": intent.action,
        "arguments_cipher": tx.seal(each.case_id, encode(intent.arguments), bound(intent.key, "arguments")),
        "arguments_hash": digest_of(tx, each.order_id, intent, each.allocations),
        "status": EffectStatus.INTENDED,
        "pays": each.pays,
        "money_minor": intent.money and intent.money.minor,
        "currency": intent.money and intent.money.currency,
        "intended_at": now,
        "called_at": now,
        "next_look_at": look_at,
    }


def _reserve(tx: Tx, paying: Sequence[Wanted]) -> None:
    units: Counter[int] = Counter()
    payments: Counter[int] = Counter()
    freight: Counter[int] = Counter()
    goodwill: Counter[int] = Counter()
    lines: list[dict[str, Any]] = []
    for each in paying:
        assert each.order_id is not None
        for line in each.allocations:
            lines.append(
                {"effect_key": each.intent.key, "status": ReservationStatus.RESERVED, **vars_of(line)}
            )
            if line.unit_id is not None:
                units[line.unit_id] += line.amount_minor
            if line.payment_id is not None:
                payments[line.payment_id] += line.amount_minor
            if line.bucket is Bucket.FREIGHT:
                freight[each.order_id] += line.amount_minor
            if line.bucket is Bucket.GOODWILL:
                goodwill[each.order_id] += line.amount_minor
    rows.insert(tx, "reservations", lines)
    for statement, totals in ((_UNITS, units), (_PAYMENTS, payments)):
        if totals:
            tx.session.execute(statement, {"id": array(totals), "minor": array(totals.values())})
    if ids := sorted({*freight, *goodwill}):
        shares = {"freight": array(freight[i] for i in ids), "goodwill": array(goodwill[i] for i in ids)}
        tx.session.execute(_BUCKETS, {"id": array(ids), **shares})


def done(tx: Tx, settled: Sequence[Settled], now: datetime) -> set[int]:
    """The cases whose effect is written up. Another's word on the same effect stands, and is left alone."""
    if not settled:
        return set()
    ciphers = [tx.seal(s.case_id, encode(s.result), bound(s.key, "result")) for s in settled]
    keys, refs = array(s.key for s in settled), array(s.ref for s in settled)
    told = {"key": keys, "ref": refs, "result": array(ciphers), "now": now}
    written = set(tx.session.scalars(_DONE, told).all())
    tx.session.execute(_CONSUME, {"keys": array(s.key for s in settled if s.pays and s.key in written)})
    return {s.case_id for s in settled if s.key in written}
