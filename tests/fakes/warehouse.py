"""A warehouse in memory; `states` says how far each order's pick is."""

from __future__ import annotations

from collections.abc import Mapping, Set

from makegood.gateways.outcomes import Refused
from makegood.gateways.results import Hold, Interception, Release
from tests.fakes.provider import FakeProvider

SHIPPED = ("shipped", "delivered")


class FakeWarehouse(FakeProvider):
    """`FakeWarehouse({"A-1": "picking"}, wins={"A-1"})`: for `wins` an interception comes too late."""

    def __init__(self, states: Mapping[str, str], wins: Set[str] = frozenset()) -> None:
        super().__init__()
        self.states = dict(states)
        self.wins = set(wins)

    def hold(self, order: str, *, key: str) -> Hold:
        return self.once("hold", key, order, lambda: self._hold(order))

    def release(self, order: str, *, key: str) -> Release:
        return self.once("release", key, order, lambda: self._release(order))

    def intercept(self, order: str, *, key: str) -> Interception:
        return self.once("intercept", key, order, lambda: self._intercept(order))

    def find(self, order: str, *, key: str) -> Hold | Release | Interception | None:
        for verb in ("hold", "release", "intercept"):
            if found := self.done(verb, key):
                return found  # type: ignore[no-any-return]  # of the verb's own type
        return None

    def _hold(self, order: str) -> Hold:
        state = self._of(order)
        if state in SHIPPED:
            return Hold(result="shipped")
        if state in ("picking", "packed"):
            return Hold(result="picking")
        if state == "cancelled":
            raise Refused("order_cancelled")
        self.states[order] = "held"
        return Hold(result="held")

    def _release(self, order: str) -> Release:
        if self._of(order) != "held":
            return Release(result="not_held")
        self.states[order] = "not_started"
        return Release(result="released")

    def _intercept(self, order: str) -> Interception:
        state = self._of(order)
        if state == "cancelled":
            raise Refused("order_cancelled")
        if state in SHIPPED:
            return Interception(result="too_late")
        if state in ("picking", "packed") and order in self.wins:
            self.states[order] = "shipped"
            return Interception(result="too_late")
        self.states[order] = "held"
        return Interception(result="stopped")

    def _of(self, order: str) -> str:
        if order not in self.states:
            raise Refused("order_not_found", known=sorted(self.states))
        return self.states[order]
