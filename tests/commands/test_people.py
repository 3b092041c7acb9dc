"""`makegood people`: enrolled with an authority, listed without secrets."""

from __future__ import annotations

from datetime import UTC, datetime

import pyotp
import pytest

from makegood.desk import staff
from makegood.desk.desk import Desk
from makegood.store import audit, codes
from makegood.store.codes import CodeAccepted, CodeRefused
from tests.commands.conftest import Makegood

ADD = ("people", "add", "sam", "--role", "supervisor", "--limit", "500EUR", "--markets", "DE,FR")


def test_a_new_person_gets_the_secret_of_their_codes_once(makegood: Makegood, desk: Desk) -> None:
    uri = makegood(*ADD, "--json").json["otpauth"]
    assert uri.startswith("otpauth://totp/")
    device = pyotp.parse_uri(uri)
    assert isinstance(device, pyotp.TOTP)
    now = datetime.now(UTC)
    with desk.store.begin() as tx:
        assert isinstance(codes.verify_code(tx, "sam", device.at(now), now), CodeAccepted)


def test_people_are_listed_with_their_authority_and_without_their_secret(makegood: Makegood) -> None:
    makegood(*ADD)
    said = makegood("people", "list", "--json")
    (sam,) = said.json
    assert sam["limit"] == {"minor": 50000, "currency": "EUR"}
    assert sam["markets"] == ["DE", "FR"]
    assert not any("secret" in key for key in sam)
    assert "500.00 EUR" in makegood("people", "list").out


def test_for_people_the_secret_is_shown_as_a_picture_too(makegood: Makegood) -> None:
    said = makegood(*ADD)
    assert "█" in said.out or "▀" in said.out
    assert "otpauth://" in said.out


@pytest.mark.parametrize(
    ("wrong", "instead", "expected"),
    [
        ("supervisor", "boss", "team-lead"),
        ("500EUR", "500", "500EUR"),
        ("500EUR", "500.005EUR", "2 decimals"),
        ("500EUR", "500XXY", "EUR"),
        ("500EUR", "500CHF", "GBP"),
        ("DE,FR", "DE,XX", "BR"),
        ("sam", "Sam!", "lower-case"),
    ],
)
def test_what_does_not_fit_is_refused_with_what_would(
    makegood: Makegood, wrong: str, instead: str, expected: str
) -> None:
    said = makegood(*(instead if part == wrong else part for part in ADD))
    assert said.code == 2
    assert expected in said.error
    assert makegood("people", "list", "--json").json == []


def test_an_id_is_given_once(makegood: Makegood) -> None:
    makegood(*ADD)
    assert makegood(*ADD).code == 2


def test_codes_are_printed_for_people_of_the_demo_only(makegood: Makegood, desk: Desk) -> None:
    makegood(*ADD)
    staff.add(desk, staff.Newcomer(id="dora", role="supervisor", demo=True))
    assert makegood("people", "code", "dora").out.strip().isdigit()
    said = makegood("people", "code", "sam")
    assert said.code == 2
    assert "demo" in said.error
    assert makegood("people", "code", "nobody").code == 2


def test_recovery_codes_are_shown_with_the_secret_and_renewed_with_it(makegood: Makegood, desk: Desk) -> None:
    first = makegood(*ADD, "--json").json["recovery"]
    assert len(set(first)) == 8
    second = makegood("people", "renew", "sam", "--json").json["recovery"]
    assert not set(first) & set(second)
    with desk.store.begin() as tx:
        now = datetime.now(UTC)
        assert isinstance(codes.verify_code(tx, "sam", first[0], now), CodeRefused)
        assert isinstance(codes.verify_code(tx, "sam", second[0], now), CodeAccepted)
    (sam,) = makegood("people", "list", "--json").json
    assert sam["recovery_left"] == 7
    assert makegood("people", "renew", "sam").out.count("-") >= 2 * 8


def test_an_address_for_notices_is_listed_changed_and_taken_away(makegood: Makegood, desk: Desk) -> None:
    makegood(*ADD, "--email", "sam@example.test")
    makegood("people", "add", "amy", "--role", "agent")
    assert [row["email"] for row in makegood("people", "list", "--json").json] == [None, "sam@example.test"]
    assert "no address" in makegood("people", "list").out
    assert makegood("people", "change", "sam", "--email", "s@example.test").code == 0
    (_, sam) = makegood("people", "list", "--json").json
    assert (sam["email"], sam["limit"]["minor"]) == ("s@example.test", 50000), "the authority stays"
    makegood("people", "change", "sam", "--role", "supervisor", "--limit", "400EUR")
    makegood("people", "change", "amy", "--email", "")
    (amy, sam) = makegood("people", "list", "--json").json
    assert (amy["email"], sam["email"], sam["limit"]["minor"]) == (None, "s@example.test", 40000)
    with desk.store.begin() as tx:
        told = [(row.what, row.told) for row in audit.changes(tx) if row.what == "email"]
    assert told == [("email", {"given": True}), ("email", {"given": False})], "not the address itself"


def test_a_change_of_nothing_and_an_address_that_is_none_are_refused(makegood: Makegood) -> None:
    makegood(*ADD)
    said = makegood("people", "change", "sam", "--limit", "900EUR")
    assert said.code == 2
    assert "--role" in said.error
    said = makegood("people", "change", "sam", "--email", "nowhere")
    assert said.code == 2
    assert "example.com" in said.error
