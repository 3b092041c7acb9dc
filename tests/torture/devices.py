"""Supervisors with devices that show one-time codes: enough of them that somebody is always free."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime

import pyotp

from makegood.core.money import Money
from makegood.desk.desk import Desk
from makegood.store import people
from makegood.store.people import NewPerson
from makegood.store.words import Role

STEP = 30  # seconds for which a device shows the same code
RESTS = 45.0  # seconds after an answer: two at once might be read in the other order
LIMIT = Money(minor=50_000, currency="EUR")


@dataclass
class Device:
    """`last` is the step of the code that was entered last, `at` when that was."""

    person: str
    secret: str
    last: int = 0
    at: float = -RESTS

    def code(self, step: int) -> str:
        return pyotp.TOTP(self.secret).at(step * STEP)


class Devices:
    """Of a whole shift of supervisors, and of one colleague of role ops."""

    def __init__(self, desk: Desk, count: int) -> None:
        self._devices = [Device(name, _enrol(desk, name)) for name in (f"sup-{nr}" for nr in range(count))]
        self.colleague = "oda"
        _enrol(desk, self.colleague, Role.OPS)

    def free(self) -> tuple[str, str] | None:
        """Somebody who has not answered lately, and their code; None while there is nobody."""
        step = int(datetime.now(UTC).timestamp()) // STEP
        for device in self._devices:
            if device.last < step and time.monotonic() - device.at >= RESTS:
                device.last, device.at = step, time.monotonic()
                return device.person, device.code(step)
        return None


def _enrol(desk: Desk, name: str, role: Role = Role.SUPERVISOR) -> str:
    new = NewPerson(id=name, name=name, role=role, limit=LIMIT, markets=("all",))
    with desk.store.begin() as tx:
        parsed = pyotp.parse_uri(people.add(tx, new, desk.now()).uri)
    return str(parsed.secret)
