"""The team: people enrolled at the command line, each with a device that shows one-time codes."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pyotp

from tests.acceptance.figures import FINANCE, SUPERVISOR, TEAM_LEAD
from tests.instance import Instance

STEP = 30  # seconds for which a device shows the same code
APPROVERS = {"supervisor": 5, "team-lead": 6, "finance": 3}  # beside those who work at the desk
DESK = ("agent", "warehouse", "supervisor", "team-lead", "finance", "engineer", "warehouse-lead", "ops")
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
    """Approvers by role, and colleagues at the desk."""

    def __init__(self, instance: Instance) -> None:
        wanted = [(f"{role}-{nr}", role) for role, count in APPROVERS.items() for nr in range(1, count + 1)]
        wanted += [(f"desk-{role}", role) for role in DESK]
        with ThreadPoolExecutor(2) as pool:
            self.people = list(pool.map(lambda row: _enrol(instance, *row), wanted))

    def for_amount(self, cents: int) -> list[Person]:
        """Whoever's role may approve so many euro cents; the least of them."""
        role = next(role for role, limit in LIMITS if cents <= limit)
        return [person for person in self.people if person.role == role and person.id.startswith(role)]

    def all_read(self) -> None:
        """Whatever was answered is read by now."""
        for person in self.people:
            person.waits = False

    def at_desk(self, role: str) -> Person:
        return next(person for person in self.people if person.id == f"desk-{role}")


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
