"""Questions: the task or approval that goes with one is closed when the journal closes it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from makegood.core import events as ev
from makegood.core.state import Question, State
from makegood.store import approvals, outbox, tasks
from makegood.store.transaction import Tx
from makegood.store.words import ApprovalStatus, OutboxVerb, Role

if TYPE_CHECKING:
    from makegood.desk.driving import Hand


LOOKING = "approval-more"
"""Why an agent has a task beside an approval: a supervisor asked for more. It ends with the approval."""
CUSTOMERS = ("ask", "offer")
"""The waits that a customer may answer."""


def key_of(number: str, seq: int) -> str:
    """`mg-2026-000123-17`: what a form, a task and an answer carry. Prefect takes no underscores in it."""
    return f"{number.lower()}-{seq}"


def follow(tx: Tx, hand: Hand, event: ev.Event, after: State, at: datetime) -> None:
    """Keeps tasks and approvals in step with an event that is being journalled."""
    before = hand.state.question
    if before is None:
        return
    if after.question is None or after.question.seq != before.seq:
        _close(tx, hand, before, at)
        if before.wait == "approve" and not isinstance(event, ev.AnswerRefused):
            tasks.withdraw(tx, hand.case_id, LOOKING, at)
    elif isinstance(event, ev.Escalated):
        _escalate(tx, hand, before, event)


def _close(tx: Tx, hand: Hand, question: Question, at: datetime) -> None:
    """What was answered is closed already; what is open is withdrawn, its run cancelled."""
    tasks.close_question(tx, hand.case_id, question.seq, at)
    approval = approvals.by_question(tx, hand.case_id, question.seq)
    if approval is None:
        return
    if approval.status is ApprovalStatus.OPEN:
        approvals.close(tx, approval.id)
    if approval.run_id is not None and str(approval.run_id) != hand.run_id:
        cancel_run(tx, hand.case_id, approval.run_id, at)


def cancel_run(tx: Tx, case_id: int, run_id: UUID, at: datetime) -> None:
    """A cancel that we order is nothing to repair."""
    key = f"cancel-run:{run_id}"
    outbox.put(tx, OutboxVerb.CANCEL_RUN, {"run": str(run_id)}, at, case_id=case_id, dedupe_key=key)


def _escalate(tx: Tx, hand: Hand, question: Question, event: ev.Escalated) -> None:
    task = tasks.of_question(tx, hand.case_id, question.seq)
    if task is not None:
        tasks.extend(tx, task.id, event.due, Role(event.to))
    approval = approvals.by_question(tx, hand.case_id, question.seq)
    if approval is not None:
        approvals.extend(tx, approval.id, event.due)
