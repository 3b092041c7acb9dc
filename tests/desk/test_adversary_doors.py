"""Doors under attack: a customer answers for a colleague, and the bank gives money back, too."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from makegood.core.errors import BadInput
from makegood.core.money import NoRate
from makegood.desk import answering
from makegood.desk.answering import QuestionClosed, colleague_answers
from makegood.desk.hearing import Report, hear
from makegood.store import inbox, tasks
from makegood.store.words import Role
from tests.desk.bench import Bench, make_bench
from tests.desk.test_nothing_twice import until_keep_offer
from tests.desk.test_refund import dear_order
from tests.fakes import order


def do(bench: Bench, step: str, who: str, **facts: Any) -> None:
    with bench.desk.store.begin() as tx:
        (task,) = [task for task, _ in tasks.waiting(tx) if task.step == step]
    colleague_answers(bench.desk, task.id, facts, who)


def test_a_customer_does_not_answer_for_finance(bench: Bench) -> None:
    """With the key of a task's question from their own page, and nothing filled in, "not paid" was meant:
    the refund that finance was making by hand went out by itself as well."""
    number = until_keep_offer(bench)
    bench.world.payments.refuse(f"{number}:refund:1", "card_closed")
    bench.drive(number)
    question = bench.state(number).question
    assert question is not None
    assert question.step == "money-desk"
    key = f"{number.lower()}-{question.seq}"
    with pytest.raises(QuestionClosed):
        answering.customer_answers(bench.desk, number, key, {}, "a-1")
    with bench.desk.store.begin() as tx:
        now = bench.desk.now()
        payload = {"facts": {"settled": "not_paid"}, "by": "customer"}
        inbox.put(
            tx,
            bench.case(number).id,
            source="progress",
            external_id=str(uuid4()),
            name="answer",
            match=key,
            payload=payload,
            received_at=now,
            now=now,
        )
    bench.drive(number)
    assert bench.state(number).step == "money-desk", "also not by another way"
    assert not bench.world.payments.refunds


def test_what_answers_no_offer_is_not_taken_for_a_refusal_of_it(bench: Bench) -> None:
    """Whoever answered an older question a moment too late was made a dearer offer."""
    number = bench.open()
    bench.drive(number)
    bench.answer(number, photos=1)
    bench.drive(number)
    question = bench.state(number).question
    assert question is not None
    assert question.step == "keep-offer"
    with pytest.raises(BadInput, match="accepted: missing"):
        bench.answer(number, photos=1)
    bench.answer(number, counter=10)
    bench.drive(number)
    assert bench.state(number).step != "keep-offer", "less than was offered is a yes"


def test_after_a_dispute_no_limit_pays_by_itself(store_url: str) -> None:
    """The first case was closed for the bank to decide; a second one about the same order paid at once."""
    bench = make_bench(store_url, dear_order(3_000))
    bench.hire("fin", Role.FINANCE)
    bench.hire("amy", Role.AGENT)
    number = bench.open(reason="not_delivered")
    bench.drive(number)
    report = Report(
        source="payment",
        id="d-1",
        name="dispute.opened",
        order="A-1",
        match="pay-A-1",
        facts={"amount_minor": 3490},
        occurred_at=bench.desk.now(),
    )
    hear(bench.desk, report)
    bench.drive(number)
    do(bench, "dispute-desk", "fin", taken_over=True)
    bench.drive(number)
    assert bench.case(number).outcome == "moved_to_dispute"
    again = bench.open(reason="not_delivered")
    bench.drive(again)
    do(bench, "trace", "amy", outcome="lost")
    leg = bench.drive(again)
    assert (leg.end, bench.state(again).step) == ("suspended", "approval-again")
    assert not bench.world.payments.refunds, "the bank may give the same money back"
    bench.desk.store.close()


def test_an_order_in_a_currency_without_a_rate_is_refused_at_the_door(store_url: str) -> None:
    """Inside, no limit could be compared with it: the case broke at its first step, again and again."""
    bench = make_bench(store_url, order(currency="CHF"))
    with pytest.raises(NoRate, match="known: EUR"):
        bench.open()
    bench.desk.store.close()
