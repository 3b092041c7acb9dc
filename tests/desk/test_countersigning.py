"""Large amounts: two people say yes, in any order, or nothing moves."""

from __future__ import annotations

import pytest

from makegood.store import approvals, people
from makegood.store.words import Role
from tests.desk.bench import Bench, make_bench
from tests.desk.test_refund import dear_order, euro

GOODS = 600_000
ALL = GOODS + 490  # with the freight


@pytest.fixture
def bench(store_url: str) -> Bench:
    """Two of finance and a team lead, whose limit is too low."""
    made = make_bench(store_url, dear_order(GOODS))
    for name in ("fay", "fin", "flo"):
        made.hire(name, Role.FINANCE, 900_000)
    made.hire("tim", Role.TEAM_LEAD, 900_000)
    return made


@pytest.fixture
def asked(bench: Bench) -> str:
    """A missing item: nothing is sent back, and the money goes as soon as enough people have said yes."""
    number = bench.open(reason="missing_item")
    bench.drive(number)
    bench.answer(number, photos=1)
    assert bench.drive(number).end == "suspended"
    return number


def packet(bench: Bench, number: str) -> str:
    with bench.desk.store.begin() as tx:
        return approvals.of_case(tx, bench.case(number).id)[-1].packet


def say(bench: Bench, number: str, by: str, decision: str = "approve", **more: str) -> None:
    bench.decide(number, decision, by, **more)
    bench.drive(number)


def paid(bench: Bench) -> list[int]:
    return [refund.amount.minor for refund in bench.world.payments.refunds]


def test_one_yes_is_counted_and_one_more_is_asked(bench: Bench, asked: str) -> None:
    say(bench, asked, "fay")
    assert bench.state(asked).step == "approval"
    assert "fay said yes; one more person has to say yes, too" in packet(bench, asked)
    assert paid(bench) == []
    say(bench, asked, "fin")
    assert sum(paid(bench)) == ALL
    with bench.desk.store.begin() as tx:
        verdicts = [
            (answer.person_id, answer.verdict.value, answer.why)
            for approval in approvals.of_case(tx, bench.case(asked).id)
            for answer in approvals.answers(tx, approval.id)
        ]
    assert verdicts == [("fay", "accepted", "counted"), ("fin", "accepted", "")]


def test_the_same_person_twice_is_one(bench: Bench, asked: str) -> None:
    say(bench, asked, "fay")
    with bench.desk.store.begin() as tx:
        row = people.get(tx, "fay")
        assert row is not None
        row.last_code_step -= 5  # a later code of hers: real time does not wait for this test
    say(bench, asked, "fay")
    assert paid(bench) == []
    assert bench.state(asked).step == "approval"


def test_who_may_not_approve_so_much_does_not_count_as_the_second(bench: Bench, asked: str) -> None:
    say(bench, asked, "fay")
    say(bench, asked, "tim")
    assert "above your limit" in packet(bench, asked)
    assert paid(bench) == []
    say(bench, asked, "flo")
    assert sum(paid(bench)) == ALL


def test_a_yes_of_somebody_who_was_deactivated_since_is_none(bench: Bench, asked: str) -> None:
    say(bench, asked, "fay")
    with bench.desk.store.begin() as tx:
        people.set_active(tx, "fay", False)
    say(bench, asked, "fin")
    assert paid(bench) == []
    say(bench, asked, "flo")
    assert sum(paid(bench)) == ALL


def test_what_all_agree_to_is_the_least_that_one_of_them_said(bench: Bench, asked: str) -> None:
    say(bench, asked, "fay")
    say(bench, asked, "fin", "adjust", amount="5500.00", note="the box is there")
    assert sum(paid(bench)) == 550_000


def test_one_no_ends_it(bench: Bench, asked: str) -> None:
    say(bench, asked, "fay")
    say(bench, asked, "fin", "reject", note="no")
    assert bench.state(asked).step != "approval"
    assert paid(bench) == []


def test_below_the_line_one_is_enough(store_url: str) -> None:
    bench = make_bench(store_url, dear_order(400_000))
    bench.hire("fay", Role.FINANCE, 900_000)
    number = bench.open(reason="missing_item")
    bench.drive(number)
    bench.answer(number, photos=1)
    bench.drive(number)
    say(bench, number, "fay")
    assert [refund.amount for refund in bench.world.payments.refunds] == [euro(400_490)]
    bench.desk.store.close()


@pytest.mark.parametrize("second", ["right", "wrong"])
def test_of_two_answers_that_one_leg_reads_the_first_decides(store_url: str, second: str) -> None:
    bench = make_bench(store_url, dear_order(400_000))
    for name in ("fay", "fin"):
        bench.hire(name, Role.FINANCE, 900_000)
    number = bench.open(reason="missing_item")
    bench.drive(number)
    bench.answer(number, photos=1)
    bench.drive(number)
    bench.decide(number, "approve", "fay")
    bench.decide(number, "approve", "fin", code=None if second == "right" else "000000")
    bench.drive(number)
    assert [refund.amount for refund in bench.world.payments.refunds] == [euro(400_490)]
    with bench.desk.store.begin() as tx:
        (approval,) = approvals.of_case(tx, bench.case(number).id)
    assert approval.decided_by == "fay"
    bench.desk.store.close()
