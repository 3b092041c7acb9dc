"""Asking for more: the agent has a task, the question is asked anew and says so, and no time is won."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from makegood.desk import views
from makegood.desk.answering import colleague_answers, task_form
from makegood.store import approvals, cases, tasks
from makegood.store.models import Task
from makegood.store.words import Role, TaskStatus
from tests.desk.bench import Bench, make_bench
from tests.desk.test_countersigning import packet, say
from tests.desk.test_refund import dear_order

WORDS = "Does Marta Vogel still have the box?"


@pytest.fixture
def bench(store_url: str) -> Bench:
    made = make_bench(store_url, dear_order(60_000))
    for name in ("fay", "fin"):
        made.hire(name, Role.FINANCE, 900_000)
    made.hire("ann", Role.AGENT)
    made.hire("sam", Role.SUPERVISOR, 1_000)
    made.hire("wanda", Role.WAREHOUSE)
    return made


@pytest.fixture
def asked(bench: Bench) -> str:
    number = bench.open(reason="missing_item")
    bench.drive(number)
    bench.answer(number, photos=1)
    assert bench.drive(number).end == "suspended"
    return number


def looking(bench: Bench, number: str) -> list[Task]:
    with bench.desk.store.begin() as tx:
        return [task for task in tasks.of_case(tx, bench.case(number).id) if task.why == "approval-more"]


def codes_anew(bench: Bench) -> None:
    """Real time does not wait for this test: everybody's next code is another."""
    with bench.desk.store.begin() as tx:
        tx.session.execute(text("update people set last_code_step = last_code_step - 5"))


def test_the_agent_has_a_task_and_the_next_packet_says_who_asked_and_who_answered(
    bench: Bench, asked: str
) -> None:
    before = bench.state(asked).question
    with bench.desk.store.begin() as tx:
        cases.assign(tx, bench.case(asked).id, "ann", bench.desk.now(), by="ann")
    bench.wait(minutes=5)
    say(bench, asked, "fay", "more", note=WORDS)
    after = bench.state(asked).question
    assert before is not None
    assert after is not None
    assert (after.due, after.remind_at) == (before.due, before.remind_at), "asking wins no time"
    (task,) = looking(bench, asked)
    assert (task.assignee, task.role, task.status) == ("ann", Role.AGENT, TaskStatus.OPEN)
    assert task.due is not None
    assert after.due is not None
    assert task.due <= after.due
    told = packet(bench, asked)
    assert told.startswith("> **Asked again:** fay asked for more before deciding")
    assert "| by fay; the words: at the desk |" in told
    assert "| still open | a task of the case's agent |" in told
    assert WORDS not in told, "what people write stays in the store"
    assert any(WORDS in line.sentence for line in views.case_view(bench.desk, asked).journal)

    form = task_form(bench.desk, task)
    assert form is not None
    assert form.required == {"outcome"}
    colleague_answers(bench.desk, task.id, {"outcome": "found", "note": "she has it"}, "ann")
    assert bench.drive(asked).end == "suspended"
    told = packet(bench, asked)
    assert "ann was asked for more and found it" in told
    assert "| ann found it |" in told
    assert "still open" not in told
    assert "she has it" not in told
    codes_anew(bench)
    say(bench, asked, "fay")
    assert len(bench.world.payments.refunds) == 1


def test_every_asking_is_in_the_audit(bench: Bench, asked: str) -> None:
    say(bench, asked, "fay", "more", note=WORDS)
    with bench.desk.store.begin() as tx:
        first, second = approvals.of_case(tx, bench.case(asked).id)
        (answer,) = approvals.answers(tx, first.id)
    assert (answer.person_id, answer.decision, answer.verdict.value, answer.why) == (
        "fay",
        "more",
        "accepted",
        "more",
    )
    assert (answer.amount_minor, answer.bound) == (None, None), "nothing is granted by it"
    assert (first.status.value, second.status.value) == ("closed", "open")


def test_who_says_nothing_of_what_is_missing_is_asked_again(bench: Bench, asked: str) -> None:
    say(bench, asked, "fay", "more")
    assert "what is missing?" in packet(bench, asked)
    assert looking(bench, asked) == []


def test_whose_limit_is_small_may_ask_and_whose_case_it_is_may_not(bench: Bench, asked: str) -> None:
    say(bench, asked, "sam", "more", note="which parcel?")
    assert len(looking(bench, asked)) == 1
    with bench.desk.store.begin() as tx:
        cases.assign(tx, bench.case(asked).id, "fay", bench.desk.now())
    say(bench, asked, "fay", "more", note="mine")
    assert len(looking(bench, asked)) == 1
    assert "is or was their own" in packet(bench, asked)


def test_a_decision_meanwhile_withdraws_the_task_and_what_comes_then_is_noted(
    bench: Bench, asked: str
) -> None:
    say(bench, asked, "fay", "more", note=WORDS)
    say(bench, asked, "fin")
    assert len(bench.world.payments.refunds) == 1
    (task,) = looking(bench, asked)
    assert task.status is TaskStatus.CLOSED


def test_silence_after_asking_for_more_ends_the_question_in_its_own_time(bench: Bench, asked: str) -> None:
    due = bench.state(asked).question
    assert due is not None
    assert due.due is not None
    bench.world.clock.advance(due.due - bench.desk.now() - timedelta(minutes=10))
    say(bench, asked, "fay", "more", note=WORDS)
    bench.wait(minutes=11)
    bench.drive(asked)
    question = bench.state(asked).question
    assert question is not None
    assert question.escalated, "it went to the next role when it would have gone anyway"
