"""Tasks and approvals: asked once, answered once, every answer on record."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from makegood.core.errors import MoveRefused
from makegood.store import approvals, people, tasks
from makegood.store.approvals import Answer, Question
from makegood.store.errors import Missing
from makegood.store.people import NewPerson
from makegood.store.tasks import NewTask
from makegood.store.words import (
    AnswerVerdict,
    ApprovalDecision,
    ApprovalStatus,
    Role,
    TaskKind,
    TaskStatus,
)
from tests.store.rows import LATER, NOW, Maker, at_once

INSPECT = NewTask(step="inspect", visit=1, question_seq=7, role=Role.WAREHOUSE, why="return", due=LATER)
QUESTION = Question(
    question_seq=9,
    step="approval",
    visit=1,
    ceiling_minor=16000,
    currency="EUR",
    house_minor=16000,
    packet="# MG-2026-000001",
    due=LATER,
)


@pytest.fixture(autouse=True)
def staff(make: Maker) -> None:
    with make.store.begin() as tx:
        people.add(tx, NewPerson(id="wu", name="Wu", role=Role.WAREHOUSE), NOW)
        people.add(tx, NewPerson(id="ada", name="Ada", role=Role.SUPERVISOR), NOW)


def answer(verdict: AnswerVerdict, why: str = "") -> Answer:
    return Answer(
        person_id="ada",
        decision="approved",
        amount_minor=16000,
        verdict=verdict,
        why=why,
        answered_at=NOW,
    )


def test_a_task_is_opened_once_per_question_and_done_once(make: Maker) -> None:
    case = make.case()
    with make.store.begin() as tx:
        task = tasks.open(tx, case.id, INSPECT, NOW)
        assert tasks.open(tx, case.id, INSPECT, NOW).id == task.id
        breach = tasks.open(tx, case.id, replace(INSPECT, kind=TaskKind.BREACH), NOW)
        assert breach.id != task.id
        assert tasks.answers(tx, task) is None

    def finish() -> bool:
        with make.store.begin() as tx:
            return tasks.done(tx, task.id, {"condition": "broken", "note": "Henkel ab"}, "wu", LATER)

    assert sorted(at_once(finish, finish)) == [False, True]  # type: ignore[type-var]
    with make.store.begin() as tx:
        finished = tasks.get(tx, task.id)
        assert (finished.status, finished.done_by, finished.done_at) == (TaskStatus.DONE, "wu", LATER)
        assert tasks.answers(tx, finished) == {"condition": "broken", "note": "Henkel ab"}
        assert not tasks.close(tx, task.id, LATER)


def test_waiting_tasks_are_listed_by_urgency_and_narrowed(make: Maker) -> None:
    german, french = make.case(), make.case(market="FR")
    with make.store.begin() as tx:
        tasks.open(tx, german.id, replace(INSPECT, question_seq=3, role=Role.AGENT, due=None), NOW)
        urgent = tasks.open(tx, german.id, INSPECT, NOW)
        other = tasks.open(tx, french.id, INSPECT, NOW)
        tasks.assign(tx, other.id, "wu")
        assert [task.question_seq for task, _ in tasks.waiting(tx)] == [7, 7, 3]
        assert [case.number for _, case in tasks.waiting(tx, roles=[Role.AGENT])] == [german.number]
        assert [task.id for task, _ in tasks.waiting(tx, markets=["FR"])] == [other.id]
        assert [task.id for task, _ in tasks.waiting(tx, assignee="wu")] == [other.id]
        tasks.extend(tx, urgent.id, None, Role.WAREHOUSE_LEAD)
        assert tasks.get(tx, urgent.id).role is Role.WAREHOUSE_LEAD
        assert tasks.close_question(tx, german.id, 7, NOW) == 1
        assert tasks.close_question(tx, german.id, 7, NOW) == 0
        assert [task.status for task in tasks.of_case(tx, german.id)] == [TaskStatus.OPEN, TaskStatus.CLOSED]
        found = tasks.of_question(tx, french.id, 7)
        assert found is not None
        assert found.id == other.id
        with pytest.raises(Missing):
            tasks.get(tx, 404)


def test_an_approval_asked_twice_shows_the_first_packet(make: Maker) -> None:
    case = make.case()
    with make.store.begin() as tx:
        asked = approvals.ask(tx, case.id, QUESTION, NOW)
        again = approvals.ask(tx, case.id, replace(QUESTION, packet="# other"), LATER)
        assert (again.id, again.packet) == (asked.id, QUESTION.packet)
        assert again.packet_hash == approvals.packet_hash(QUESTION.packet)
        approvals.set_run(tx, asked.id, UUID(int=5))
        assert [(row.run_id, found.number) for row, found in approvals.waiting(tx, ["DE"])] == [
            (UUID(int=5), case.number)
        ]
        assert approvals.waiting(tx, ["FR"]) == []


def test_an_approval_is_decided_once(make: Maker) -> None:
    case = make.case()
    with make.store.begin() as tx:
        asked = approvals.ask(tx, case.id, QUESTION, NOW)

    def decide() -> None:
        with make.store.begin() as tx:
            approvals.decide(tx, asked.id, ApprovalDecision.ADJUSTED, by="ada", amount_minor=12000, at=LATER)

    outcomes = at_once(decide, decide)
    assert sum(isinstance(outcome, MoveRefused) for outcome in outcomes) == 1
    with make.store.begin() as tx:
        decided = approvals.get(tx, asked.id)
        assert (decided.status, decided.decision, decided.amount_minor, decided.decided_by) == (
            ApprovalStatus.ANSWERED,
            ApprovalDecision.ADJUSTED,
            12000,
            "ada",
        )
        assert not approvals.close(tx, asked.id)
        assert approvals.waiting(tx) == []


def test_a_time_out_is_decided_by_nobody_and_grants_nothing(make: Maker) -> None:
    case = make.case()
    with make.store.begin() as tx:
        asked = approvals.ask(tx, case.id, QUESTION, NOW)
        approvals.extend(tx, asked.id, None)
        approvals.decide(tx, asked.id, ApprovalDecision.TIMED_OUT, by=None, amount_minor=None, at=LATER)
        assert [row.decision for row in approvals.of_case(tx, case.id)] == [ApprovalDecision.TIMED_OUT]


@pytest.mark.parametrize(
    ("decision", "by", "amount"),
    [
        (ApprovalDecision.APPROVED, None, 16000),
        (ApprovalDecision.APPROVED, "ada", None),
        (ApprovalDecision.REJECTED, "ada", 16000),
        (ApprovalDecision.TIMED_OUT, "ada", None),
    ],
)
def test_no_approval_without_a_person_and_no_amount_without_a_grant(
    make: Maker, decision: ApprovalDecision, by: str | None, amount: int | None
) -> None:
    case = make.case()
    with make.store.begin() as tx:
        asked = approvals.ask(tx, case.id, QUESTION, NOW)
    with pytest.raises(Exception, match="ck_approvals"), make.store.begin() as tx:
        approvals.decide(tx, asked.id, decision, by=by, amount_minor=amount, at=LATER)


def test_every_answer_is_on_record_in_the_order_it_was_given(make: Maker) -> None:
    case = make.case()
    with make.store.begin() as tx:
        asked = approvals.ask(tx, case.id, QUESTION, NOW)
        approvals.record(tx, asked.id, answer(AnswerVerdict.REFUSED, "wrong_code"))
        approvals.record(tx, asked.id, answer(AnswerVerdict.ACCEPTED))
        recorded = approvals.answers(tx, asked.id)
    assert [(row.verdict, row.why) for row in recorded] == [
        (AnswerVerdict.REFUSED, "wrong_code"),
        (AnswerVerdict.ACCEPTED, ""),
    ]


def test_a_withdrawn_approval_waits_no_more(make: Maker) -> None:
    case = make.case()
    with make.store.begin() as tx:
        asked = approvals.ask(tx, case.id, QUESTION, NOW)
        assert approvals.close(tx, asked.id)
        assert approvals.waiting(tx) == []
        with pytest.raises(MoveRefused):
            approvals.decide(tx, asked.id, ApprovalDecision.REJECTED, by="ada", amount_minor=None, at=NOW)
        with pytest.raises(Missing):
            approvals.get(tx, 404)
