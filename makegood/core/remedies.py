"""Quotes: what a remedy gives, line by line, in the order's currency and in the house's."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from makegood.core.authority import Authority, in_house
from makegood.core.errors import Refusal, UnknownName
from makegood.core.money import Money, total, zero
from makegood.core.statutes import Bearer


class Remedy(StrEnum):
    """What a customer gets."""

    REFUND = "refund"
    PARTIAL_REFUND = "partial_refund"
    KEEP_OFFER = "keep_offer"
    RESHIP = "reship"
    EXCHANGE = "exchange"
    REPAIR = "repair"
    COUPON = "coupon"
    NONE = "none"


class LineKind(StrEnum):
    """The books of an order: principal of its units, freight both ways, goodwill. A deduction is negative."""

    GOODS = "goods"
    DEDUCTION = "deduction"
    OUTBOUND_FREIGHT = "outbound_freight"
    RETURN_FREIGHT = "return_freight"
    GOODWILL = "goodwill"


_PAYS = frozenset({Remedy.REFUND, Remedy.PARTIAL_REFUND, Remedy.KEEP_OFFER})
_SENDS = frozenset({Remedy.RESHIP, Remedy.EXCHANGE})


class Terms(Protocol):
    """What a quote reads of a verdict."""

    @property
    def outbound_freight_refunded(self) -> bool: ...

    @property
    def return_freight(self) -> Bearer: ...


class NothingLeft(Refusal):
    """All of what was paid for the units has been given back already."""

    def __init__(self, units: Sequence[str]) -> None:
        super().__init__(f"nothing is left to give for {', '.join(units)}")
        self.units = tuple(units)


@dataclass(frozen=True, slots=True)
class Unit:
    """One piece. `given` is the principal already given back or reserved for it."""

    ref: str
    paid: Money
    given: Money

    @property
    def left(self) -> Money:
        return self.paid - self.given


@dataclass(frozen=True, slots=True)
class OrderFigures:
    """What an order's buyer paid, and what was given back of it."""

    currency: str
    units: tuple[Unit, ...]
    freight_paid: Money
    freight_given: Money

    def chosen(self, refs: Collection[str]) -> tuple[Unit, ...]:
        """The named units; all of them when none is named."""
        known = [unit.ref for unit in self.units]
        for ref in refs:
            if ref not in known:
                raise UnknownName("order", "unit", ref, known)
        return tuple(unit for unit in self.units if not refs or unit.ref in refs)


@dataclass(frozen=True, slots=True)
class Line:
    """`unit` is set for goods and their deductions."""

    kind: LineKind
    amount: Money
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Quote:
    """`pays` moves as money; `gives` is the worth of all that the customer gets, and what limits look at."""

    remedy: Remedy
    lines: tuple[Line, ...]
    pays: Money
    gives: Money
    gives_house: Money

    def of(self, *kinds: LineKind) -> Money:
        return total((line.amount for line in self.lines if line.kind in kinds), self.pays.currency)


def quote(
    order: OrderFigures,
    remedy: Remedy,
    share: int,
    units: Collection[str],
    verdict: Terms,
    authority: Authority,
    *,
    deduction: int = 0,
    return_label: Money | None = None,
    goodwill: Money | None = None,
) -> Quote:
    """`share` and `deduction` are whole percent; both round in the customer's favour.

    Of each unit at most what is left of it is given. Outbound freight goes back with a full refund of
    everything that the order still has, and only if the verdict says so. `return_label` is what our label
    cost: it is taken off only where the customer bears the freight, and never below nothing.
    """
    chosen = order.chosen(units)
    if remedy in (Remedy.NONE, Remedy.REPAIR):
        return _sum(remedy, (), order.currency, authority)
    if remedy is Remedy.COUPON:
        amount = goodwill or zero(order.currency)
        return _sum(remedy, (Line(LineKind.GOODWILL, amount),), order.currency, authority)
    goods = _goods(chosen, 100 if remedy in _SENDS else share)
    lines = [*goods, *_deductions(goods, 0 if remedy in _SENDS else deduction)]
    if remedy is Remedy.REFUND and share == 100:
        lines += _outbound(order, chosen, verdict)
        lines += _label(lines, return_label, verdict, order.currency)
    if goodwill is not None:
        lines.append(Line(LineKind.GOODWILL, goodwill))
    return _sum(remedy, tuple(lines), order.currency, authority)


def deduct(amount: Money, percent: int) -> tuple[Money, Money]:
    """What is left of `amount` and what is taken off; the customer's part is rounded up."""
    kept = amount.share(100 - percent)
    return kept, amount - kept


def _goods(chosen: Sequence[Unit], share: int) -> list[Line]:
    """The share of all chosen units together is rounded once, then split by what was paid for each."""
    paid = total((unit.paid for unit in chosen), chosen[0].paid.currency)
    if paid.minor == 0 or share == 0:
        return []
    parts = paid.share(share).allocate([unit.paid.minor for unit in chosen])
    capped = [(unit, min(part, unit.left)) for unit, part in zip(chosen, parts, strict=True)]
    lines = [Line(LineKind.GOODS, part, unit.ref) for unit, part in capped if part.minor > 0]
    if not lines:
        raise NothingLeft([unit.ref for unit in chosen])
    return lines


def _deductions(goods: Sequence[Line], percent: int) -> list[Line]:
    if percent == 0 or not goods:
        return []
    whole = total((line.amount for line in goods), goods[0].amount.currency)
    parts = deduct(whole, percent)[1].allocate([line.amount.minor for line in goods])
    taken = zip(goods, parts, strict=True)
    return [Line(LineKind.DEDUCTION, -part, line.unit) for line, part in taken if part.minor]


def _outbound(order: OrderFigures, chosen: Sequence[Unit], verdict: Terms) -> list[Line]:
    """A buyer who keeps something keeps its delivery too."""
    refs = {unit.ref for unit in chosen}
    keeps = any(unit.left.minor > 0 for unit in order.units if unit.ref not in refs)
    left = order.freight_paid - order.freight_given
    if keeps or left.minor <= 0 or not verdict.outbound_freight_refunded:
        return []
    return [Line(LineKind.OUTBOUND_FREIGHT, left)]


def _label(lines: Sequence[Line], label: Money | None, verdict: Terms, currency: str) -> list[Line]:
    if label is None or verdict.return_freight is Bearer.SELLER:
        return []
    cost = min(label, total((line.amount for line in lines), currency))
    return [Line(LineKind.RETURN_FREIGHT, -cost)] if cost.minor > 0 else []


def _sum(remedy: Remedy, lines: tuple[Line, ...], currency: str, authority: Authority) -> Quote:
    gives = total((line.amount for line in lines), currency)
    pays = gives if remedy in _PAYS else zero(currency)
    return Quote(remedy, lines, pays, gives, in_house(authority, gives))
