"""Fault switches: what goes wrong on a route, how often, and until when."""

import random
import threading
from collections.abc import Mapping, Sequence
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
    about: str = Field(
        "",
        max_length=200,
        description="Only requests that name this in path, query, Idempotency-Key or body. A route may have"
        " a switch for each such text beside the one for all.",
    )


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
        self._switches: dict[tuple[str, str], _Switch] = {}  # by route, and what it is about

    def put(self, route: str, fault: Fault) -> None:
        chance = random.Random(fault.seed)  # noqa: S311 - faults must be repeatable, not unguessable
        with self._lock:
            self._switches[route, fault.about] = _Switch(fault, chance, fault.remaining)

    def clear(self, route: str | None = None, about: str | None = None) -> None:
        """All of them, or those that fit what is told."""
        with self._lock:
            self._switches = {
                (name, text): switch
                for (name, text), switch in self._switches.items()
                if (route is not None and name != route) or (about is not None and text != about)
            }

    @property
    def listens(self) -> bool:
        """Whether some switch asks what a request is about."""
        return any(about for _, about in list(self._switches))

    def draw(self, route: str, said: str, *, wildcard: bool) -> Hit:
        """`said` is what the request names."""
        with self._lock:
            key = self._fitting(route, said) or (self._fitting(EVERY_ROUTE, said) if wildcard else None)
            if key is None:
                return NO_HIT
            switch = self._switches[key]
            hit = switch.draw()
            if hit != NO_HIT and switch.remaining is not None:
                switch.remaining -= 1
                if switch.remaining == 0:
                    del self._switches[key]
            return hit

    def _fitting(self, route: str, said: str) -> tuple[str, str] | None:
        """The first that is about something named here, else the one for all."""
        fitting = [
            (name, about) for name, about in self._switches if name == route and about and about in said
        ]
        if fitting:
            return fitting[0]
        return (route, "") if (route, "") in self._switches else None

    def shown(self) -> Mapping[str, Sequence[Fault]]:
        with self._lock:
            found: dict[str, list[Fault]] = {}
            for (name, _), switch in sorted(self._switches.items()):
                found.setdefault(name, []).append(
                    switch.fault.model_copy(update={"remaining": switch.remaining})
                )
            return found
