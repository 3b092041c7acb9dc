"""Cells of a decision table: what one tests, and what one writes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from makegood.core.facts import BOOL, INT, NUMBERS, PERCENT, FactType, Field, Value, enum

_COMPARISON = re.compile(r"^(<=|>=|<|>|==|=)?\s*(-?\d+(?:\.\d+)?%?)$")
_RANGE = re.compile(r"^(-?\d+(?:\.\d+)?%?)\s*\.\.\s*(-?\d+(?:\.\d+)?%?)$")


@dataclass(frozen=True, slots=True)
class Test:
    """One cell. `words` (or booleans) are alternatives; `low` and `high` are inclusive bounds."""

    words: tuple[Value, ...] = ()
    low: int | None = None
    high: int | None = None

    def holds(self, value: Value) -> bool:
        if self.words:
            return value in self.words
        if self.low is None and self.high is None:
            return True
        assert isinstance(value, int)
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


def test_of(cell: str, field: Field) -> Test:
    if cell == "-":
        return Test()
    if field.type is FactType.BOOL:
        return Test(words=(_yes_no(cell),))
    if field.type in NUMBERS:
        return _numeric(cell, field)
    words = tuple(word.strip() for word in cell.split("|"))
    for word in words:
        if field.values and word not in field.values:
            raise ValueError(f"{word!r} is not {field}")
    return Test(words=words)


def _numeric(cell: str, field: Field) -> Test:
    if span := _RANGE.match(cell):
        low, high = _number(span[1], field), _number(span[2], field)
        if low > high:
            raise ValueError(f"{cell!r} holds for nothing")
        return Test(low=low, high=high)
    found = _COMPARISON.match(cell)
    if not found:
        raise ValueError(f"{cell!r} is not a comparison such as `<= 20` or `3..7`")
    value = _number(found[2], field)
    match found[1]:
        case "<":
            return Test(high=value - 1)
        case "<=":
            return Test(high=value)
        case ">":
            return Test(low=value + 1)
        case ">=":
            return Test(low=value)
        case _:
            return Test(low=value, high=value)


def _number(text: str, field: Field) -> int:
    if field.type is FactType.MONEY:
        whole, point, cents = text.partition(".")
        if not point or len(cents) != 2:
            raise ValueError(f"{text!r}: money is written with its two decimals, such as `20.00`")
        return int(whole + cents)
    if "." in text or (text.endswith("%") and field.type is not FactType.PERCENT):
        raise ValueError(f"{text!r} is not a whole {field.type}")
    return int(text.removesuffix("%"))


def _yes_no(cell: str) -> bool:
    if cell not in ("yes", "no"):
        raise ValueError(f"{cell!r} is not `yes` or `no`")
    return cell == "yes"


def type_of(cells: Sequence[str]) -> Field:
    if all(cell in ("yes", "no") for cell in cells):
        return BOOL
    if all(re.fullmatch(r"\d+%", cell) for cell in cells):
        return PERCENT
    if all(re.fullmatch(r"-?\d+", cell) for cell in cells):
        return INT
    return enum(*dict.fromkeys(cells))


def value_of(cell: str, field: Field) -> Value:
    match field.type:
        case FactType.BOOL:
            return _yes_no(cell)
        case FactType.INT | FactType.PERCENT:
            return int(cell.removesuffix("%"))
        case _:
            return cell
