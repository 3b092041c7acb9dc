"""Posing: a question is journalled together with the task, approval or sibling case that it means."""

from __future__ import annotations

from makegood.core import events as ev
from makegood.core.plan import PlanStep
from makegood.core.procedure import CallStep, TaskStep
from makegood.desk import approvals, opening
from makegood.desk.actions.orders import unit_refs
from makegood.desk.driving import Hand, write
from makegood.desk.siblings import CLOSED
from makegood.store import cases, tasks
from makegood.store.transaction import Tx
from makegood.store.words import Role


def pose(hand: Hand, asked: ev.QuestionAsked, planned: PlanStep) -> None:
    """One transaction: a question without its task, or a task without its question, cannot be."""
    packet = approvals.packet(hand, asked) if asked.wait == "approve" else None
    now = hand.now()
    with hand.desk.store.begin() as tx:
        if isinstance(planned.step, CallStep):
            asked = _called(tx, hand, asked, planned.step)
        seq = write(tx, hand, asked, now)
        if isinstance(planned.step, TaskStep):
            tasks.open(tx, hand.case_id, _task(asked, planned.step, seq), now)
        if packet is not None:
            approvals.open_question(tx, hand, asked, seq, packet, now)


def _task(asked: ev.QuestionAsked, step: TaskStep, seq: int) -> tasks.NewTask:
    return tasks.NewTask(
        step=asked.step,
        visit=asked.visit,
        question_seq=seq,
        role=Role(step.task),
        why=step.why or asked.step,
        due=asked.due,
    )


def _called(tx: Tx, hand: Hand, asked: ev.QuestionAsked, step: CallStep) -> ev.QuestionAsked:
    """Opens the sibling, or joins the one that the customer has open about this already."""
    case = cases.get(tx, hand.case_id)
    about = str(asked.facts.get("about", ""))
    call = opening.Call(step.call, unit_refs(hand), about, step.reason or case.reason)
    sibling = opening.sibling(tx, hand.desk, case, call, hand.now())
    return asked.model_copy(update={"names": (CLOSED,), "match": sibling.number})
