"""Fault switches: what goes wrong on a route, how often, and until when."""

import random
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

EVERY_ROUTE = "*"  # stands for each route of the Seller API that has no switch of its own
Rate = Annotated[float, Field(ge=0, le=1)]
Milliseconds = Annotated[int, Field(ge=0, le=600_000)]


class Fault(BaseModel):
    """What goes wrong on one route. Rates are drawn from `seed`, so a run can be had again."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    latency_ms: Milliseconds = Field(0, description="Waits this long before anything is done.")
    error_rate: Rate = Field(0, description="Share of requests answered 500 with nothing done.")
    error_after_rate: Rate = Field(0, description="Share of requests done, committed, and answered 500.")
    timeout_after_success_rate: Rate = Field(
        0, description="Share of requests done and committed whose answer then hangs for `hang_ms`."
    )
    hang_ms: Milliseconds = Field(15_000, description="How long such an answer hangs; a client waits 10 s.")
    lookup_lag_ms: Milliseconds = Field(
        0, description="A look-up does not show what was recorded within this (real) time."
    )
    duplicate_webhooks: bool = Field(False, description="Each webhook of the route is sent twice, same id.")
    reorder_webhooks: bool = Field(False, description="Every other webhook of the route is held back.")
    hold_back_ms: Milliseconds = Field(1_000, description="How long `reorder_webhooks` holds one back.")
    remaining: int | None = Field(
        None, ge=1, description="Switches itself off after so many requests that it hit."
    )
    seed: int = 0


@dataclass(frozen=True)
class Hit:
    """What goes wrong for one request."""

    latency_ms: int = 0
    error: bool = False
    error_after: bool = False
    hang_ms: int = 0
    lookup_lag_ms: int = 0
    copies: int = 1
    hold_back_ms: int = 0


NO_HIT = Hit()


@dataclass
class _Switch:
    fault: Fault
    chance: random.Random
    remaining: int | None
    drawn: int = 0

    def draw(self) -> Hit:
        fault = self.fault
        self.drawn += 1
        error, error_after, hang = (
            self.chance.random() < rate
            for rate in (fault.error_rate, fault.error_after_rate, fault.timeout_after_success_rate)
        )
        return Hit(
            latency_ms=fault.latency_ms,
            error=error,
            error_after=error_after,
            hang_ms=fault.hang_ms if hang else 0,
            lookup_lag_ms=fault.lookup_lag_ms,
            copies=2 if fault.duplicate_webhooks else 1,
            hold_back_ms=fault.hold_back_ms if fault.reorder_webhooks and self.drawn % 2 else 0,
        )


class Switchboard:
    """The switches of one running sandbox. They are not kept: a restarted sandbox has none."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._switches: dict[str, _Switch] = {}

    def put(self, route: str, fault: Fault) -> None:
        chance = random.Random(fault.seed)  # noqa: S311 - faults must be repeatable, not unguessable
        with self._lock:
            self._switches[route] = _Switch(fault, chance, fault.remaining)

    def clear(self, route: str | None = None) -> None:
        with self._lock:
            if route is None:
                self._switches.clear()
            else:
                self._switches.pop(route, None)

    def draw(self, route: str, *, wildcard: bool) -> Hit:
        with self._lock:
            name = route if route in self._switches or not wildcard else EVERY_ROUTE
            switch = self._switches.get(name)
            if switch is None:
                return NO_HIT
            hit = switch.draw()
            if hit != NO_HIT and switch.remaining is not None:
                switch.remaining -= 1
                if switch.remaining == 0:
                    del self._switches[name]
            return hit

    def shown(self) -> Mapping[str, Fault]:
        with self._lock:
            return {
                name: switch.fault.model_copy(update={"remaining": switch.remaining})
                for name, switch in sorted(self._switches.items())
            }
