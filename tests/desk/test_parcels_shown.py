"""Which parcels a customer is shown, and how a timeline tells of a case that is opened beside."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from makegood.core import events as ev
from makegood.desk import progress, timeline
from makegood.store import journal
from makegood.store.words import Role
from tests.desk.bench import Bench, make_bench
from tests.desk.test_called import work
from tests.fakes import order


@pytest.fixture
def bench(store_url: str) -> Iterator[Bench]:
    made = make_bench(store_url, order())
    made.hire("ann", Role.AGENT)
    yield made
    made.desk.store.close()


def sent_again(bench: Bench) -> str:
    bench.world.stock.units["DE-1", "MUG"] = 4
    number = bench.open(procedure="reship", reason="not_delivered", external_id=f"m-{uuid4()}")
    bench.drive(number)
    work(bench, number, outcome="lost")
    bench.answer(number, address_ok=True)
    bench.drive(number)
    return number


def test_a_new_parcel_is_shown_while_the_carrier_is_waited_for(bench: Bench) -> None:
    number = sent_again(bench)
    state, told = bench.state(number), progress.of(bench.desk, number)
    assert state.step == "await-second"
    assert told.coming == state.facts["reship.tracking"] != ""
    assert told.parcel is None


def test_the_way_to_the_repairer_is_shown_with_its_last_day(bench: Bench) -> None:
    number = bench.open(procedure="repair", reason="defective", external_id=f"m-{uuid4()}")
    bench.drive(number)
    bench.answer(number, solved=False)
    bench.drive(number)
    state, told = bench.state(number), progress.of(bench.desk, number)
    assert state.step == "await-arrival"
    assert state.question is not None
    assert told.parcel == progress.Parcel(
        tracking=str(state.facts["rma.tracking"]), label=False, send_by=state.question.due, arrived=False
    )
    assert told.coming == ""


def test_a_case_that_nobody_waits_for_is_said_to_be_opened(bench: Bench) -> None:
    number = sent_again(bench)
    with bench.desk.store.begin() as tx:
        events = [entry.event for entry in journal.read(tx, bench.case(number).id)]
    (called,) = (each for each in events if isinstance(each, ev.QuestionAsked) and each.wait == "call")
    assert timeline.sentence(called) == f"Step claim-first opens the case {called.match}, and goes on."
