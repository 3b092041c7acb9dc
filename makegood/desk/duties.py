"""Duties: whose work a task is, and who may do it instead of them."""

from __future__ import annotations

from makegood.core.errors import Refusal
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


def may_do(roster: Roster, person: Person, task: Task) -> bool:
    """Whoever it is assigned to, or whose role it is."""
    return person.active and (task.assignee == person.id or task.role in roles_of(roster, person.role))


def check(roster: Roster, person: Person, task: Task) -> None:
    """Raises NotYourTask."""
    if not may_do(roster, person, task):
        raise NotYourTask(person.id, person.role, task.role)
