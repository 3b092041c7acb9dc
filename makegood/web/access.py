"""Access: whose cases a colleague may see."""

from __future__ import annotations

from makegood.core.errors import Refusal
from makegood.store.models import Case, Person

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
