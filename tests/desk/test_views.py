"""A case looked at as a whole, at every age of it."""

from __future__ import annotations

import pytest

from makegood.core.errors import UnknownName
from makegood.core.money import Money
from makegood.desk.answering import colleague_answers
from makegood.desk.views import case_view
from makegood.gateways.results import Order
from makegood.store import cases, customers, tasks
from makegood.store.words import Role
from tests.desk.bench import Bench
from tests.fakes import order


def test_a_case_that_nobody_has_driven_yet_has_its_message_and_its_promises(bench: Bench) -> None:
    view = case_view(bench.desk, bench.open())
    assert [message.body for message in view.messages] == ["It came broken."]
    assert [(promise.name, promise.standing) for promise in view.promises] == [
        ("first_reply", "running"),
        ("resolution", "running"),
    ]
    assert view.order is None
    assert view.contact is not None
    assert view.contact.email == "jana@example.test"


def test_a_case_that_waits_for_photographs_shows_the_question_and_the_ball(bench: Bench) -> None:
    number = bench.open()
    bench.drive(number)
    view = case_view(bench.desk, number.lower())
    assert view.question is not None
    assert "photos" in view.question.required
    assert view.journal[-1].sentence.startswith("Step evidence asks the customer until ")
    assert {promise.standing for promise in view.promises} == {"paused"}
    assert {effect.effect.status.value for effect in view.effects} == {"done"}
    assert view.timers


def test_an_order_is_shown_piece_by_piece_with_what_was_given_back(bench: Bench) -> None:
    number = bench.open()
    bench.drive(number)
    view = case_view(bench.desk, number)
    assert view.order is not None
    assert [unit.ref for unit in view.order.units] == ["A-1-1/1", "A-1-1/2"]
    assert view.order.units[0].paid == Money(minor=1999, currency="EUR")
    assert view.order.units[0].given == Money(minor=0, currency="EUR")
    assert view.order.freight[0] == Money(minor=490, currency="EUR")


def test_an_open_task_carries_its_form_and_a_done_one_its_answers(bench: Bench) -> None:
    number = bench.open(reason="other")
    bench.drive(number)
    (task,) = case_view(bench.desk, number).tasks
    assert task.form is not None
    assert set(task.form.fields) == {"fault", "evidence", "in_hand"}
    assert task.answers is None
    bench.hire("amy", Role.AGENT)
    with bench.desk.store.begin() as tx:
        ((waiting, _),) = tasks.waiting(tx)
    told = {"fault": "customer", "evidence": False, "in_hand": True}
    colleague_answers(bench.desk, waiting.id, told, "amy")
    bench.drive(number)
    view = case_view(bench.desk, number)
    assert view.tasks[0].form is None
    assert view.facts["reason.fault"] == "customer"


def test_an_approval_shows_its_ceiling_and_every_answer_that_was_given(bench: Bench) -> None:
    bench.world.add(_dear("A-2"))
    number = bench.open(reason="changed_mind", order="A-2")
    bench.drive(number)
    (approval,) = case_view(bench.desk, number).approvals
    assert approval.ceiling.currency == "EUR"
    assert (approval.amount, approval.answers) == (None, ())
    bench.hire("sam")
    bench.decide(number, "approve", "sam", code="000000")
    bench.drive(number)
    first, second = case_view(bench.desk, number).approvals
    assert [answer.verdict.value for answer in first.answers] == ["refused"]
    bench.decide(number, "approve", "sam")
    bench.drive(number)
    answered = case_view(bench.desk, number).approvals[1]
    assert answered.amount == answered.ceiling == second.ceiling


def test_a_closed_case_of_an_erased_customer_keeps_dates_and_kinds_only(bench: Bench) -> None:
    number = bench.open()
    bench.drive(number)
    case = bench.case(number)
    with bench.desk.store.begin() as tx:
        cases.close(tx, case.id, case.fence, outcome="withdrawn", now=bench.desk.now())
        customers.erase(tx, case.customer_id, bench.desk.now())
    view = case_view(bench.desk, number)
    assert view.erased
    assert (view.contact, view.messages, dict(view.facts), view.question) == (None, (), {}, None)
    assert view.journal[0].kind == "case.opened"
    assert all(line.event is None and "erased" in line.sentence for line in view.journal)
    assert len(view.promises) == 2


def test_other_cases_of_the_customer_are_named(bench: Bench) -> None:
    first = bench.open()
    second = bench.open(procedure="cancel", reason="changed_mind")
    view = case_view(bench.desk, first)
    assert [case.number for case in view.other_cases] == [second]


def test_an_unknown_number_is_refused(bench: Bench) -> None:
    with pytest.raises(UnknownName):
        case_view(bench.desk, "MG-2020-000001")


def _dear(ref: str) -> Order:
    """Two mugs of 99.90 each: more than is paid back without asking."""
    plain = order(ref)
    paid = Money(minor=2 * 9990 + 490, currency="EUR")
    (line,), (payment,) = plain.lines, plain.payments
    return order(
        ref,
        lines=(line.model_copy(update={"unit_paid": Money(minor=9990, currency="EUR")}),),
        payments=(payment.model_copy(update={"authorised": paid, "captured": paid}),),
    )
