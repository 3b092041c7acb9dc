"""The shapes of an action: a query answers at once; an effect is prepared, intended, called, looked up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from makegood.core.decisions import Do
from makegood.core.facts import Facts
from makegood.core.money import Money
from makegood.desk.driving import Hand
from makegood.desk.ports import Provider
from makegood.store.effects import Allocation
from makegood.store.transaction import Tx


@dataclass(frozen=True, slots=True)
class Prepared:
    """The effect's exact arguments, kept sealed and used byte for byte by every try.

    `allocations` say which unit, payment and bucket each cent is for; `pays` effects of one order
    exclude one another.
    """

    arguments: Mapping[str, Any]
    order_id: int | None = None
    money: Money | None = None
    pays: bool = False
    allocations: tuple[Allocation, ...] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """Not now: quiet hours, or a cap on messages."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Dropped:
    """Not at all, and why: the case goes on without it."""

    why: str


@dataclass(frozen=True, slots=True)
class Done:
    """`values` are the contract's result, `ref` is the provider's, `ledger` what the ledger facts become."""

    values: Facts = field(default_factory=dict)
    ref: str | None = None
    ledger: Facts = field(default_factory=dict)


class Query(Protocol):
    """Reads or computes. Raises the outcomes of its port, or Refused with a code of its contract."""

    def answer(self, hand: Hand, arguments: Facts) -> Facts: ...


class EffectAction(Protocol):
    """Changes the world, once. `call` and `find` get what `prepare` made."""

    def provider(self, hand: Hand) -> Provider: ...

    def prepare(self, hand: Hand, do: Do) -> Prepared | Held | Dropped: ...

    def call(self, hand: Hand, arguments: Mapping[str, Any], key: str) -> Done: ...

    def find(self, hand: Hand, arguments: Mapping[str, Any], key: str) -> Done | None: ...

    def after(self, tx: Tx, hand: Hand, arguments: Mapping[str, Any], key: str) -> None:
        """In the transaction that writes the outcome down."""


@runtime_checkable
class ByHand(Protocol):
    """An effect whose result is known from its arguments, so that a person may say that it happened."""

    def by_hand(self, hand: Hand, arguments: Mapping[str, Any]) -> Done: ...

    def is_begun(self, hand: Hand, arguments: Mapping[str, Any], key: str) -> bool:
        """Whether part of it is there: then nobody may say that it did not happen."""
