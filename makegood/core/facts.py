"""Facts: flat dotted names with small typed values; the only things that conditions read."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

Value = bool | int | str
"""Instants are RFC 3339 strings in UTC; money is integer minor units; shares are whole percent."""

Facts = dict[str, Value]


class FactType(StrEnum):
    """What a fact may hold. `text` is free text and never leaves the ticket store."""

    BOOL = "bool"
    INT = "int"
    MONEY = "money"
    PERCENT = "percent"
    TEXT = "text"
    ENUM = "enum"
    CODE = "code"
    INSTANT = "instant"


@dataclass(frozen=True, slots=True)
class Field:
    """A fact's type; `values` lists the words of an enum. A `code` is an open set of our own words."""

    type: FactType
    values: tuple[str, ...] = ()

    def admits(self, value: Value) -> bool:
        if self.type is FactType.ENUM:
            return isinstance(value, str) and value in self.values
        if self.type is FactType.BOOL:
            return isinstance(value, bool)
        if self.type in NUMBERS:
            return isinstance(value, int) and not isinstance(value, bool)
        return isinstance(value, str)

    def written(self, value: object) -> Value | None:
        """A constant as a file writes it: an enum's word, `20%`, a number, a flag; None for anything else."""
        if (
            self.type is FactType.PERCENT
            and isinstance(value, str)
            and value[:-1].isdigit()
            and value[-1] == "%"
        ):
            return int(value[:-1])
        if isinstance(value, bool | int) or (isinstance(value, str) and value in self.values):
            return value if self.admits(value) else None
        return None

    @property
    def empty(self) -> Value:
        """The value that stands for nothing, where a language rule asks for one."""
        if self.type is FactType.BOOL:
            return False
        return 0 if self.type in NUMBERS else ""

    def __str__(self) -> str:
        return f"one of {', '.join(self.values)}" if self.values else self.type.value


NUMBERS = (FactType.INT, FactType.MONEY, FactType.PERCENT)
BOOL = Field(FactType.BOOL)
INT = Field(FactType.INT)
MONEY = Field(FactType.MONEY)
PERCENT = Field(FactType.PERCENT)
TEXT = Field(FactType.TEXT)
CODE = Field(FactType.CODE)
INSTANT = Field(FactType.INSTANT)


def enum(*values: str) -> Field:
    return Field(FactType.ENUM, tuple(values))


REASONS = (
    "changed_mind",
    "defective",
    "damaged",
    "not_as_described",
    "wrong_item",
    "missing_item",
    "not_delivered",
    "other",
)

BUILT_IN: dict[str, Field] = {
    "case.reason": enum(*REASONS),
    "case.market": CODE,
    "case.channel": CODE,
    "case.tier": CODE,
    "case.locale": CODE,
    "case.has_order": BOOL,
    "case.units": INT,
    "case.unit_refs": CODE,
    "case.about": CODE,
    "ledger.paid": BOOL,
    "ledger.paid_minor": MONEY,
    "ledger.shipped": BOOL,
}
"""Facts that every case has from its first event; `ledger.*` follow from effects that are done."""

UNSAID: Facts = {"case.about": ""}
"""Built-in facts that an opening may leave out. `case.about` is what the calling case hands over."""


def join(name: str, values: Facts) -> Facts:
    """`join("remedy", {"kind": "refund"})` is `{"remedy.kind": "refund"}`."""
    return {f"{name}.{key}": value for key, value in values.items()}
