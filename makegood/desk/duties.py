"""Duties: whose work a task is, and who may do it instead of them."""

from __future__ import annotations

from makegood.core.errors import Refusal
from makegood.core.remarks import TaskAssigned
from makegood.library import Roster
from makegood.store.models import Person, Task
from makegood.store.words import Role


class NotYourTask(Refusal):
    """The person's role does not reach to this work; `wanted` is whose it is."""

    def __init__(self, person: str, role: str, wanted: str) -> None:
        super().__init__(f"{person} is {role}; this is work for {wanted}, or for whom it escalates to")
        self.person = person
        self.role = role
        self.wanted = wanted


def roles_of(roster: Roster, role: Role) -> tuple[Role, ...]:
    """Their own role first, then those whose work comes to them when nobody does it in time."""
    found = [role]
    for known in found:
        found += [
            Role(name)
            for name, post in roster.roles.items()
            if post.escalates_to == known.value and Role(name) not in found
        ]
    return tuple(found)


def chain_of(roster: Roster, role: Role) -> tuple[Role, ...]:
    """The role first, then those to whom its work goes when nobody does it in time."""
    found = [role]
    for known in found:
        post = roster.roles.get(known.value)
        if post is not None and post.escalates_to and Role(post.escalates_to) not in found:
            found.append(Role(post.escalates_to))
    return tuple(found)


def may_do(roster: Roster, person: Person, task: Task) -> bool:
    """Whoever it is assigned to, or whose role it is: a colleague may take an assigned task over."""
    return person.active and (task.assignee == person.id or reaches(roster, person, task))


def reaches(roster: Roster, person: Person, task: Task) -> bool:
    """Whether it is their role's work, or comes to them when nobody does it in time."""
    return task.role in roles_of(roster, person.role)


def taken_over(task: Task, by: str) -> TaskAssigned | None:
    """Of a task that somebody else than its assignee does."""
    if task.assignee in (None, by):
        return None
    return TaskAssigned(
        task=task.id, step=task.step, role=task.role.value, to=by, before=task.assignee or "", by=by
    )


def check(roster: Roster, person: Person, task: Task) -> None:
    """Raises NotYourTask."""
    if not may_do(roster, person, task):
        raise NotYourTask(person.id, person.role, task.role)
