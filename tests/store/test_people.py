"""People and their codes: single use, one step either way, locked after failures."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlparse

import pyotp
import pytest
from sqlalchemy import text

from makegood.core.money import Money
from makegood.store import Store, people
from makegood.store.errors import Missing, NotDemo, PersonExists
from makegood.store.people import CodeAccepted, CodeRefusal, CodeRefused, NewPerson, Verdict
from makegood.store.words import Role
from tests.store.rows import NOW, at_once

STEP = timedelta(seconds=30)
ADA = NewPerson(
    id="ada",
    name="Ada Okafor",
    role=Role.SUPERVISOR,
    limit=Money(minor=50000, currency="EUR"),
    markets=("DE", "FR"),
)


@pytest.fixture
def device(store: Store) -> pyotp.TOTP:
    """Ada's authenticator, set up from the address that enrolment showed."""
    with store.begin() as tx:
        enrolment = people.add(tx, ADA, NOW)
    return read(enrolment.uri)


def read(uri: str) -> pyotp.TOTP:
    return pyotp.TOTP(parse_qs(urlparse(uri).query)["secret"][0])


def verify(store: Store, code: str, at=NOW, person: str = "ada") -> Verdict:  # type: ignore[no-untyped-def]
    with store.begin() as tx:
        return people.verify_code(tx, person, code, at)


def test_the_code_of_the_moment_names_its_person(store: Store, device: pyotp.TOTP) -> None:
    verdict = verify(store, device.at(NOW))
    assert isinstance(verdict, CodeAccepted)
    assert (verdict.person.id, verdict.person.role, verdict.person.limit_minor) == (
        "ada",
        Role.SUPERVISOR,
        50000,
    )


@pytest.mark.parametrize("typed", ["{a} {b}", " {a}{b}\n"])
def test_spaces_in_a_code_do_not_matter(store: Store, device: pyotp.TOTP, typed: str) -> None:
    code = device.at(NOW)
    assert isinstance(verify(store, typed.format(a=code[:3], b=code[3:])), CodeAccepted)


@pytest.mark.parametrize(("steps", "counts"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_counts_one_step_either_way(
    store: Store, device: pyotp.TOTP, steps: int, counts: bool
) -> None:
    assert isinstance(verify(store, device.at(NOW + steps * STEP)), CodeAccepted) is counts


def test_a_code_counts_once_and_no_older_one_after_it(store: Store, device: pyotp.TOTP) -> None:
    code, older, newer = device.at(NOW), device.at(NOW - STEP), device.at(NOW + STEP)
    assert isinstance(verify(store, code), CodeAccepted)
    assert verify(store, code) == CodeRefused(CodeRefusal.USED)
    assert verify(store, older) == CodeRefused(CodeRefusal.USED)
    assert isinstance(verify(store, newer), CodeAccepted)


def test_a_code_typed_into_two_forms_at_once_counts_in_one(store: Store, device: pyotp.TOTP) -> None:
    code = device.at(NOW)
    verdicts = at_once(*[lambda: verify(store, code)] * 4)
    assert sum(isinstance(verdict, CodeAccepted) for verdict in verdicts) == 1


def test_five_wrong_codes_lock_and_each_further_one_locks_for_longer(
    store: Store, device: pyotp.TOTP
) -> None:
    for _ in range(4):
        assert verify(store, "000000") == CodeRefused(CodeRefusal.WRONG)
    first = NOW + timedelta(minutes=1)
    assert verify(store, "000000") == CodeRefused(CodeRefusal.WRONG, first)
    assert verify(store, device.at(NOW)) == CodeRefused(CodeRefusal.LOCKED, first)
    assert verify(store, "000000", first) == CodeRefused(CodeRefusal.WRONG, first + timedelta(minutes=2))
    later = first + timedelta(minutes=2)
    assert isinstance(verify(store, device.at(later), later), CodeAccepted)
    assert verify(store, "000000", later) == CodeRefused(CodeRefusal.WRONG)


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "１２３４５６", "'; drop table people"])
def test_what_is_no_code_is_a_wrong_code(store: Store, device: pyotp.TOTP, typed: str) -> None:
    assert verify(store, typed) == CodeRefused(CodeRefusal.WRONG)


def test_strangers_and_those_who_left_are_refused(store: Store, device: pyotp.TOTP) -> None:
    assert verify(store, device.at(NOW), person="eve") == CodeRefused(CodeRefusal.UNKNOWN_PERSON)
    with store.begin() as tx:
        people.set_active(tx, "ada", False)
        assert people.listed(tx, only_active=True) == []
    assert verify(store, device.at(NOW)) == CodeRefused(CodeRefusal.INACTIVE)


def test_a_new_device_ends_the_old_one(store: Store, device: pyotp.TOTP) -> None:
    with store.begin() as tx:
        new = read(people.enrol(tx, "ada").uri)
    assert verify(store, device.at(NOW)) == CodeRefused(CodeRefusal.WRONG)
    assert isinstance(verify(store, new.at(NOW)), CodeAccepted)


def test_a_secret_is_not_in_the_row_and_does_not_open_for_another_person(
    store: Store, device: pyotp.TOTP
) -> None:
    with store.begin() as tx:
        people.add(tx, NewPerson(id="bob", name="Bob", role=Role.AGENT), NOW)
        assert device.secret not in tx.session.execute(text("select p::text from people p")).scalars().all()
        tx.session.execute(
            text("update people set secret_cipher = (select secret_cipher from people where id = 'ada')")
        )
    with pytest.raises(Exception, match="does not open"):
        verify(store, device.at(NOW), person="bob")


def test_only_people_of_the_demo_have_their_codes_printed(store: Store, device: pyotp.TOTP) -> None:
    with store.begin() as tx:
        people.add(tx, NewPerson(id="demo", name="Demo", role=Role.SUPERVISOR, demo=True), NOW)
        code = people.demo_code(tx, "demo", NOW)
        with pytest.raises(NotDemo):
            people.demo_code(tx, "ada", NOW)
        with pytest.raises(Missing):
            people.demo_code(tx, "eve", NOW)
    assert isinstance(verify(store, code, person="demo"), CodeAccepted)


def test_an_id_is_given_once(store: Store, device: pyotp.TOTP) -> None:
    with store.begin() as tx, pytest.raises(PersonExists):
        people.add(tx, ADA, NOW)


def test_authority_is_changed_and_listed(store: Store, device: pyotp.TOTP) -> None:
    with store.begin() as tx:
        people.set_authority(tx, "ada", Role.TEAM_LEAD, None, ("GB",))
        (ada,) = people.listed(tx, Role.TEAM_LEAD)
        assert (ada.limit_minor, ada.limit_currency, ada.markets) == (None, None, ["GB"])
        assert people.get(tx, "eve") is None
        with pytest.raises(Missing):
            people.set_active(tx, "eve", True)
