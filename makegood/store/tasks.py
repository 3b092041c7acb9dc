"""Tasks: opened once per question, listed for the desk, done once with sealed answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert

from makegood.store import plain
from makegood.store.errors import Missing
from makegood.store.models import Case, Task
from makegood.store.transaction import Tx, decode, encode
from makegood.store.words import Role, TaskKind, TaskStatus

_CLOSE_QUESTION = text(
    "update tasks set status = 'closed', done_at = :now"
    " where case_id = :case and question_seq = :seq and status = 'open' returning id"
)
_WITHDRAW = text(
    "update tasks set status = 'closed', done_at = :now"
    " where case_id = :case and why = :why and status = 'open'"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTask:
    """`question_seq` with `kind` makes it one of its case; opening it again returns the first."""

    step: str
    visit: int
    question_seq: int
    role: Role
    why: str
    due: datetime | None = None
    kind: TaskKind = TaskKind.PROCEDURE
    assignee: str | None = None


def open(tx: Tx, case_id: int, new: NewTask, now: datetime) -> Task:  # noqa: A001  (tasks.open reads best)
    row = insert(Task).values(case_id=case_id, **asdict(new), status=TaskStatus.OPEN, created_at=now)
    row = row.on_conflict_do_nothing(index_elements=["case_id", "question_seq", "kind"])
    made: Task | None = tx.session.scalar(row.returning(Task))
    if made is not None:
        return made
    query = select(Task).where(Task.case_id == case_id, Task.question_seq == new.question_seq)
    return tx.session.scalars(query.where(Task.kind == new.kind)).one()


def get(tx: Tx, task_id: int) -> Task:
    """Raises Missing."""
    task = plain.one(tx, Task, "id = :id", id=task_id)
    if task is None:
        raise Missing("task", task_id)
    return task


def done(tx: Tx, task_id: int, answers: Mapping[str, Any], by: str, now: datetime) -> bool:
    """False when it is not open any more: then the answers are not kept."""
    task = get(tx, task_id)
    finished = {
        "status": TaskStatus.DONE,
        "answers_cipher": tx.seal(task.case_id, encode(answers), _bound(task)),
        "done_by": by,
        "done_at": now,
    }
    query = update(Task).where(Task.id == task_id, Task.status == TaskStatus.OPEN).values(**finished)
    return tx.session.scalar(query.returning(Task.id)) is not None


def close(tx: Tx, task_id: int, now: datetime) -> bool:
    """Withdraws it unanswered. False when it is not open any more."""
    query = update(Task).where(Task.id == task_id, Task.status == TaskStatus.OPEN)
    query = query.values(status=TaskStatus.CLOSED, done_at=now)
    return tx.session.scalar(query.returning(Task.id)) is not None


def close_question(tx: Tx, case_id: int, question_seq: int, now: datetime) -> int:
    """Withdraws what is open of a question; how many there were."""
    closed = {"case": case_id, "seq": question_seq, "now": now}
    return len(tx.session.scalars(_CLOSE_QUESTION, closed).all())


def withdraw(tx: Tx, case_id: int, why: str, now: datetime) -> None:
    """Closes what is open of the case for this reason: nobody needs it any longer."""
    tx.session.execute(_WITHDRAW, {"case": case_id, "why": why, "now": now})


def assign(tx: Tx, task_id: int, person: str | None, role: Role | None = None) -> bool:
    """`role`: it is another role's from now on. False when the task is not open any more."""
    query = update(Task).where(Task.id == task_id, Task.status == TaskStatus.OPEN).values(assignee=person)
    query = query if role is None else query.values(role=role)
    return tx.session.scalar(query.returning(Task.id)) is not None


def extend(tx: Tx, task_id: int, due: datetime | None, role: Role) -> None:
    """An escalation: another deadline, another role, and nobody's in particular any more."""
    tx.session.execute(update(Task).where(Task.id == task_id).values(due=due, role=role, assignee=None))


def answers(tx: Tx, task: Task) -> dict[str, Any] | None:
    """None until it is done. Raises Erased."""
    if task.answers_cipher is None:
        return None
    return decode(tx.unseal(task.case_id, task.answers_cipher, _bound(task)))


def waiting(
    tx: Tx,
    *,
    roles: Sequence[Role] = (),
    markets: Sequence[str] = (),
    assignee: str | None = None,
    limit: int = 200,
) -> list[tuple[Task, Case]]:
    """Open tasks with their cases, the most urgent first; what is empty does not narrow the list."""
    query = select(Task, Case).join(Case, Case.id == Task.case_id).where(Task.status == TaskStatus.OPEN)
    if roles:
        query = query.where(Task.role.in_(roles))
    if markets:
        query = query.where(Case.market.in_(markets))
    if assignee is not None:
        query = query.where(Task.assignee == assignee)
    query = query.order_by(Task.due.asc().nulls_last(), Task.id).limit(limit)
    return [(task, case) for task, case in tx.session.execute(query)]


def of_case(tx: Tx, case_id: int) -> list[Task]:
    return plain.find(tx, Task, "case_id = :case order by id", case=case_id)


def of_question(tx: Tx, case_id: int, question_seq: int) -> Task | None:
    asked = "case_id = :case and question_seq = :seq order by id limit 1"
    return plain.one(tx, Task, asked, case=case_id, seq=question_seq)


def _bound(task: Task) -> str:
    return f"task|{task.case_id}|{task.question_seq}|{task.kind}"
