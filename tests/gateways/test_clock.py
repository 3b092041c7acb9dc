"""The sandbox's clock: real time plus an offset that is asked for now and then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from makegood.gateways.clock import SystemClock
from makegood.gateways.http import Endpoint
from makegood.gateways.outcomes import Unavailable
from makegood.gateways.seller.clock import SandboxClock
from tests.gateways.conftest import Provider

WEEK = timedelta(days=7)


def show(provider: Provider, offset: timedelta) -> None:
    provider.script.body = {"now": "2026-03-02T09:00:00Z", "offset_seconds": offset.total_seconds()}


def near(left: datetime, right: datetime) -> bool:
    return abs(left - right) < timedelta(seconds=2)


def test_it_is_real_time_plus_the_offset(provider: Provider, endpoint: Endpoint) -> None:
    show(provider, WEEK)
    now = SandboxClock(endpoint).now()
    assert now.tzinfo is UTC
    assert near(now, datetime.now(UTC) + WEEK)


def test_the_offset_is_asked_for_once_while_it_is_fresh(provider: Provider, endpoint: Endpoint) -> None:
    show(provider, WEEK)
    clock = SandboxClock(endpoint, fresh_for=timedelta(minutes=1))
    for _ in range(50):
        clock.now()
    assert len(provider.script.seen) == 1


def test_a_moved_clock_is_noticed(provider: Provider, endpoint: Endpoint) -> None:
    show(provider, timedelta(0))
    clock = SandboxClock(endpoint, fresh_for=timedelta(0))
    clock.now()
    show(provider, WEEK)
    assert near(clock.now(), datetime.now(UTC) + WEEK)


def test_the_last_offset_holds_while_the_sandbox_is_down(provider: Provider, endpoint: Endpoint) -> None:
    show(provider, WEEK)
    clock = SandboxClock(endpoint, fresh_for=timedelta(0))
    clock.now()
    provider.script.drop = True
    assert near(clock.now(), datetime.now(UTC) + WEEK)


def test_without_any_answer_it_does_not_guess(nobody: Callable[[], Endpoint]) -> None:
    with pytest.raises(Unavailable):
        SandboxClock(nobody()).now()


def test_the_systems_clock_is_real_time() -> None:
    assert near(SystemClock().now(), datetime.now(UTC))
