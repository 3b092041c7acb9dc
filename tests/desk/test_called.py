"""Called cases at the desk: a claim on the carrier is nobody's wait, and nothing is asked for twice."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from makegood.desk import answering
from makegood.store import cases, tasks
from makegood.store.models import Case
from makegood.store.words import Role
from tests.desk.bench import Bench, make_bench
from tests.fakes import order


@pytest.fixture
def bench(store_url: str) -> Iterator[Bench]:
    made = make_bench(store_url, order())
    made.hire("ann", Role.AGENT)
    yield made
    made.desk.store.close()


def work(bench: Bench, number: str, **facts: object) -> None:
    """A colleague answers the open task of the case."""
    with bench.desk.store.begin() as tx:
        task = next(each for each, case in tasks.waiting(tx) if case.number == number)
    answering.colleague_answers(bench.desk, task.id, facts, "ann")
    bench.drive(number)


def others(bench: Bench, number: str) -> list[Case]:
    with bench.desk.store.begin() as tx:
        mine = bench.case(number)
        return [case for case in cases.of_customer(tx, mine.customer_id) if case.number != number]


def test_the_carriers_claim_runs_beside_and_the_customer_is_asked_at_once(bench: Bench) -> None:
    bench.world.stock.units["DE-1", "MUG"] = 4
    number = bench.open(procedure="reship", reason="not_delivered", external_id=f"m-{uuid4()}")
    bench.drive(number)
    assert bench.state(number).step == "trace"
    work(bench, number, outcome="lost")
    state = bench.state(number)
    assert state.step == "address", state.step
    (claim,) = others(bench, number)
    assert claim.procedure == "carrier_claim"
    assert state.facts["claim.case"] == claim.number
    bench.drive(claim.number)
    beside = bench.state(claim.number)
    assert beside.step == "answer"
    assert beside.facts["case.about"] == state.facts["order.outbound_tracking"]
    bench.answer(number, address_ok=True)
    bench.drive(number)
    assert bench.state(number).step == "await-second"
    assert bench.state(claim.number).step == "answer"


def test_another_one_is_a_case_that_asks_for_nothing_twice(bench: Bench) -> None:
    number = bench.open(procedure="damage_claim", reason="damaged", external_id=f"m-{uuid4()}")
    bench.drive(number)
    bench.answer(number, photos=2)
    bench.drive(number)
    work(bench, number, cause="production", note="")
    bench.answer(number, wish="another")
    bench.drive(number)
    (reship,) = others(bench, number)
    bench.drive(reship.number)
    called = bench.state(reship.number)
    assert "acknowledge" not in called.visits
    assert "evidence" not in called.visits
    assert called.facts["case.about"] == "checked"
    assert bench.state(number).step == "as-reship"
