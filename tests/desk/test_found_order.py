"""A case whose order was found only later: the law is that of where the goods went."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from makegood.core.money import Money
from makegood.desk.answering import colleague_answers
from makegood.store import tasks
from makegood.store.words import Role
from tests.desk.bench import Bench, make_bench
from tests.fakes import FakeWorld, order


def american_order() -> Any:
    """Delivered 20 days ago: too late by the British fortnight, in time by the house's 30 American days."""
    now = FakeWorld().clock.now()
    plain = order()
    dollars = {"unit_paid": Money(minor=1999, currency="USD")}
    paid = {name: Money(minor=4488, currency="USD") for name in ("authorised", "captured")}
    nothing = {name: Money(minor=0, currency="USD") for name in ("refunded", "voided")}
    return order(
        market="US",
        currency="USD",
        locale="en-US",
        zone="America/New_York",
        placed_at=now - timedelta(days=25),
        shipped_at=now - timedelta(days=24),
        delivered_at=now - timedelta(days=20),
        lines=(plain.lines[0].model_copy(update=dollars),),
        freight_paid=Money(minor=490, currency="USD"),
        payments=(plain.payments[0].model_copy(update=paid | nothing),),
    )


@pytest.fixture
def bench(store_url: str) -> Iterator[Bench]:
    made = make_bench(store_url, american_order())
    yield made
    made.desk.store.close()


def test_a_found_order_is_judged_by_the_law_of_its_own_market(bench: Bench) -> None:
    bench.hire("ann", Role.AGENT)
    number = bench.open(
        order="A-1x", email="jana@example.test", reason="changed_mind", text="I do not want it any more."
    )
    bench.drive(number)
    assert bench.case(number).market == "GB", "nobody could know where it went"
    with bench.desk.store.begin() as tx:
        (task,) = tasks.of_case(tx, bench.case(number).id)
    colleague_answers(bench.desk, task.id, {"order_number": "A-1", "no_such_order": False}, "ann")
    bench.drive(number)
    facts = bench.state(number).facts
    assert facts["policy.goodwill"], facts["policy.why"]
    assert bench.case(number).status.value != "closed"
