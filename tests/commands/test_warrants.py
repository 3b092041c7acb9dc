"""Changes of staff: an administrator and a second person stand for them, and are named with them."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from makegood.desk import auditing
from makegood.desk.desk import Desk
from makegood.store import audit
from tests.commands.conftest import Makegood

NEW = ("people", "add", "sam", "--role", "supervisor", "--limit", "500EUR")


class Devices:
    """Everybody's codes; each counts once, so each is of a later step than the one before."""

    def __init__(self, makegood: Makegood) -> None:
        self.makegood = makegood
        self.totp: dict[str, pyotp.TOTP] = {}
        self.steps = {name: itertools.count() for name in ("root", "amy")}

    def enrol(self, person: str, role: str) -> None:
        told = self.makegood("people", "add", person, "--role", role, "--json").json
        parsed = pyotp.parse_uri(told["otpauth"])
        assert isinstance(parsed, pyotp.TOTP)
        self.totp[person] = parsed

    def code(self, person: str) -> str:
        return self.totp[person].at(datetime.now(UTC) + timedelta(seconds=30 * next(self.steps[person])))

    def warrant(self, by: str = "root", second: str = "amy") -> tuple[str, ...]:
        both = ("--as", by, "--code", self.code(by))
        return (*both, "--second", second, "--second-code", self.code(second))


@pytest.fixture
def devices(makegood: Makegood) -> Devices:
    """An administrator, and an agent beside her."""
    made = Devices(makegood)
    made.enrol("root", "admin")
    made.enrol("amy", "agent")
    return made


def test_alone_nobody_enrols_once_two_could_stand_for_it(makegood: Makegood, devices: Devices) -> None:
    said = makegood(*NEW)
    assert said.code == 2
    assert "--second" in said.error
    assert makegood(*NEW, *devices.warrant()).code == 0


@pytest.mark.parametrize(
    ("by", "second", "expected"),
    [("amy", "root", "administrator is needed"), ("root", "root", "second person")],
)
def test_it_takes_an_administrator_and_somebody_else(
    makegood: Makegood, devices: Devices, by: str, second: str, expected: str
) -> None:
    said = makegood(*NEW, *devices.warrant(by, second))
    assert said.code == 2
    assert expected in said.error


def test_a_wrong_code_changes_nothing(makegood: Makegood, devices: Devices) -> None:
    said = makegood(
        *NEW, "--as", "root", "--code", devices.code("root"), "--second", "amy", "--second-code", "000000"
    )
    assert said.code == 2
    assert "wrong_code" in said.error
    assert [row["id"] for row in makegood("people", "list", "--json").json] == ["amy", "root"]


def test_nobody_stands_for_a_change_of_their_own(makegood: Makegood, devices: Devices) -> None:
    said = makegood("people", "change", "amy", "--role", "finance", "--limit", "9000EUR", *devices.warrant())
    assert said.code == 2
    assert "their own" in said.error


def test_a_change_is_kept_with_who_stood_for_it(makegood: Makegood, devices: Devices, desk: Desk) -> None:
    assert makegood(*NEW, *devices.warrant()).code == 0
    assert makegood("people", "deactivate", "sam", *devices.warrant()).code == 0
    with desk.store.begin() as tx:
        kept = [(row.what, row.subject, row.by, row.second) for row in audit.changes(tx)]
    assert kept[-2:] == [("added", "sam", "root", "amy"), ("deactivated", "sam", "root", "amy")]
    auditing.keep_daily(desk)
    assert makegood("audit", "verify", "--json").json["broken"] == []


def test_a_new_device_ends_the_old_one(makegood: Makegood, devices: Devices) -> None:
    first = makegood(*NEW, *devices.warrant(), "--json").json["otpauth"]
    renewed = makegood("people", "renew", "sam", *devices.warrant(), "--json").json["otpauth"]
    assert renewed != first


def test_a_changed_authority_is_listed(makegood: Makegood, devices: Devices) -> None:
    makegood(*NEW, *devices.warrant())
    changed = ("people", "change", "sam", "--role", "team-lead", "--limit", "2000EUR", "--markets", "FR")
    assert makegood(*changed, *devices.warrant()).code == 0
    (sam,) = [row for row in makegood("people", "list", "--json").json if row["id"] == "sam"]
    assert (sam["role"], sam["limit"]["minor"], sam["markets"]) == ("team-lead", 200000, ["FR"])


def test_the_file_is_signed_by_two_and_shown_as_in_force(makegood: Makegood, devices: Devices) -> None:
    shown = makegood("authority", "show", "--json").json
    assert (shown["standing"], shown["by"]) == ("signed", None), "kept as it was when two were there"
    said = makegood(
        "authority", "sign", "--as", "root", "--code", "1", "--second", "root", "--second-code", "1"
    )
    assert said.code == 2
    signed = makegood("authority", "sign", *devices.warrant(), "--json").json
    assert (signed["standing"], signed["by"], signed["second"]) == ("signed", "root", "amy")
    assert signed["digest"] == signed["file"] == shown["digest"]
    assert "signed by root and amy" in makegood("authority", "show").out
    again = makegood("authority", "sign", *devices.warrant())
    assert again.code == 2
    assert "signed already" in again.error


def test_a_recovery_code_stands_for_a_change_as_well(makegood: Makegood, devices: Devices) -> None:
    renewed = makegood("people", "add", "zoe", "--role", "agent", *devices.warrant(), "--json").json
    codes = ("--as", "root", "--code", devices.code("root"), "--second", "zoe")
    assert makegood(*NEW, *codes, "--second-code", renewed["recovery"][0]).code == 0
    again = makegood("people", "deactivate", "sam", *codes, "--second-code", renewed["recovery"][0])
    assert again.code == 2
