"""Reservations: what an effect gives back, held against units, payments, freight and goodwill."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import insert, select, text, update

from makegood.core.money import Money
from makegood.store.errors import Misallocated, OverCompensated
from makegood.store.models import Order, Reservation
from makegood.store.transaction import Tx
from makegood.store.words import Bucket, ReservationStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """One line: `amount_minor` for a unit, the freight or goodwill, through a payment or as goods (None)."""

    bucket: Bucket
    amount_minor: int
    unit_id: int | None = None
    payment_id: int | None = None


# `reserved` and `given` are signed changes; the CHECKs of the tables have the last word
_UNITS = text(
    "update order_units set reserved_minor = reserved_minor + :reserved, given_minor = given_minor + :given"
    " where id = :id"
)
_PAYMENTS = text(
    "update payments set reserved_minor = reserved_minor + :reserved,"
    " refunded_minor = refunded_minor + :given where id = :id"
)
_ORDER = text(
    "update orders set freight_reserved_minor = freight_reserved_minor + :freight_reserved,"
    " freight_given_minor = freight_given_minor + :freight_given,"
    " goodwill_reserved_minor = goodwill_reserved_minor + :goodwill_reserved,"
    " goodwill_given_minor = goodwill_given_minor + :goodwill_given where id = :id"
)


def fit(key: str, order: Order, money: Money | None, lines: Sequence[Allocation]) -> None:
    """Raises Misallocated unless the lines are this order's and add up to the money that moves.

    Money moves through payments; where no line names one (a coupon), all lines are the money.
    """
    units, payments = {unit.id for unit in order.units}, {payment.id for payment in order.payments}
    if len(set(_places(lines))) != len(lines):
        raise Misallocated(key, "two lines for one place")
    for line in lines:
        if line.amount_minor <= 0:
            raise Misallocated(key, f"a line of {line.amount_minor}")
        if (line.bucket is Bucket.UNIT) != (line.unit_id is not None):
            raise Misallocated(key, f"bucket {line.bucket} with unit {line.unit_id}")
        if line.unit_id is not None and line.unit_id not in units:
            raise Misallocated(key, f"unit {line.unit_id} is not of order {order.ref}")
        if line.payment_id is not None and line.payment_id not in payments:
            raise Misallocated(key, f"payment {line.payment_id} is not of order {order.ref}")
    through = [line for line in lines if line.payment_id is not None]
    if money is None:
        if through:
            raise Misallocated(key, "lines go through payments, but no money moves")
        return
    total = sum(line.amount_minor for line in through or lines)
    if (money.currency, money.minor) != (order.currency, total):
        raise Misallocated(
            key, f"{money.minor} {money.currency} moves, {total} {order.currency} is allocated"
        )


def refuse_excess(order: Order, lines: Sequence[Allocation]) -> None:
    """Raises OverCompensated with what is left, under the order's lock."""
    units, payments, buckets = _totals(lines)
    for unit in order.units:
        if units[unit.id] > unit.left_minor:
            what = f"unit {unit.line_ref}/{unit.unit_no}"
            raise OverCompensated(order.ref, what, units[unit.id], unit.left_minor)
    for payment in order.payments:
        if payments[payment.id] > payment.left_minor:
            raise OverCompensated(
                order.ref, f"payment {payment.ref}", payments[payment.id], payment.left_minor
            )
    caps = {Bucket.FREIGHT: order.freight_left_minor, Bucket.GOODWILL: order.goodwill_left_minor}
    for bucket, left in caps.items():
        if buckets[bucket] > left:
            raise OverCompensated(order.ref, bucket, buckets[bucket], left)


def reserve(tx: Tx, order: Order, key: str, lines: Sequence[Allocation], again: bool) -> None:
    """Under the order's lock, once nothing is in excess. `again` revives the lines of a failed effect."""
    _shift(tx, order.id, lines, reserved=1, given=0)
    if again:
        _mark(tx, key, ReservationStatus.RESERVED)
    elif lines:
        rows = [{"effect_key": key, "status": ReservationStatus.RESERVED, **asdict(line)} for line in lines]
        tx.session.execute(insert(Reservation).values(rows))


def consume(tx: Tx, order_id: int, key: str) -> None:
    _settle(tx, order_id, key, ReservationStatus.RESERVED, ReservationStatus.CONSUMED, reserved=-1, given=1)


def release(tx: Tx, order_id: int, key: str) -> None:
    _settle(tx, order_id, key, ReservationStatus.RESERVED, ReservationStatus.RELEASED, reserved=-1, given=0)


def take_back(tx: Tx, order_id: int, key: str) -> bool:
    """False when nothing of it is given any more."""
    return _settle(
        tx, order_id, key, ReservationStatus.CONSUMED, ReservationStatus.RELEASED, reserved=0, given=-1
    )


def _settle(
    tx: Tx,
    order_id: int,
    key: str,
    found: ReservationStatus,
    to: ReservationStatus,
    *,
    reserved: int,
    given: int,
) -> bool:
    rows = select(Reservation).where(Reservation.effect_key == key, Reservation.status == found)
    lines = [
        Allocation(
            bucket=row.bucket, amount_minor=row.amount_minor, unit_id=row.unit_id, payment_id=row.payment_id
        )
        for row in tx.session.scalars(rows)
    ]
    _shift(tx, order_id, lines, reserved=reserved, given=given)
    _mark(tx, key, to)
    return bool(lines)


def _shift(tx: Tx, order_id: int, lines: Sequence[Allocation], *, reserved: int, given: int) -> None:
    units, payments, buckets = _totals(lines)
    for statement, totals in ((_UNITS, units), (_PAYMENTS, payments)):
        changes = [
            {"id": row, "reserved": reserved * minor, "given": given * minor} for row, minor in totals.items()
        ]
        if changes:
            tx.session.execute(statement, changes)
    freight, goodwill = buckets[Bucket.FREIGHT], buckets[Bucket.GOODWILL]
    if freight or goodwill:
        change = {"freight_reserved": reserved * freight, "freight_given": given * freight}
        change |= {"goodwill_reserved": reserved * goodwill, "goodwill_given": given * goodwill}
        tx.session.execute(_ORDER, {"id": order_id, **change})


def _totals(lines: Iterable[Allocation]) -> tuple[Counter[int], Counter[int], Counter[Bucket]]:
    """Minor units per unit, per payment and per bucket."""
    units: Counter[int] = Counter()
    payments: Counter[int] = Counter()
    buckets: Counter[Bucket] = Counter()
    for line in lines:
        buckets[line.bucket] += line.amount_minor
        if line.unit_id is not None:
            units[line.unit_id] += line.amount_minor
        if line.payment_id is not None:
            payments[line.payment_id] += line.amount_minor
    return units, payments, buckets


def _places(lines: Iterable[Allocation]) -> list[tuple[Bucket, int | None, int | None]]:
    return [(line.bucket, line.unit_id, line.payment_id) for line in lines]


def _mark(tx: Tx, key: str, status: ReservationStatus) -> None:
    tx.session.execute(update(Reservation).where(Reservation.effect_key == key).values(status=status))
