"""Assigning: a task is given to a colleague or back to a role, and the case's journal says who gave it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from makegood.core import events as ev
from makegood.core.errors import BadInput, UnknownName
from makegood.core.procedure import TaskStep
from makegood.desk import borrowing, duties, staff, working
from makegood.desk.desk import Desk
from makegood.desk.driving import Hand, write
from makegood.library import Roster
from makegood.store import people, tasks
from makegood.store.models import Case, Person, Task
from makegood.store.transaction import Tx
from makegood.store.words import Role, TaskKind, TaskStatus


@dataclass(frozen=True, slots=True)
class ToPerson:
    id: str


@dataclass(frozen=True, slots=True)
class ToRole:
    """Whoever of the role. None: the role whose work it is now."""

    role: Role | None = None


Receiver = ToPerson | ToRole


def assign(desk: Desk, task_id: int, to: Receiver, by: str) -> ev.TaskAssigned:
    """What the journal says of it; giving it to whom it belongs already is not journalled again.

    Raises BadInput, UnknownName, Inactive, NotYourTask, CaseBusy, Erased.
    """
    giver = staff.known(desk, by)
    task, case = working.found(desk, task_id)
    _must_be_open(task)
    duties.check(desk.library.roster, giver, task)
    given = _given(desk, task, case, to, by)
    if (given.to, given.role) == (task.assignee or "", task.role.value):
        return given
    with borrowing.held(desk, case) as hand:
        _journal(hand, given)
    return given


def _journal(hand: Hand, given: ev.TaskAssigned) -> None:
    """The remark and the row in one transaction."""
    with hand.desk.store.begin() as tx:
        write(tx, hand, given, hand.now())
        if not tasks.assign(tx, given.task, given.to or None, Role(given.role)):
            _must_be_open(tasks.get(tx, given.task))


def _must_be_open(task: Task) -> None:
    if task.status is not TaskStatus.OPEN:
        how = f"{task.status.value} by {task.done_by}" if task.done_by else task.status.value
        raise BadInput(f"task {task.id}", f"is {how}", "an open task", "The list of tasks shows them")


def _given(desk: Desk, task: Task, case: Case, to: Receiver, by: str) -> ev.TaskAssigned:
    role, person = task.role, ""
    match to:
        case ToPerson():
            person = _taker(desk, task, case, to.id)
        case ToRole():
            role = _reached(desk, task, case, to.role) if to.role else task.role
        case _:
            assert_never(to)
    return ev.TaskAssigned(
        task=task.id, step=task.step, role=role.value, to=person, before=task.assignee or "", by=by
    )


# ---- who may have it ---------------------------------------------------------------------------------


def colleagues(desk: Desk, task: Task, case: Case) -> list[Person]:
    """Active, of a role that does this work, and of the case's market; by id."""
    with desk.store.begin() as tx:
        return _colleagues(tx, desk.library.roster, task, case)


def _colleagues(tx: Tx, roster: Roster, task: Task, case: Case) -> list[Person]:
    listed = people.listed(tx, only_active=True)
    return [each for each in listed if duties.reaches(roster, each, task) and _sees(each, case)]


def _sees(person: Person, case: Case) -> bool:
    return staff.ALL in person.markets or case.market in person.markets


def roles(desk: Desk, task: Task, case: Case) -> tuple[Role, ...]:
    """Whose work it is by the procedure, and those to whom it escalates: nobody below gets it by hand."""
    first = task.role
    if task.kind is TaskKind.PROCEDURE:
        with desk.store.begin() as tx:
            step = desk.plans.of(tx, case.version).steps[task.step].step
        first = Role(step.task) if isinstance(step, TaskStep) else first
    return duties.chain_of(desk.library.roster, first)


def _taker(desk: Desk, task: Task, case: Case, person: str) -> str:
    with desk.store.begin() as tx:
        taker = people.get(tx, person)
        able = tuple(each.id for each in _colleagues(tx, desk.library.roster, task, case))
    place = f"task {task.id}"
    if taker is None:
        raise UnknownName(place, "person", person, able)
    if person not in able:
        expected = f"one of {', '.join(able)}" if able else "a colleague who does this work: there is none"
        raise BadInput(place, _why_not(taker, task, case), expected, "`makegood people add` enrols people")
    return person


def _why_not(taker: Person, task: Task, case: Case) -> str:
    if not taker.active:
        return f"{taker.id} is not active any more"
    if not _sees(taker, case):
        return f"{taker.id} does not see cases of {case.market}"
    return f"{taker.id} is {taker.role}, and this is work for {task.role}, or for whom it escalates to"


def _reached(desk: Desk, task: Task, case: Case, role: Role) -> Role:
    known = roles(desk, task, case)
    if role not in known:
        raise BadInput(
            f"task {task.id}", f"is not work for {role}", f"one of {', '.join(known)}", "See roster.yaml"
        )
    return role
