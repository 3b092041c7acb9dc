"""Access: whose cases and tasks a colleague may see and do."""

from __future__ import annotations

from makegood.core.errors import Refusal
from makegood.library import Roster
from makegood.store.models import Case, Person, Task
from makegood.store.words import Role

ALL = "all"


class NotYours(Refusal):
    """Of another market or another role: it is not even said that it exists."""

    def __init__(self) -> None:
        super().__init__("not within this person's reach")


def markets_of(person: Person) -> tuple[str, ...] | None:
    """None means every market; an empty tuple means none."""
    return None if ALL in person.markets else tuple(person.markets)


def must_see(person: Person, case: Case) -> None:
    """Raises NotYours."""
    markets = markets_of(person)
    if markets is not None and case.market not in markets:
        raise NotYours


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
    return task.assignee == person.id or task.role in roles_of(roster, person.role)
