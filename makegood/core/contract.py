"""What an action's contract is: its kind, its typed arguments and results, and its error codes."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from makegood.core.facts import Field


class Kind(StrEnum):
    """`query` reads the world, `pure` computes, `effect` changes the world and is ledgered."""

    QUERY = "query"
    PURE = "pure"
    EFFECT = "effect"


@dataclass(frozen=True, slots=True)
class Contract:
    """`optional` arguments may be left out; `errors` are the codes that `on_error` may branch on.

    `money` pays, `goods` gives something of the paid price's worth: both are gated by an approval.
    `ships` says that something is on its way once it is done.
    """

    name: str
    version: int
    kind: Kind
    arguments: dict[str, Field] = field(default_factory=dict)
    optional: frozenset[str] = frozenset()
    result: dict[str, Field] = field(default_factory=dict)
    errors: tuple[str, ...] = ()
    money: bool = False
    goods: bool = False
    ships: bool = False
    title: str = ""

    @property
    def gated(self) -> bool:
        """Whether it gives the customer anything, so that no way may lead to it without an approval."""
        return self.money or self.goods
