"""One-time codes: TOTP or a recovery code, single use, locked after failures; always on real time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from hmac import compare_digest

import pyotp
from sqlalchemy import select, update

from makegood.store import audit, recovery
from makegood.store.errors import Missing, NotDemo
from makegood.store.models import Person
from makegood.store.transaction import Tx

STEP = 30  # seconds, RFC 6238
WINDOW = 1  # steps before and after: clocks differ, and typing takes a while
TRIES = 5
_FIRST_LOCK = timedelta(minutes=1)
_LONGEST_LOCK = timedelta(hours=8)


class CodeRefusal(StrEnum):
    """`used`: this code, or a later one, has counted before."""

    UNKNOWN_PERSON = "unknown_person"
    INACTIVE = "inactive"
    LOCKED = "locked"
    WRONG = "wrong_code"
    USED = "used_code"


@dataclass(frozen=True, slots=True)
class CodeAccepted:
    """The person that it is. `recovery`: a recovery code took the place of the device's."""

    person: Person
    recovery: bool = False


@dataclass(frozen=True, slots=True)
class CodeRefused:
    """`until` is when a locked person may try again; `failures` counts this one and those in a row before."""

    why: CodeRefusal
    until: datetime | None = None
    failures: int = field(default=0, compare=False)

    @property
    def locks(self) -> bool:
        """Whether this very failure began a lock-out. Later ones of the same row only make it longer."""
        return self.failures == TRIES


Verdict = CodeAccepted | CodeRefused


def verify_code(tx: Tx, person_id: str, code: str, at: datetime) -> Verdict:
    """`at` is the real instant at which the answer was given, not that at which it is read.

    Commit the transaction whatever the verdict: it counts failures and uses the code up.
    """
    query = select(Person).where(Person.id == person_id).with_for_update(key_share=True)
    person = tx.session.scalar(query)
    if person is None:
        return CodeRefused(CodeRefusal.UNKNOWN_PERSON)
    if not person.active:
        return CodeRefused(CodeRefusal.INACTIVE)
    if person.locked_until is not None and at < person.locked_until:
        return CodeRefused(CodeRefusal.LOCKED, person.locked_until)
    if recovery.looks_like_one(code):
        return _recover(tx, person, code, at)
    step = _step_of(tx, person, code, at)
    if step is None:
        return _count_failure(tx, person, at)
    if not _use_up(tx, person, step):
        return CodeRefused(CodeRefusal.USED)
    return CodeAccepted(person)


def _recover(tx: Tx, person: Person, code: str, at: datetime) -> Verdict:
    """Into the audit, too: who has stolen a sheet of paper is found by it."""
    counts = recovery.spend(tx, person.id, code, at)
    if counts is None:
        return _count_failure(tx, person, at)
    if not counts:
        return CodeRefused(CodeRefusal.USED)
    forgiven = update(Person).where(Person.id == person.id).values(failures=0, locked_until=None)
    tx.session.execute(forgiven)
    left = recovery.left(tx).get(person.id, 0)
    audit.note_change(tx, "recovery", person.id, {"left": left}, at)
    return CodeAccepted(person, recovery=True)


def demo_code(tx: Tx, person_id: str, at: datetime) -> str:
    """The code that is on the person's device at the real instant `at`. Raises NotDemo, Missing."""
    person = tx.session.scalar(select(Person).where(Person.id == person_id))
    if person is None:
        raise Missing("person", person_id)
    if not person.demo:
        raise NotDemo(person_id)
    return _totp(tx, person).at(at)


def _totp(tx: Tx, person: Person) -> pyotp.TOTP:
    return pyotp.TOTP(tx.vault.open_secret(person.secret_cipher, person.id), interval=STEP)


def _step_of(tx: Tx, person: Person, code: str, at: datetime) -> int | None:
    """The latest step of the window whose code this is."""
    typed = "".join(code.split()).encode()
    totp, now = _totp(tx, person), int(at.timestamp()) // STEP
    matching = [
        step
        for step in range(now - WINDOW, now + WINDOW + 1)
        if compare_digest(totp.generate_otp(step).encode(), typed)
    ]
    return max(matching, default=None)


def _use_up(tx: Tx, person: Person, step: int) -> bool:
    used = update(Person).where(Person.id == person.id, Person.last_code_step < step)
    used = used.values(last_code_step=step, failures=0, locked_until=None)
    return tx.session.scalar(used.returning(Person.id)) is not None


def _count_failure(tx: Tx, person: Person, at: datetime) -> Verdict:
    """From the fifth in a row on, each failure locks for twice as long as the one before."""
    failures = person.failures + 1
    until = None
    if failures >= TRIES:
        until = at + min(_FIRST_LOCK * 2 ** min(failures - TRIES, 16), _LONGEST_LOCK)
    counted = update(Person).where(Person.id == person.id).values(failures=failures, locked_until=until)
    tx.session.execute(counted)
    return CodeRefused(CodeRefusal.WRONG, until, failures)
