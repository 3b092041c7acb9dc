"""A case that another one calls is about the same pieces, and about what its caller hands over."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from makegood.desk import opening
from makegood.store import cases
from tests.desk.bench import Bench, make_bench
from tests.desk.test_goods import TRIALS
from tests.fakes import order


@pytest.fixture
def bench(store_url: str) -> Iterator[Bench]:
    made = make_bench(store_url, order(), sops=TRIALS)
    yield made
    made.desk.store.close()


def call(bench: Bench, caller: str, about: str) -> str:
    with bench.desk.store.begin() as tx:
        case = cases.by_number(tx, caller)
        assert case
        wanted = opening.Call("blame", ("A-1-1/2",), about, case.reason)
        return opening.sibling(tx, bench.desk, case, wanted, bench.desk.now()).number


def test_a_called_case_knows_its_pieces_and_what_it_is_about(bench: Bench) -> None:
    caller = bench.open(procedure="again", reason="damaged", units=("A-1-1/2",))
    called = call(bench, caller, "checked")
    facts = bench.state(called).facts
    assert (facts["case.unit_refs"], facts["case.about"]) == ("A-1-1/2", "checked")
    assert bench.case(called).called_by == bench.case(caller).id


def test_two_calls_about_two_parcels_are_two_cases_and_about_one_are_one(bench: Bench) -> None:
    caller = bench.open(procedure="again", reason="damaged")
    first, second = call(bench, caller, "OUT-A-1"), call(bench, caller, "RS1")
    assert first != second
    assert call(bench, caller, "RS1") == second


def test_a_call_with_a_word_joins_what_the_customer_has_open(bench: Bench) -> None:
    own = bench.open(procedure="blame", reason="damaged")
    caller = bench.open(procedure="again", reason="damaged")
    assert call(bench, caller, "checked") == own
