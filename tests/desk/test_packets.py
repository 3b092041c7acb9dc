"""The packet: what is needed to decide is on it, and what changed since it was shown is named."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from makegood.desk import packets, views
from makegood.store import approvals
from makegood.store.words import Role
from tests.desk.bench import Bench, make_bench
from tests.desk.test_refund import dear_order


@pytest.fixture
def asked(store_url: str) -> tuple[Bench, str]:
    bench = make_bench(store_url, dear_order(60_000))
    bench.hire("fay", Role.FINANCE, 900_000)
    number = bench.open(reason="missing_item")
    bench.drive(number)
    bench.answer(number, photos=1)
    assert bench.drive(number).end == "suspended"
    return bench, number


def shown(bench: Bench, number: str) -> str:
    with bench.desk.store.begin() as tx:
        return approvals.of_case(tx, bench.case(number).id)[-1].packet


def test_it_has_the_remedy_its_cost_the_other_ways_the_rule_and_what_silence_does(
    asked: tuple[Bench, str],
) -> None:
    told = shown(*asked)
    for line in (
        "| Remedy | refund, 100 % |",
        "| of it goods | 600.00 EUR |",
        "| of it delivery as it was paid | 4.90 EUR |",
        "| In all, at most | 604.90 EUR |",
        "| 20 % back, goods kept, if the customer agrees | 120.00 EUR: 484.90 EUR less |",
        "| nothing | not lawful: the customer is owed a remedy |",
        "| To this customer in 90 days | 0.00 EUR |",
        "| Rule | conformity: goods-faulty |",
        "| evidence.photos | 1 |",
        "| silence | after 8bh, then team-lead for 8bh: `approval-waits`; never a yes |",
    ):
        assert line in told, told
    assert "| Source | Directive 2019/771" in told
    first = told.index("our promise: first reply")
    assert first < told.index("our promise: resolution") < told.index("statute: the window closes")


def test_what_changed_since_it_was_shown_voids_the_answer_and_is_named(asked: tuple[Bench, str]) -> None:
    bench, number = asked
    with bench.desk.store.begin() as tx:
        tx.session.execute(text("update order_units set given_minor = 5000"))
    bench.decide(number, "approve", "fay")
    assert bench.drive(number).end == "suspended"
    assert not bench.world.payments.refunds
    assert "Unit A-1-1/1: home, 600.00 EUR, 0.00 EUR is now home, 600.00 EUR, 50.00 EUR" in shown(
        bench, number
    )


def test_the_same_packet_says_the_same() -> None:
    assert packets.changes("| A | |\n|---|---|\n| b | 1 |", "| A | |\n|---|---|\n| b | 1 |") == ""
    assert packets.changes("| A | |\n|---|---|\n| b | 1 |", "| A | |\n|---|---|\n| c | 1 |") == (
        "A b: 1 is now nothing; A c: nothing is now 1"
    )


def test_the_cases_page_at_the_desk_shows_the_same_words(asked: tuple[Bench, str]) -> None:
    bench, number = asked
    (approval,) = views.case_view(bench.desk, number).approvals
    assert approval.approval.packet == shown(bench, number)
