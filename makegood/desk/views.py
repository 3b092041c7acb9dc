"""Views: one case with all that is known about it, as desk pages and commands show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from makegood.core import events as ev
from makegood.core.errors import UnknownName
from makegood.core.money import Money
from makegood.core.state import State, apply
from makegood.desk import promises, timeline
from makegood.desk.answering import Form, form_of
from makegood.desk.desk import Desk
from makegood.desk.statements import OrderView, order_of
from makegood.store import (
    approvals,
    cases,
    customers,
    effects,
    evidence,
    journal,
    messages,
    runs,
    tasks,
    timers,
)
from makegood.store import promises as projection
from makegood.store.customers import Contact
from makegood.store.errors import Erased
from makegood.store.messages import Message
from makegood.store.models import Approval, ApprovalAnswer, Case, Effect, Evidence, RunLink, Task, Timer
from makegood.store.transaction import Tx
from makegood.store.words import CaseStatus, TaskKind, TaskStatus


@dataclass(frozen=True, slots=True)
class Line:
    """One event of the journal. `event` is None when it can no longer be read."""

    seq: int
    at: datetime
    kind: str
    sentence: str
    event: ev.Event | None


@dataclass(frozen=True, slots=True)
class TaskView:
    """`form` is there while the task is open and has typed answers; `answers` once it is done."""

    task: Task
    form: Form | None
    answers: Mapping[str, object] | None


@dataclass(frozen=True, slots=True)
class ApprovalView:
    """With the audit of every answer given. Amounts are None where none was granted."""

    approval: Approval
    ceiling: Money
    amount: Money | None
    answers: tuple[ApprovalAnswer, ...]


@dataclass(frozen=True, slots=True)
class EffectView:
    effect: Effect
    money: Money | None


@dataclass(frozen=True, slots=True)
class PromiseView:
    """`standing` is running, paused, warned, met or breached; `due` is None while it is paused."""

    name: str
    standing: str
    due: datetime | None


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case, whole. `contact` is None and `erased` true once the customer's key is destroyed: then the
    conversation, the journal's contents and the answers of tasks are gone, and dates and kinds are left.

    `question` is what is open for a page to answer: the customer's or a colleague's.
    """

    case: Case
    erased: bool
    contact: Contact | None
    messages: tuple[Message, ...]
    journal: tuple[Line, ...]
    state: State | None
    question: Form | None
    effects: tuple[EffectView, ...]
    runs: tuple[RunLink, ...]
    timers: tuple[Timer, ...]
    tasks: tuple[TaskView, ...]
    approvals: tuple[ApprovalView, ...]
    promises: tuple[PromiseView, ...]
    order: OrderView | None
    evidence: tuple[Evidence, ...]
    other_cases: tuple[Case, ...] = field(default=())

    @property
    def number(self) -> str:
        return self.case.number

    @property
    def facts(self) -> Mapping[str, bool | int | str]:
        """What the case knows; empty when it can no longer be read."""
        return self.state.facts if self.state else {}


def case_view(desk: Desk, number: str) -> CaseView:
    """Raises UnknownName. Reads only, in one transaction; also closed cases, also of erased customers."""
    now = desk.now()
    with desk.store.begin() as tx:
        case = cases.by_number(tx, number)
        if case is None:
            raise UnknownName("case", "number", number, ())
        contact = _contact(tx, case)
        lines, state = _journal(tx, case)
        form = _form(desk, tx, case, state)
        return CaseView(
            case=case,
            erased=contact is None,
            contact=contact,
            messages=tuple(messages.thread(tx, case.id)) if contact else (),
            journal=lines,
            state=state,
            question=form,
            effects=tuple(_effect(row) for row in effects.of_case(tx, case.id)),
            runs=tuple(runs.of_case(tx, case.id)),
            timers=tuple(timers.of_case(tx, case.id)),
            tasks=tuple(_task(tx, row, form, contact) for row in tasks.of_case(tx, case.id)),
            approvals=tuple(_approval(tx, row) for row in approvals.of_case(tx, case.id)),
            promises=_promises(desk, tx, case, state, now),
            order=order_of(tx, case),
            evidence=tuple(evidence.of_case(tx, case.id)),
            other_cases=tuple(c for c in cases.of_customer(tx, case.customer_id) if c.id != case.id),
        )


def _contact(tx: Tx, case: Case) -> Contact | None:
    try:
        return customers.contact(tx, case.customer_id)
    except Erased:
        return None


def _journal(tx: Tx, case: Case) -> tuple[tuple[Line, ...], State | None]:
    """Without the customer's key only numbers, instants and kinds are left."""
    state: State | None = None
    lines = []
    try:
        for seq, at, event in journal.read(tx, case.id):
            state = apply(state, event, seq, at)
            lines.append(Line(seq, at, event.kind, timeline.sentence(event, case.currency), event))
    except Erased:
        envelopes = journal.envelopes(tx, case.id)
        return tuple(Line(e.seq, e.at, e.kind, timeline.erased(e.kind), None) for e in envelopes), None
    return tuple(lines), state


def _form(desk: Desk, tx: Tx, case: Case, state: State | None) -> Form | None:
    if state is None or case.status is CaseStatus.CLOSED:
        return None
    return form_of(case.number, desk.plans.of(tx, case.version), state)


def _task(tx: Tx, task: Task, form: Form | None, contact: Contact | None) -> TaskView:
    is_asked = (
        form is not None
        and task.status is TaskStatus.OPEN
        and task.kind is TaskKind.PROCEDURE
        and task.question_seq == form.question.seq
    )
    return TaskView(task, form if is_asked else None, tasks.answers(tx, task) if contact else None)


def _approval(tx: Tx, row: Approval) -> ApprovalView:
    ceiling = Money(minor=row.ceiling_minor, currency=row.currency)
    amount = None if row.amount_minor is None else Money(minor=row.amount_minor, currency=row.currency)
    return ApprovalView(row, ceiling, amount, tuple(approvals.answers(tx, row.id)))


def _effect(row: Effect) -> EffectView:
    if row.money_minor is None or row.currency is None:
        return EffectView(row, None)
    return EffectView(row, Money(minor=row.money_minor, currency=row.currency))


def _promises(desk: Desk, tx: Tx, case: Case, state: State | None, now: datetime) -> tuple[PromiseView, ...]:
    """As they stand now; of a journal that cannot be read, as they were written down last."""
    if state is not None:
        read = promises.readings(desk.library, state, now)
        return tuple(PromiseView(clock.name, reading.standing.value, reading.due) for clock, reading in read)
    return tuple(
        PromiseView(row.name.value, "breached" if row.breached_at else "met", row.due)
        for row in projection.of_case(tx, case.id)
    )
