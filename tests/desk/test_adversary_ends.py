"""Claims that end oddly: used labels, nothing left, no payment, refused late, part of an order."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from makegood.desk.actions.shop import order_facts
from makegood.desk.answering import colleague_answers
from makegood.desk.hearing import Report, hear
from makegood.store import cases, orders, tasks
from makegood.store.words import Role
from tests.desk.bench import make_bench
from tests.desk.test_adversary_money import placed
from tests.desk.test_refund import dear_order
from tests.fakes import order


def test_a_label_that_was_used_at_the_last_moment_leads_to_the_late_return(store_url: str) -> None:
    bench = make_bench(store_url, dear_order(3_000))
    number = bench.open(reason="changed_mind")
    bench.drive(number)
    assert bench.state(number).step == "await-parcel"
    (label,) = bench.world.carrier.labels
    bench.world.carrier.use(label)
    for _ in range(22):
        bench.wait(days=1)
        bench.sweep()
        bench.drive(number)
    assert bench.state(number).step == "late-return", bench.case(number).outcome
    bench.desk.store.close()


def test_a_label_that_a_colleague_arranged_and_nobody_used_lets_the_case_end(store_url: str) -> None:
    """It is not ours to void: the carrier is not asked, and no leg breaks."""
    bench = make_bench(store_url, dear_order(3_000))
    bench.hire("ann", Role.AGENT)
    number = bench.open(reason="changed_mind")
    bench.world.carrier.refuse(f"{number}:return-label:1", "no_service")
    bench.drive(number)
    with bench.desk.store.begin() as tx:
        (task,) = tasks.of_case(tx, bench.case(number).id)
    colleague_answers(bench.desk, task.id, {"tracking": "BY-HAND-1"}, "ann")
    bench.drive(number)
    assert bench.state(number).step == "await-parcel"
    for _ in range(22):
        bench.wait(days=1)
        bench.sweep()
        bench.drive(number)
    assert bench.case(number).outcome == "unanswered"
    assert [verb for verb, _ in bench.world.carrier.calls] == ["issue"]
    bench.desk.store.close()


@pytest.mark.parametrize("market", ["DE", "JP", "US"])
def test_what_was_lost_on_its_way_is_paid_back_with_its_delivery(store_url: str, market: str) -> None:
    """Also days after it was sent, where no term has passed yet and no law lets anybody withdraw."""
    gone = order(market=market, status="shipped", fulfilment="shipped", delivered_at=None)
    bench = make_bench(store_url, gone)
    number = bench.open(reason="not_delivered")
    bench.drive(number)
    assert bench.state(number).step == "await-delivery"
    lost = Report(
        source="world",
        id="e-1",
        name="parcel.lost",
        order="A-1",
        match="OUT-A-1",
        facts={},
        occurred_at=bench.desk.now(),
    )
    assert hear(bench.desk, lost).taken
    bench.drive(number)
    assert bench.state(number).facts["ledger.paid_minor"] == 2 * 1_999 + 490
    bench.desk.store.close()


@pytest.mark.parametrize("settled", ["not_paid", "paid"])
def test_what_came_back_is_owed_although_two_supervisors_refused_it(store_url: str, settled: str) -> None:
    """The refused amount is nothing, and nothing must not pass for the refund."""
    gone = dear_order().model_copy(
        update={"status": "shipped", "fulfilment": "shipped", "delivered_at": None}
    )
    bench = make_bench(store_url, gone)
    for person, role in (("sam", Role.SUPERVISOR), ("sue", Role.SUPERVISOR), ("fay", Role.FINANCE)):
        bench.hire(person, role)
    number = bench.open(procedure="cancel", reason="changed_mind")
    bench.drive(number)
    report = Report(
        source="world",
        id="e-1",
        name="parcel.received",
        order="A-1",
        match="OUT-A-1",
        facts={},
        occurred_at=bench.desk.now(),
    )
    assert hear(bench.desk, report).taken
    bench.drive(number)
    for person in ("sam", "sue"):
        bench.decide(number, "reject", person, note="no")
        bench.drive(number)
    with bench.desk.store.begin() as tx:
        ((task, _),) = tasks.waiting(tx, roles=[Role.FINANCE])
    colleague_answers(bench.desk, task.id, {"settled": settled}, "fay")
    bench.drive(number)
    if settled == "not_paid":
        assert bench.state(number).step == "approval-again"
    else:
        assert bench.state(number).facts["ledger.paid_minor"] == 20_490
    assert not bench.world.payments.refunds
    bench.desk.store.close()


def test_a_cancellation_with_nothing_left_to_pay_comes_to_an_end(store_url: str) -> None:
    """All of the goods were paid back by another case: there is nothing to move, and nothing to break on."""
    bench = make_bench(store_url, placed(payments=order().payments, payment_status="captured"))
    number = bench.open(procedure="cancel", reason="changed_mind")
    known = bench.world.shop.load("A-1")
    assert known is not None
    with bench.desk.store.begin() as tx:
        orders.load(tx, order_facts(known), bench.desk.now())
    with bench.desk.store.begin() as tx:
        tx.session.execute(text("update order_units set given_minor = paid_minor"))
    bench.drive(number)
    assert bench.case(number).outcome is not None or bench.state(number).question is not None
    assert not bench.world.payments.refunds
    bench.desk.store.close()


def test_an_order_without_a_known_payment_goes_to_finance(store_url: str) -> None:
    """Cash on delivery, an invoice: no payment to give back through."""
    bench = make_bench(store_url, order(payments=()))
    number = bench.open()
    bench.drive(number)
    bench.answer(number, photos=1)
    bench.drive(number)
    bench.answer(number, accepted=True)
    bench.drive(number)
    assert bench.state(number).step == "money-desk"
    bench.desk.store.close()


def test_a_refusal_takes_back_what_was_granted_before(store_url: str) -> None:
    """Approved before shipping, refused after it was lost: trying again does not pay on the old yes."""
    dear = dear_order()
    bench = make_bench(store_url, placed(lines=dear.lines, payments=dear.payments, payment_status="captured"))
    for name in ("sam", "tom", "ann", "max"):
        bench.hire(name)
    bench.hire("fin", Role.FINANCE)
    bench.hire("amy", Role.AGENT)
    number = bench.open(procedure="cancel", reason="changed_mind")
    assert bench.drive(number).end == "suspended"
    bench.world.warehouse.states["A-1"] = "shipped"  # the warehouse was quicker
    bench.decide(number, "approve", "sam")
    bench.drive(number)
    assert bench.state(number).step == "refuse-delivery", bench.state(number).step
    for _ in range(31):
        bench.wait(days=1)
        bench.sweep()
        bench.drive(number)
    assert bench.state(number).step == "parcel-missing"
    with bench.desk.store.begin() as tx:
        (task,) = [t for t, _ in tasks.waiting(tx) if t.step == "parcel-missing"]
    colleague_answers(bench.desk, task.id, {"outcome": "lost"}, "amy")
    bench.drive(number)
    assert bench.state(number).step == "approval-after"
    bench.decide(number, "reject", "tom", note="no")
    bench.drive(number)
    assert bench.state(number).step == "approval-again"
    bench.decide(number, "reject", "ann", note="no again")
    bench.drive(number)
    assert bench.state(number).step == "money-desk"
    with bench.desk.store.begin() as tx:
        (task,) = [t for t, _ in tasks.waiting(tx) if t.step == "money-desk"]
    colleague_answers(bench.desk, task.id, {"settled": "not_paid"}, "fin")
    bench.drive(number)
    assert not bench.world.payments.refunds, "two people said no"
    bench.desk.store.close()


def test_a_called_case_is_about_the_units_of_its_caller(store_url: str) -> None:
    bench = make_bench(store_url, order(status="shipped", fulfilment="shipped", delivered_at=None))
    number = bench.open(procedure="cancel", reason="changed_mind", units=("A-1-1/1",))
    bench.drive(number)
    assert bench.state(number).step == "refuse-delivery"
    bench.world.warehouse.states["A-1"] = "delivered"
    hear(
        bench.desk,
        Report(
            source="carrier",
            id="d-1",
            name="parcel.delivered",
            order="A-1",
            match="OUT-A-1",
            facts={},
            occurred_at=bench.desk.now(),
        ),
    )
    bench.drive(number)
    assert bench.state(number).step == "delivered"
    bench.answer(number, send_back=True)
    bench.drive(number)
    with bench.desk.store.begin() as tx:
        both = cases.of_order_ref(tx, "A-1")
    (sibling,) = [case.number for case in both if case.number != number]
    assert bench.state(sibling).facts["case.unit_refs"] == "A-1-1/1"
    bench.desk.store.close()


def test_taking_one_line_out_does_not_release_what_pays_for_the_rest(store_url: str) -> None:
    bench = make_bench(store_url, placed())
    bench.hire("ann", Role.AGENT)
    number = bench.open(procedure="refund", reason="changed_mind", units=("A-1-1/1",))
    bench.drive(number)
    if bench.state(number).step == "part-of-order":
        with bench.desk.store.begin() as tx:
            (task,) = [t for t, _ in tasks.waiting(tx) if t.step == "part-of-order"]
        colleague_answers(bench.desk, task.id, {"outcome": "taken_out"}, "ann")
        bench.drive(number)
    assert not bench.world.payments.voids, "the other mug is still to be paid for"
    assert bench.world.warehouse.states["A-1"] != "cancelled"
    bench.desk.store.close()
