"""Batches: open approvals of one kind are found, listed once, asked, answered and withdrawn."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from makegood.store import approvals, batches, claims, people
from makegood.store.approvals import Question
from makegood.store.batches import Kind, Said
from makegood.store.models import Approval, Batch, Case
from makegood.store.people import NewPerson
from makegood.store.words import AnswerVerdict, ApprovalDecision, BatchStatus, MemberStatus, Role
from tests.store.rows import LATER, NOW, Maker

KIND = Kind("refund", "approval", "DE", "EUR", "defective: SKU MUG")
HASH = bytes(32)


def asked(make: Maker, **changes: Any) -> tuple[Case, Approval]:
    """A suspended case about a mug, with an open approval."""
    order = make.order(facts={"ships_from": "CN", "shipped_on": "2026-11-02"})
    case = make.case(order=order, **changes)
    question = Question(
        question_seq=9,
        step="approval",
        visit=1,
        ceiling_minor=1500,
        currency="EUR",
        house_minor=1500,
        packet=f"# {case.number}",
        due=LATER,
    )
    with make.store.begin() as tx:
        claims.note(tx, case.id, [order.units[0].id])
        tx.session.execute(text("update cases set status = 'suspended' where id = :id"), {"id": case.id})
        return case, approvals.ask(tx, case.id, question, NOW)


@pytest.fixture
def three(make: Maker) -> list[Approval]:
    with make.store.begin() as tx:
        people.add(tx, NewPerson(id="sam", name="Sam", role=Role.SUPERVISOR), NOW)
    return [asked(make)[1] for _ in range(3)]


def offered(make: Maker, listed: list[Approval]) -> Batch:
    with make.store.begin() as tx:
        return batches.offer(tx, KIND, {a.id: a.packet_hash for a in listed}, "# together", HASH, NOW)


def outgoing(make: Maker) -> list[tuple[str, Any]]:
    with make.store.begin() as tx:
        rows = tx.session.execute(
            text("select verb, payload from outbox where verb <> 'start-leg' order by id")
        )
        return [(row[0], row[1]) for row in rows]


def said(**changes: Any) -> Said:
    told = {
        "external_id": f"x-{uuid4()}",
        "person_id": "sam",
        "decision": "approve",
        "covers": {1: HASH},
        "struck": (),
        "total_minor": 1500,
        "house_minor": 1500,
        "verdict": AnswerVerdict.ACCEPTED,
        "why": "",
        "answered_at": NOW,
    }
    return Said(**(told | changes))


def test_questions_of_a_kind_are_found_once_there_are_enough(make: Maker, three: list[Approval]) -> None:
    asked(make, market="FR")
    with make.store.begin() as tx:
        assert batches.free(tx, least=4) == []
        found = batches.free(tx, least=3)
    assert [row.approval_id for row in found] == [a.id for a in three]
    assert {(row.reason, tuple(row.skus), row.ships_from, row.shipped_on) for row in found} == {
        ("defective", ("MUG",), "CN", "2026-11-02")
    }


def test_a_question_is_offered_in_one_batch_only(make: Maker, three: list[Approval]) -> None:
    batch = offered(make, three)
    with make.store.begin() as tx:
        assert batches.free(tx, least=1) == []
        assert [a.id for _, a, _ in batches.members(tx, batch.id)] == [a.id for a in three]
    with pytest.raises(IntegrityError, match="uq_batch_members_approval_id"):
        offered(make, three[:1])
    assert outgoing(make) == [("start-batch", {"batch": batch.id})]


def test_a_replaced_run_is_cancelled_and_another_asked_for(make: Maker, three: list[Approval]) -> None:
    batch, run = offered(make, three), uuid4()
    with make.store.begin() as tx:
        batches.shown_by(tx, batch.id, run)
    with make.store.begin() as tx:
        shown = batches.lock(tx, batch.id)
        assert shown is not None
        batches.replace_run(tx, shown, LATER)
    with make.store.begin() as tx:
        found = batches.get(tx, batch.id)
    assert found is not None
    assert (found.run_id, found.runs, found.asked_at) == (None, 2, LATER)
    assert [verb for verb, _ in outgoing(make)] == ["start-batch", "cancel-run", "start-batch"]


@pytest.mark.parametrize("own", [True, False])
def test_an_answered_batch_is_asked_no_more_and_another_run_that_shows_it_is_cancelled(
    make: Maker, three: list[Approval], own: bool
) -> None:
    batch, run = offered(make, three), uuid4()
    with make.store.begin() as tx:
        batches.shown_by(tx, batch.id, run)
    with make.store.begin() as tx:
        shown = batches.lock(tx, batch.id)
        assert shown is not None
        by_run: UUID | None = run if own else None
        batches.answered(tx, shown, ApprovalDecision.APPROVED, "sam", NOW, by_run=by_run)
        batches.mark(tx, batch.id, [a.id for a in three[:2]], MemberStatus.ANSWERED)
        batches.mark(tx, batch.id, [three[2].id], MemberStatus.STRUCK)
    with make.store.begin() as tx:
        assert batches.open_ones(tx) == []
        found = batches.get(tx, batch.id)
        assert [m.status.value for m, _, _ in batches.members(tx, batch.id)] == ["answered"] * 2 + ["struck"]
    assert found is not None
    assert (found.status, found.decided_by) == (BatchStatus.ANSWERED, "sam")
    assert ("cancel-run" in dict(outgoing(make))) is not own


def test_a_batch_is_spent_once_each_of_its_questions_is_closed(make: Maker, three: list[Approval]) -> None:
    batch = offered(make, three)
    with make.store.begin() as tx:
        assert batches.due(tx, batch.id) == LATER
        for approval in three[:2]:
            approvals.close(tx, approval.id)
        assert batches.spent(tx) == []
        approvals.close(tx, three[2].id)
        (found,) = batches.spent(tx)
        assert batches.due(tx, batch.id) is None
        batches.withdraw(tx, found, NOW)
        assert batches.spent(tx) == []


def test_an_answer_is_recorded_once_and_reads_as_it_was_given(make: Maker, three: list[Approval]) -> None:
    batch = offered(make, three)
    told = said(covers={three[0].id: three[0].packet_hash}, struck=["MG-2026-000002"])
    with make.store.begin() as tx:
        id_ = batches.record(tx, batch, told)
        kept = batches.answer(tx, id_)
        again = batches.answer_of(tx, told.external_id)
    assert kept is not None
    assert again is not None
    assert (again.id, batches.covers(kept)) == (id_, {three[0].id: three[0].packet_hash})
    with pytest.raises(IntegrityError, match="uq_batch_answers_external_id"), make.store.begin() as tx:
        batches.record(tx, batch, told)
