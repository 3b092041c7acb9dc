"""Called cases at the desk: a claim on the carrier is nobody's wait, and nothing is asked for twice."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from makegood.desk import answering, attachments
from makegood.desk.evidence import SentFile
from makegood.store import cases, tasks
from makegood.store.models import Case
from makegood.store.words import Role
from tests.desk.bench import Bench, make_bench
from tests.desk.test_claims import bought_by
from tests.desk.test_goods import told
from tests.desk.test_media import photo
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


def claimed_of_the_carrier(bench: Bench) -> list[tuple[str, str]]:
    return [asked[:2] for asked in bench.world.carrier_claims.asked.values()]


def test_what_was_broken_on_its_way_is_claimed_as_damaged_whatever_it_is_called(
    bench: Bench,
) -> None:
    number = bench.open(procedure="damage_claim", reason="defective", external_id=f"m-{uuid4()}")
    bench.drive(number)
    with bench.desk.store.begin() as tx:
        sent = [SentFile("mug.jpg", photo("2026:02:25 18:30:00"))]
        counted = attachments.keep(tx, bench.desk, bench._case(tx, number), sent)
    bench.answer(number, **counted)
    bench.drive(number)
    work(bench, number, cause="transport", note="dented")
    (claim,) = others(bench, number)
    bench.drive(claim.number)
    assert (claim.procedure, claim.reason) == ("carrier_claim", "damaged")
    assert claimed_of_the_carrier(bench) == [("OUT-A-1", "damaged")]


def test_a_second_parcel_that_is_lost_is_claimed_as_lost_though_the_first_came_broken(bench: Bench) -> None:
    bench.world.stock.units["DE-1", "MUG"] = 4
    number = bench.open(procedure="reship", reason="damaged", external_id=f"m-{uuid4()}")
    bench.drive(number)
    bench.answer(number, photos=1)
    bench.drive(number)
    bench.answer(number, address_ok=True)
    bench.drive(number)
    tracking = str(bench.state(number).facts["reship.tracking"])
    told(bench, number, "parcel.lost", tracking)
    (claim,) = others(bench, number)
    bench.drive(claim.number)
    assert claimed_of_the_carrier(bench) == [(tracking, "lost")]


def test_the_third_order_of_an_article_that_comes_broken_opens_one_case_for_whoever_stops_it(
    store_url: str,
) -> None:
    bench = make_bench(store_url, *(bought_by(f"A-{nr}", f"buyer{nr}") for nr in (1, 2, 3)))
    bench.hire("ann", Role.AGENT)
    called = []
    for nr in (1, 2, 3):
        number = bench.open(procedure="damage_claim", reason="defective", order=f"A-{nr}")
        bench.drive(number)
        bench.answer(number, photos=1)
        bench.drive(number)
        work(bench, number, cause="production", note="")
        called.append([case.procedure for case in others(bench, number)])
    assert called == [[], [], ["quality_signal"]]
    assert bench.state(number).step == "wish", "the customer does not wait for it"
    bench.desk.store.close()
