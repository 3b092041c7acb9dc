"""Allocating: an amount split over units, freight and payments, to the last minor unit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from makegood.core.money import Money
from makegood.store.effects import Allocation
from makegood.store.models import Order, OrderUnit, Payment
from makegood.store.words import Bucket

Share = tuple[Bucket, int | None, int]
"""Bucket, unit and minor units."""


def allocate(order: Order, units: Sequence[OrderUnit], amount: int, freight: int) -> tuple[Allocation, ...]:
    """`amount` in all, `freight` of it for delivery; the rest over the units by what was paid for each.

    What the units cannot take stays on the last of them: the store then refuses it as too much, rather
    than paying less than was decided.
    """
    shares: list[Share] = [(Bucket.UNIT, unit.id, minor) for unit, minor in _split(units, amount - freight)]
    if freight:
        shares.append((Bucket.FREIGHT, None, freight))
    return _through_payments(shares, order.payments)


def allocate_by_hand(units: Sequence[OrderUnit], amount: int, freight: int) -> tuple[Allocation, ...]:
    """As `allocate`, but through no payment: the acquirers know nothing of it."""
    lines = [
        Allocation(bucket=Bucket.UNIT, unit_id=unit.id, amount_minor=minor)
        for unit, minor in _split(units, amount - freight)
    ]
    if freight:
        lines.append(Allocation(bucket=Bucket.FREIGHT, amount_minor=freight))
    return tuple(lines)


def void_lines(order: Order) -> tuple[Allocation, ...]:
    """All that is authorised and not captured, against all that the order has."""
    open_payments = [payment for payment in order.payments if payment.captured_minor == 0]
    total = sum(payment.left_minor for payment in open_payments)
    freight = min(order.freight_left_minor, total)
    goods = min(total - freight, sum(unit.left_minor for unit in order.units))
    shares: list[Share] = [(Bucket.UNIT, unit.id, minor) for unit, minor in _split(order.units, goods)]
    if freight:
        shares.append((Bucket.FREIGHT, None, freight))
    return _through_payments(shares, open_payments)


def _split(units: Sequence[OrderUnit], amount: int) -> list[tuple[OrderUnit, int]]:
    """By price paid, each at most what is left of it; what that leaves over goes where there is room."""
    if amount <= 0 or not units:
        return []
    weights = [unit.paid_minor for unit in units]
    if sum(weights) == 0:
        weights = [1 for _ in units]
    parts = [part.minor for part in Money(minor=amount, currency="XXX").allocate(weights)]
    given = [min(part, unit.left_minor) for part, unit in zip(parts, units, strict=True)]
    rest = amount - sum(given)
    for at, unit in enumerate(units):
        more = min(rest, unit.left_minor - given[at])
        given[at] += more
        rest -= more
    given[-1] += rest
    return [(unit, minor) for unit, minor in zip(units, given, strict=True) if minor > 0]


def _through_payments(shares: Sequence[Share], payments: Sequence[Payment]) -> tuple[Allocation, ...]:
    """Each share through the first payments that still have room; the last takes what none has."""
    if not payments:
        return ()
    left = {payment.id: payment.left_minor for payment in payments}
    lines: dict[tuple[Bucket, int | None, int], int] = {}
    for bucket, unit, minor in shares:
        rest = minor
        for payment in payments:
            is_last = payment is payments[-1]
            part = rest if is_last else min(rest, left[payment.id])
            if part > 0:
                place = (bucket, unit, payment.id)
                lines[place] = lines.get(place, 0) + part
                left[payment.id] -= part
                rest -= part
    return tuple(
        Allocation(bucket=bucket, unit_id=unit, payment_id=payment, amount_minor=minor)
        for (bucket, unit, payment), minor in lines.items()
    )


def through(order: Order, lines: Sequence[Allocation]) -> list[dict[str, Any]]:
    """What each payment gives back, in the order of the payments."""
    refs = {payment.id: payment.ref for payment in order.payments}
    totals: dict[str, int] = {}
    for line in lines:
        assert line.payment_id is not None
        ref = refs[line.payment_id]
        totals[ref] = totals.get(ref, 0) + line.amount_minor
    return [{"payment": ref, "minor": minor} for ref, minor in totals.items()]
