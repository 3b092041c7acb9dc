"""Warrants: an administrator and a second person stand for each change of who may do what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from makegood.core.errors import Refusal
from makegood.desk import identity
from makegood.desk.desk import Desk
from makegood.store import people
from makegood.store.codes import CodeAccepted
from makegood.store.models import Person
from makegood.store.words import Role


class NeedsTwo(Refusal):
    def __init__(self, subject: str) -> None:
        super().__init__(
            f"{subject}: a change of staff or authority needs an administrator and a second person, each with"
            " a one-time code: --as ADMIN --code 123456 --second ID --second-code 123456"
        )
        self.subject = subject


class WarrantRefused(Refusal):
    def __init__(self, person: str, why: str) -> None:
        super().__init__(f"{person}: {why}")
        self.person = person


@dataclass(frozen=True, slots=True, kw_only=True)
class Warrant:
    """Who stands for a change, and the codes that their devices show."""

    by: str = ""
    code: str = ""
    second: str = ""
    second_code: str = ""


UNWARRANTED = Warrant()


class Warranted(NamedTuple):
    by: str
    second: str


def check(desk: Desk, warrant: Warrant, subject: str) -> Warranted | None:
    """None while nobody is there who could stand for it: until an administrator and one more are enrolled.

    Codes are used up, and wrong ones counted, whatever comes of it. Raises NeedsTwo, WarrantRefused.
    """
    with desk.store.begin() as tx:
        governed = people.are_governed(tx)
    if warrant == UNWARRANTED:
        if governed:
            raise NeedsTwo(subject)
        return None
    if not (warrant.by and warrant.second) or warrant.by == warrant.second:
        raise NeedsTwo(subject)
    if subject in (warrant.by, warrant.second):
        raise WarrantRefused(subject, "nobody stands for a change of their own authority")
    administrator = _person(desk, warrant.by, warrant.code)
    if administrator.role is not Role.ADMIN:
        raise WarrantRefused(warrant.by, f"is {administrator.role.value}, and an administrator is needed")
    second = _person(desk, warrant.second, warrant.second_code)
    return Warranted(administrator.id, second.id)


def _person(desk: Desk, person: str, code: str) -> Person:
    with desk.store.begin() as tx:
        verdict = identity.verify(tx, desk, person, code, datetime.now(UTC))
    if not isinstance(verdict, CodeAccepted):
        raise WarrantRefused(person, f"the id or the one-time code does not count ({verdict.why.value})")
    if verdict.person.demo:
        raise WarrantRefused(person, "is a demo person, whose codes anybody can have")
    return verdict.person
