"""Answering: a customer's or a colleague's answer is checked against its question and put into the inbox."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from makegood.core import events as ev
from makegood.core.errors import BadInput, Refusal, UnknownName
from makegood.core.facts import BOOL, INT, PERCENT, Facts, FactType, Field
from makegood.core.money import parse
from makegood.core.plan import Plan
from makegood.core.procedure import AskStep, OfferStep, TaskStep
from makegood.core.signatures import FILES, fields_of
from makegood.core.state import Question, State
from makegood.desk import asking_more, attachments, duties, questions, repairs, settling, trouble
from makegood.desk.desk import Desk
from makegood.desk.driving import load
from makegood.desk.evidence import SentFile
from makegood.store import cases, inbox, people, tasks
from makegood.store.models import Case, Task
from makegood.store.transaction import Tx
from makegood.store.words import CaseStatus, TaskKind

Files = Mapping[str, Sequence[SentFile]]


class QuestionClosed(Refusal):
    """Late: the question was answered, timed out or withdrawn."""

    def __init__(self, number: str) -> None:
        super().__init__(f"{number}: this question is closed")
        self.number = number


@dataclass(frozen=True, slots=True)
class Form:
    """An open question as a page shows it. `key` comes back with the answer."""

    key: str
    question: Question
    fields: Mapping[str, Field]
    required: frozenset[str]


def form_of(number: str, plan: Plan, state: State) -> Form | None:
    """None when nothing is open that a page could answer."""
    question = state.question
    if question is None or question.wait not in ("ask", "offer", "task"):
        return None
    step = plan.steps[question.step].step
    key = questions.key_of(number, question.seq)
    fields = fields_of(step, plan.contracts, {})
    match step:
        case OfferStep():
            return Form(key, question, {"accepted": BOOL, "counter": PERCENT}, frozenset({"accepted"}))
        case AskStep():
            needed = frozenset(name for name, want in step.for_.items() if want != "optional")
            return Form(key, question, fields, needed)
        case TaskStep():
            return Form(key, question, fields, frozenset(fields) - _texts(fields))
        case _:
            return None


def _texts(fields: Mapping[str, Field]) -> frozenset[str]:
    """A note may stay empty."""
    return frozenset(name for name, field in fields.items() if field.type is FactType.TEXT)


def read_facts(form: Form, given: Mapping[str, str], currency: str = "") -> Facts:
    """What was typed, as facts. Raises BadInput naming the field, what was expected and how to mend it."""
    for name in given.keys() - form.fields.keys():
        raise UnknownName("answer", "field", name, tuple(form.fields))
    facts: Facts = {}
    for name, field in form.fields.items():
        text = given.get(name, "").strip()
        if not text:
            if name in form.required and field.type is not FactType.BOOL:
                raise BadInput(name, "missing", str(field), "fill it in")
            if field.type is FactType.BOOL and name in form.required:
                facts[name] = False
            continue
        facts[name] = _value(name, field, text, currency)
    return facts


_YES = {"yes", "true", "on", "1"}
_NO = {"no", "false", "off", "0"}


def _value(name: str, field: Field, text: str, currency: str) -> bool | int | str:
    match field.type:
        case FactType.BOOL:
            if text.lower() not in _YES | _NO:
                raise BadInput(name, f"{text!r} is neither yes nor no", "yes or no")
            return text.lower() in _YES
        case FactType.MONEY:
            return parse(text, currency).minor
        case FactType.INT | FactType.PERCENT:
            if not text.lstrip("-").isdigit():
                raise BadInput(name, f"{text!r} is not a whole number", str(INT), "write digits only")
            return int(text)
        case FactType.ENUM:
            if text not in field.values:
                raise BadInput(name, f"{text!r} is none of them", str(field), "choose one")
            return text
        case _:
            return text


def customer_answers(
    desk: Desk, number: str, key: str, facts: Facts, external_id: str, files: Files = MappingProxyType({})
) -> bool:
    """False when this very answer was given before. `files` are kept, and counted under their names.

    Raises QuestionClosed, also for a colleague's question, BadInput for an offer that is neither accepted
    nor refused nor countered, and EvidenceRefused; nothing is kept then.
    """
    with desk.store.begin() as tx:
        if inbox.claim(tx, _source("customer"), external_id) is not None:
            return False  # a second press of the button, also when the question is closed by now
        case = _open_case(tx, number)
        question = load(tx, case.id).question
        theirs = question is not None and question.wait in questions.CUSTOMERS
        if question is None or not theirs or questions.key_of(case.number, question.seq) != key:
            raise QuestionClosed(case.number)
        if question.wait == "offer" and not facts.keys() & {"accepted", "counter"}:
            raise BadInput("accepted", "missing", "yes or no", "silence is not a refusal")
        counted = facts | attachments.keep_as(tx, desk, case, files)
        return _put(tx, desk, case, key, counted, "customer", external_id)


def colleague_answers(desk: Desk, task_id: int, facts: Facts, by: str) -> None:
    """The task is done and its case goes on.

    Raises NotYourTask for another role's work, and QuestionClosed when somebody was quicker.
    """
    now = desk.now()
    with desk.store.begin() as tx:
        task, person = tasks.get(tx, task_id), people.get(tx, by)
        if person is None:
            raise UnknownName("task", "person", by, tuple(each.id for each in people.listed(tx)))
        duties.check(desk.library.roster, person, task)
        if not tasks.done(tx, task_id, facts, by, now):
            raise QuestionClosed(cases.get(tx, task.case_id).number)
        if task.kind is TaskKind.PROCEDURE:
            case = cases.get(tx, task.case_id)
            key = questions.key_of(case.number, task.question_seq)
            _put(tx, desk, case, key, facts, by, f"task-{task.id}", duties.taken_over(task, by))
        elif task.why == repairs.UNKNOWN and "outcome" in facts:
            settling.put(tx, cases.get(tx, task.case_id), task, str(facts["outcome"]), by, now)
        elif task.why == questions.LOOKING:
            asking_more.put(tx, cases.get(tx, task.case_id), task, facts, by, now)
        elif task.why == trouble.KILLS:
            cases.wake(tx, task.case_id, now)


def _put(
    tx: Tx,
    desk: Desk,
    case: Case,
    key: str,
    facts: Facts,
    by: str,
    external_id: str,
    remark: ev.TaskAssigned | None = None,
) -> bool:
    """`remark` is journalled before the answer."""
    now = desk.now()
    payload: dict[str, Any] = {"facts": dict(facts), "by": by}
    if remark is not None:
        payload["remark"] = ev.dump(remark)
    return inbox.put(
        tx,
        case.id,
        source=_source(by),
        external_id=external_id,
        name="answer",
        match=key,
        payload=payload,
        received_at=now,
        now=now,
    )


def _source(by: str) -> str:
    return "progress" if by == "customer" else "desk"


def _open_case(tx: Tx, number: str) -> Case:
    case = cases.by_number(tx, number)
    if case is None:
        raise UnknownName("answer", "case", number, ())
    if case.status is CaseStatus.CLOSED:
        raise QuestionClosed(case.number)
    return case


def task_form(desk: Desk, task: Task) -> Form | None:
    """The form of an open task; None for work that has no typed answers."""
    with desk.store.begin() as tx:
        case = cases.get(tx, task.case_id)
        if task.kind is TaskKind.REPAIR:
            fields = asking_more.FIELDS if task.why == questions.LOOKING else settling.fields_of(tx, task)
            return _repair_form(task, case, fields)
        form = form_of(case.number, desk.plans.of(tx, case.version), load(tx, case.id))
    return form if form and form.question.seq == task.question_seq else None


def _repair_form(task: Task, case: Case, fields: Mapping[str, Field]) -> Form | None:
    """Most repairs are only done; an unknown effect has an outcome."""
    question = Question(
        seq=task.question_seq,
        step=task.step,
        visit=task.visit,
        wait="task",
        who=task.role.value,
        round=1,
        rung=0,
        asked_at=task.created_at,
        due=task.due,
        remind_at=None,
        names=(),
        match="",
        facts={},
    )
    key = questions.key_of(case.number, task.question_seq)
    return Form(key, question, fields, frozenset(fields) - _texts(fields)) if fields else None


def admitted(desk: Desk, number: str, facts: Facts) -> Facts:
    """Of what a channel has understood, what the open question asks for. Raises BadInput for a wrong type.

    Files speak for themselves: how many there are is counted, not told.
    """
    with desk.store.begin() as tx:
        case = cases.by_number(tx, number)
        if case is None or case.status is CaseStatus.CLOSED:
            return {}
        form = form_of(case.number, desk.plans.of(tx, case.version), load(tx, case.id))
    fields = form.fields if form and form.question.wait == "ask" else {}
    asked = {name: value for name, value in facts.items() if name in fields and name not in FILES}
    for name, value in asked.items():
        if not fields[name].admits(value):
            raise BadInput(f"facts.{name}", "does not fit", str(fields[name]), "Mend it and send again")
    return asked
