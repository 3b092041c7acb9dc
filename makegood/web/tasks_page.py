"""Tasks: what waits for a colleague or their role, and the form by which it is done."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from makegood.core.errors import BadInput
from makegood.core.facts import Facts
from makegood.desk import answering, assigning, duties
from makegood.desk.answering import QuestionClosed
from makegood.store import cases, tasks
from makegood.store.errors import Missing
from makegood.store.models import Case, Person, Task
from makegood.store.words import Role, TaskKind, TaskStatus
from makegood.web import access, pages
from makegood.web.access import NotYours
from makegood.web.forms import DeskForm, shown, text_of, typed
from makegood.web.sessions import SignedIn, Visitor
from makegood.web.site import Site, site_of

router = APIRouter(prefix="/desk/tasks")


@router.get("")
def show(request: Request, visitor: SignedIn, whose: str = "role") -> Response:
    """`whose` is `mine`, `role`, or `reach`: also of the roles whose work comes to this one."""
    site = site_of(request)
    return pages.render(
        request,
        "tasks.html",
        visitor=visitor,
        rows=_rows(site, visitor, whose),
        whose=whose,
        now=site.desk.now(),
    )


def _rows(site: Site, visitor: Visitor, whose: str) -> list[tuple[Task, Case]]:
    person, markets = visitor.person, access.markets_of(visitor.person)
    if markets == ():
        return []
    roles: tuple[Role, ...] = ()
    if whose == "role":
        roles = (person.role,)
    elif whose == "reach":
        roles = duties.roles_of(site.desk.library.roster, person.role)
    with site.desk.store.begin() as tx:
        return tasks.waiting(
            tx, roles=roles, markets=markets or (), assignee=person.id if whose == "mine" else None
        )


@router.get("/{task_id}")
def open_one(request: Request, visitor: SignedIn, task_id: int) -> Response:
    site = site_of(request)
    task, case = _theirs(site, visitor, task_id)
    form = answering.task_form(site.desk, task) if task.status is TaskStatus.OPEN else None
    may = duties.may_do(site.desk.library.roster, visitor.person, task)
    return pages.render(
        request,
        "task.html",
        visitor=visitor,
        task=task,
        case=case,
        fields=shown(form.fields, form.required) if form else [],
        may=may,
        colleagues=_others(site, visitor, task, case) if may else [],
        roles=assigning.roles(site.desk, task, case) if may else (),
        now=site.desk.now(),
    )


def _others(site: Site, visitor: Visitor, task: Task, case: Case) -> list[Person]:
    """Whom the visitor may give it to, besides themselves."""
    able = assigning.colleagues(site.desk, task, case)
    return [each for each in able if each.id not in (visitor.person.id, task.assignee)]


@router.post("/{task_id}")
def finish(request: Request, visitor: SignedIn, form: DeskForm, task_id: int) -> Response:
    """Typed answers go to the case; work that has none is done, with a note."""
    site = site_of(request)
    task, case = _theirs(site, visitor, task_id)
    if not duties.may_do(site.desk.library.roster, visitor.person, task):
        raise NotYours
    asked = answering.task_form(site.desk, task)
    facts: Facts = {"note": text_of(form, "note")}
    if asked is None and task.kind is TaskKind.PROCEDURE:
        raise QuestionClosed(case.number)
    if asked is not None:
        facts = answering.read_facts(asked, typed(form, asked), case.currency or "")
    answering.colleague_answers(site.desk, task.id, facts, visitor.person.id)
    return RedirectResponse("/desk/tasks", 303)


@router.post("/{task_id}/assignee")
def give(request: Request, visitor: SignedIn, form: DeskForm, task_id: int) -> Response:
    """The visitor takes the task on, gives it back, or gives it to a colleague or another role."""
    site = site_of(request)
    task, _ = _theirs(site, visitor, task_id)
    if not duties.may_do(site.desk.library.roster, visitor.person, task):
        raise NotYours
    assigning.assign(site.desk, task.id, _receiver(form, visitor), visitor.person.id)
    return RedirectResponse(f"/desk/tasks/{task.id}", 303)


def _receiver(form: FormData, visitor: Visitor) -> assigning.Receiver:
    """`me`, `nobody`, `person:<id>` or `role:<role>`. Raises BadInput."""
    match text_of(form, "assignee", 80).partition(":"):
        case ("me", "", _):
            return assigning.ToPerson(visitor.person.id)
        case ("nobody", "", _):
            return assigning.ToRole()
        case ("person", ":", person):
            return assigning.ToPerson(person)
        case ("role", ":", role) if role in tuple(Role):
            return assigning.ToRole(Role(role))
        case _:
            raise BadInput("assignee", "says nobody", "me, nobody, person:<id> or role:<role>", "Choose one")


def _theirs(site: Site, visitor: Visitor, task_id: int) -> tuple[Task, Case]:
    """Raises NotYours, also for a task that there is not."""
    with site.desk.store.begin() as tx:
        try:
            task = tasks.get(tx, task_id)
        except Missing:
            raise NotYours from None
        case = cases.get(tx, task.case_id)
    access.must_see(visitor.person, case)
    return task, case
