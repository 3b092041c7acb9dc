"""Records: what the store and the desk know, as JSON for programs. Keys are stable: extend, don't rename.

Instants, identities, amounts and digests are written by `output.show_json`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from makegood.desk.answering import Form
    from makegood.desk.staff import Listed
    from makegood.desk.statements import OrderView
    from makegood.desk.views import ApprovalView, CaseView, Line, TaskView
    from makegood.store.models import Approval, Case, Task

Record = dict[str, Any]

_CASE = (
    *("number", "procedure", "version", "status", "outcome", "market", "locale", "zone", "tier", "channel"),
    *("reason", "owner", "order_ref", "currency", "step", "waits_on", "opened_at", "closed_at", "wake_at"),
)
_TASK = ("id", "kind", "step", "role", "why", "due", "status", "assignee", "created_at")
_EFFECT = (
    *("key", "step", "visit", "action", "status", "provider_ref", "attempts", "error"),
    *("intended_at", "settled_at"),
)
_RUN = ("run_id", "leg", "flow", "purpose", "state", "question_seq", "created_at")
_APPROVAL = (
    *("id", "step", "visit", "question_seq", "status", "run_id", "packet", "packet_hash"),
    *("opened_at", "due", "decision", "decided_by", "decided_at"),
)
_ANSWER = ("person_id", "decision", "amount_minor", "verdict", "why", "answered_at")
_MESSAGE = ("id", "direction", "author", "channel", "locale", "template", "subject", "body", "at")
_EVIDENCE = (
    *("id", "kind", "sha256", "size", "media_type"),
    *("captured_at", "captured_source", "received_at"),
)
_PERSON = ("id", "name", "role", "markets", "locale", "active", "locked_until", "demo")


def case_row(case: Case) -> Record:
    """What a list of cases has of each."""
    return _of(case, *_CASE)


def case_record(view: CaseView, progress: str) -> Record:
    """All of a case. `progress` is the customer's link."""
    return {
        **case_row(view.case),
        "erased": view.erased,
        "customer": view.contact and _of(view.contact, "name", "email", "phone", "address"),
        "progress": progress,
        "facts": dict(view.facts),
        "question": view.question and form(view.question),
        "journal": [_line(line) for line in view.journal],
        "effects": [{**_of(row.effect, *_EFFECT), "money": row.money} for row in view.effects],
        "runs": [_of(run, *_RUN) for run in view.runs],
        "timers": [_of(timer, "name", "due", "meaning") for timer in view.timers],
        "tasks": [_task(task) for task in view.tasks],
        "approvals": [_approval(approval) for approval in view.approvals],
        "promises": [_of(promise, "name", "standing", "due") for promise in view.promises],
        "messages": [_of(message, *_MESSAGE) for message in view.messages],
        "order": view.order and _order(view.order),
        "evidence": [_of(row, *_EVIDENCE) for row in view.evidence],
        "other_cases": [case.number for case in view.other_cases],
    }


def form(asked: Form) -> Record:
    """`fields` says what each answer may be; `required` those that must be given."""
    return {
        "key": asked.key,
        **_of(asked.question, "wait", "step", "due"),
        "fields": {name: str(field) for name, field in asked.fields.items()},
        "required": sorted(asked.required),
    }


def task_row(task: Task, case: Case) -> Record:
    return {**_of(task, *_TASK), "case": case.number, **_of(case, "procedure", "market")}


def approval_row(approval: Approval, case: Case) -> Record:
    """What a list of open questions has of each. `packet_hash` is what a decision can be bound to."""
    from makegood.core.money import Money
    from makegood.desk import questions

    ceiling = Money(minor=approval.ceiling_minor, currency=approval.currency)
    return {
        "case": case.number,
        **_of(case, "procedure", "market", "reason"),
        "key": questions.key_of(case.number, approval.question_seq),
        **_of(approval, "step", "run_id", "packet_hash", "opened_at"),
        "deadline": approval.due,
        "ceiling": ceiling,
    }


def person_row(listed: Listed) -> Record:
    """Never the secret."""
    limit, person = None, listed.person
    if person.limit_minor is not None:
        limit = {"minor": person.limit_minor, "currency": person.limit_currency}
    return {**_of(person, *_PERSON), "limit": limit, **_of(listed, "email", "recovery_left")}


def _of(row: object, *names: str) -> Record:
    return {name: getattr(row, name) for name in names}


def _line(line: Line) -> Record:
    from makegood.core.events import dump

    event = None if line.event is None else dump(line.event)
    return {**_of(line, "seq", "at", "kind", "sentence"), "event": event}


def _task(view: TaskView) -> Record:
    told = _of(view.task, *_TASK, "done_by", "done_at")
    return {**told, "form": view.form and form(view.form), "answers": view.answers}


def _approval(view: ApprovalView) -> Record:
    answers = [_of(answer, *_ANSWER) for answer in view.answers]
    told = _of(view.approval, *_APPROVAL)
    return {**told, "ceiling": view.ceiling, "amount": view.amount, "answers": answers}


def _order(order: OrderView) -> Record:
    (freight, freight_given), (cap, goodwill_given) = order.freight, order.goodwill
    return {
        **_of(order, "ref", "currency", "placed_at", "delivered_at"),
        "units": [_of(unit, "ref", "title", "category", "paid", "given") for unit in order.units],
        "freight": {"paid": freight, "given": freight_given},
        "goodwill": {"cap": cap, "given": goodwill_given},
    }
