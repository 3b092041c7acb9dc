"""Recovery codes: each counts once in place of the device's, and is on record when it does."""

from __future__ import annotations

from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import select

from makegood.store import Store, audit, people, recovery
from makegood.store.codes import CodeAccepted, CodeRefusal, CodeRefused, Verdict
from makegood.store.models import RecoveryCode
from tests.store.rows import NOW, at_once
from tests.store.test_people import ADA, read


@pytest.fixture
def sheet(store: Store) -> tuple[str, ...]:
    """The codes that Ada has written down."""
    with store.begin() as tx:
        people.add(tx, ADA, NOW)
        return recovery.make(tx, "ada", NOW)


def verify(store: Store, code: str, at=NOW, person: str = "ada") -> Verdict:  # type: ignore[no-untyped-def]
    with store.begin() as tx:
        return people.verify_code(tx, person, code, at)


def test_each_counts_once(store: Store, sheet: tuple[str, ...]) -> None:
    for code in sheet[:2]:
        verdict = verify(store, code)
        assert isinstance(verdict, CodeAccepted)
        assert verdict.recovery
        assert verify(store, code) == CodeRefused(CodeRefusal.USED)
    with store.begin() as tx:
        assert recovery.left(tx) == {"ada": recovery.COUNT - 2}
        assert [(row.what, row.subject, row.told) for row in audit.changes(tx)] == [
            ("recovery", "ada", {"left": 7}),
            ("recovery", "ada", {"left": 6}),
        ]


@pytest.mark.parametrize("written", [str.upper, lambda code: code.replace("-", " "), lambda c: f" {c}\n"])
def test_it_may_be_written_as_people_write(store: Store, sheet: tuple[str, ...], written) -> None:  # type: ignore[no-untyped-def]
    assert isinstance(verify(store, written(sheet[0])), CodeAccepted)


def test_of_two_that_come_at_once_one_counts(store: Store, sheet: tuple[str, ...]) -> None:
    verdicts = at_once(*[lambda: verify(store, sheet[0])] * 4)
    assert sum(isinstance(verdict, CodeAccepted) for verdict in verdicts) == 1


def test_a_wrong_one_counts_towards_the_lock_and_a_right_one_does_not_open_it(
    store: Store, sheet: tuple[str, ...]
) -> None:
    for _ in range(5):
        refused = verify(store, "aaaa-bbbb-cccc")
        assert isinstance(refused, CodeRefused)
    assert refused.why is CodeRefusal.WRONG
    assert refused.locks
    assert verify(store, sheet[0]) == CodeRefused(CodeRefusal.LOCKED, refused.until)
    assert isinstance(verify(store, sheet[0], NOW + timedelta(minutes=2)), CodeAccepted)


def test_new_ones_void_the_old(store: Store, sheet: tuple[str, ...]) -> None:
    verify(store, sheet[0])
    with store.begin() as tx:
        fresh = recovery.make(tx, "ada", NOW)
        assert recovery.left(tx) == {"ada": recovery.COUNT}
    for old in sheet[:2]:
        assert verify(store, old) == CodeRefused(CodeRefusal.WRONG)
    assert isinstance(verify(store, fresh[0]), CodeAccepted)


def test_they_are_no_use_to_another(store: Store, sheet: tuple[str, ...]) -> None:
    with store.begin() as tx:
        people.add(tx, people.NewPerson(id="bob", name="Bob", role=ADA.role), NOW)
        recovery.make(tx, "bob", NOW)
    assert verify(store, sheet[0], person="bob") == CodeRefused(CodeRefusal.WRONG)


def test_the_device_goes_on_beside_them(store: Store) -> None:
    with store.begin() as tx:
        device = read(people.add(tx, ADA, NOW).uri)
        recovery.make(tx, "ada", NOW)
    assert isinstance(device, pyotp.TOTP)
    verdict = verify(store, device.at(NOW))
    assert isinstance(verdict, CodeAccepted)
    assert not verdict.recovery


def test_the_table_holds_no_code_that_could_be_read(store: Store, sheet: tuple[str, ...]) -> None:
    with store.begin() as tx:
        rows = list(tx.session.scalars(select(RecoveryCode)))
    assert len({row.salt for row in rows}) == 1
    assert len({row.digest for row in rows}) == recovery.COUNT
    held = b"".join(row.salt + row.digest for row in rows)
    assert not any(code.replace("-", "").encode() in held for code in sheet)
