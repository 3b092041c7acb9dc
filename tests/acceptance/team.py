"""The team: people enrolled at the command line, each with a device that shows one-time codes."""

from __future__ import annotations

import time
from collections.abc import Sequence, Set
from dataclasses import dataclass

import pyotp

from tests.acceptance.figures import FINANCE, SUPERVISOR, TEAM_LEAD
from tests.instance import Instance

STEP = 30  # seconds for which a device shows the same code
APPROVERS = {"supervisor": 5, "team-lead": 6, "finance": 3}  # beside those who work at the desk
LIMITS = (("supervisor", SUPERVISOR), ("team-lead", TEAM_LEAD), ("finance", FINANCE))
MADE_UP = "000000"


@dataclass
class Person:
    """`last` is the step of the code that was entered last: each counts once, and none before it.

    `waits`: for their last answer to be read; two at once might be read in the other order.
    """

    id: str
    role: str
    secret: str
    last: int = 0
    waits: bool = False


class Team:
    """Approvers by role, and colleagues at the desk; each is enrolled when there is work for them."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._approvers: dict[str, list[Person]] = {role: [] for role in APPROVERS}
        self._desk: dict[str, Person] = {}

    def device_for(self, cents: int, without: Set[str]) -> tuple[Person, str] | None:
        """Somebody whose role may approve so many euro cents, the least of them, and a code of theirs.

        `without` who has answered about the case before: a large amount takes several people.
        """
        role = next(role for role, limit in LIMITS if cents <= limit)
        known = self._approvers[role]
        found = code_of([person for person in known if person.id not in without])
        if found is None and len(known) < APPROVERS[role]:
            known.append(_enrol(self._instance, f"{role}-{len(known) + 1}", role))
            found = code_of(known[-1:])
        return found

    def all_read(self) -> None:
        """Whatever was answered is read by now."""
        for people in self._approvers.values():
            for person in people:
                person.waits = False

    def at_desk(self, role: str) -> Person:
        if role not in self._desk:
            self._desk[role] = _enrol(self._instance, f"desk-{role}", role)
        return self._desk[role]


def _enrol(instance: Instance, person: str, role: str) -> Person:
    limit = dict(LIMITS).get(role, 0) // 100
    told = instance.json("people", "add", person, "--role", role, "--limit", f"{limit}EUR")
    parsed = pyotp.parse_uri(told["otpauth"])
    assert isinstance(parsed, pyotp.TOTP)
    return Person(person, role, parsed.secret)


def code_of(people: Sequence[Person]) -> tuple[Person, str] | None:
    """Somebody whose device shows a code that was not used yet, and the code; None while there is nobody.

    A code of the coming step is accepted too, as from a device that is a little fast.
    """
    step = int(time.time()) // STEP
    for wanted in (step, step + 1):
        for person in people:
            if person.last < wanted and not person.waits:
                person.last, person.waits = wanted, True
                return person, pyotp.TOTP(person.secret).at(wanted * STEP)
    return None
