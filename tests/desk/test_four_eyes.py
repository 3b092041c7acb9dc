"""Four eyes, and a yes that is for just what was shown: not for other units, not for another payee."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from makegood.core.gates import remedies_of
from makegood.desk.answering import colleague_answers
from makegood.store import approvals, audit, cases, tasks
from makegood.store.words import Role
from tests.desk.bench import Bench, make_bench
from tests.desk.test_refund import dear_order, euro, parcel


@pytest.fixture
def bench(store_url: str) -> Bench:
    made = make_bench(store_url, dear_order(60_000))
    for name in ("fay", "fin"):
        made.hire(name, Role.FINANCE, 900_000)
    made.hire("ann", Role.AGENT)
    made.hire("tina", Role.TEAM_LEAD)
    made.hire("wanda", Role.WAREHOUSE)
    return made


@pytest.fixture
def asked(bench: Bench) -> str:
    number = bench.open(reason="changed_mind")
    assert bench.drive(number).end == "suspended"
    return number


def say(bench: Bench, number: str, by: str, decision: str = "approve", **more: str) -> str:
    """What the next question begins with."""
    bench.decide(number, decision, by, **more)
    bench.drive(number)
    question = bench.state(number).question
    return question.why if question else ""


def own(bench: Bench, number: str, person: str | None) -> None:
    with bench.desk.store.begin() as tx:
        cases.assign(tx, bench.case(number).id, person, bench.desk.now(), by=person)


def comes_back(bench: Bench, number: str, change: str = "") -> None:
    """The goods arrive; before their money moves, something changes under our hands."""
    assert bench.state(number).step == "await-parcel"
    parcel(bench, number)
    bench.drive(number)
    if change:
        with bench.desk.store.begin() as tx:
            tx.session.execute(text(change))
    with bench.desk.store.begin() as tx:
        ((task, _),) = tasks.waiting(tx, roles=[Role.WAREHOUSE])
    colleague_answers(bench.desk, task.id, {"condition": "as_new", "note": ""}, "wanda")
    bench.drive(number)


def test_handing_a_case_over_does_not_make_it_anothers(bench: Bench, asked: str) -> None:
    for person in ("tina", "ann", None):
        own(bench, asked, person)
    with bench.desk.store.begin() as tx:
        assert audit.owners_of(tx, asked) == {"tina", "ann"}
        assert [change.by for change in audit.changes(tx)] == ["tina", "ann", None]
    assert say(bench, asked, "tina") == "Nobody approves a case that is or was their own"
    assert say(bench, asked, "fay") == ""
    assert bench.state(asked).step == "await-parcel"


def test_who_had_the_case_after_saying_yes_does_not_count_towards_several(store_url: str) -> None:
    bench = make_bench(store_url, dear_order(600_000))
    for name in ("fay", "fin", "flo"):
        bench.hire(name, Role.FINANCE, 900_000)
    number = bench.open(reason="changed_mind")
    bench.drive(number)
    say(bench, number, "fay")
    own(bench, number, "fay")
    own(bench, number, None)
    assert say(bench, number, "fin") == "fin said yes; one more person has to say yes, too"
    assert say(bench, number, "flo") == ""
    bench.desk.store.close()


def test_who_changed_the_amount_last_does_not_approve_it_when_it_is_asked_again(
    bench: Bench, asked: str
) -> None:
    say(bench, asked, "fay", "adjust", amount="550.00", note="the box is missing")
    comes_back(bench, asked, "update payments set ref = 'pay-of-another'")
    assert bench.state(asked).step == "approval-again"
    with bench.desk.store.begin() as tx:
        row = tx.session.execute(text("update people set last_code_step = last_code_step - 5 returning id"))
        assert row.all()
    assert say(bench, asked, "fay") == "Whoever changed the amount last does not approve it"
    assert say(bench, asked, "fin") == ""
    assert bench.state(asked).step != "approval-again"


@pytest.mark.parametrize(
    "change",
    ["update payments set ref = 'pay-of-another'", "update order_units set line_ref = 'another'"],
    ids=["payee", "units"],
)
def test_a_yes_is_for_the_units_and_the_payments_that_were_shown(
    bench: Bench, asked: str, change: str
) -> None:
    say(bench, asked, "fay")
    comes_back(bench, asked, change)
    assert bench.state(asked).step == "approval-again"
    assert not bench.world.payments.refunds


def test_a_yes_to_what_was_shown_pays(bench: Bench, asked: str) -> None:
    say(bench, asked, "fay")
    with bench.desk.store.begin() as tx:
        (approval,) = approvals.of_case(tx, bench.case(asked).id)
        (answer,) = approvals.answers(tx, approval.id)
    assert (approval.units, approval.payees) == (["A-1-1/1"], ["pay-A-1"])
    assert answer.bound is not None
    comes_back(bench, asked)
    assert [refund.amount for refund in bench.world.payments.refunds] == [euro(60_490)]


def test_each_step_that_gives_something_is_measured_by_the_remedy_that_was_quoted(bench: Bench) -> None:
    plans = bench.desk.plans.current
    quoted = {"quote.amount_minor": 1, "money.amount_minor": 1}
    assert remedies_of(plans["refund"], "refund", {"remedy.kind": "keep_offer", **quoted}) == ("keep_offer",)
    assert remedies_of(plans["reship"], "refund", quoted) == ("refund",)
    assert remedies_of(plans["reship"], "send-again", quoted) == ("reship",)
    assert remedies_of(plans["cancel"], "refund", quoted) == ("refund",)
    offered = {"offered.kind": "partial_refund", **quoted}
    assert remedies_of(plans["damage_claim"], "refund", offered) == ("partial_refund",)
