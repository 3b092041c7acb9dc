"""Working: a colleague does a task, with answers typed as `field=value`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from makegood.core.errors import BadInput, UnknownName
from makegood.desk import answering, staff
from makegood.desk.answering import Form, QuestionClosed
from makegood.desk.desk import Desk
from makegood.store import cases, tasks
from makegood.store.errors import Missing
from makegood.store.models import Case, Task
from makegood.store.words import TaskKind, TaskStatus


def read_pairs(given: Sequence[str]) -> dict[str, str]:
    """`condition=used` each. Raises BadInput."""
    pairs: dict[str, str] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise BadInput(repr(text), "no answer", "field=value, as condition=used")
        pairs[name.strip()] = value.strip()
    return pairs


def done(desk: Desk, task_id: int, person: str, given: Mapping[str, str]) -> str:
    """The number of the case, which goes on. Raises BadInput saying what is expected, or QuestionClosed."""
    staff.known(desk, person)
    task, case = found(desk, task_id)
    if task.status is not TaskStatus.OPEN:
        raise QuestionClosed(case.number)
    facts, form = {}, answering.task_form(desk, task)
    if form is None and task.kind is TaskKind.PROCEDURE:
        raise QuestionClosed(case.number)
    if form is not None:
        _something_given(task, form, given)
        facts = answering.read_facts(form, given, case.currency or "")
    elif given:
        raise BadInput(f"task {task_id}", "has no answers to give", "none", "Say only that it is done")
    answering.colleague_answers(desk, task_id, facts, person)
    return case.number


def found(desk: Desk, task_id: int) -> tuple[Task, Case]:
    """Raises UnknownName, which says what is open."""
    with desk.store.begin() as tx:
        try:
            task = tasks.get(tx, task_id)
        except Missing:
            waiting = tuple(str(row.id) for row, _ in tasks.waiting(tx, limit=20))
            raise UnknownName("task", "open task", str(task_id), waiting) from None
        return task, cases.get(tx, task.case_id)


def _something_given(task: Task, form: Form, given: Mapping[str, str]) -> None:
    """Nothing at all is a question what to say; a flag that is left out beside others means no."""
    if form.required and not given:
        expected = ", ".join(f"{name}=<{field}>" for name, field in form.fields.items())
        raise BadInput(f"task {task.id}", "no answers", expected)
