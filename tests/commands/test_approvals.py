"""`makegood approvals`: what waits for a supervisor, and an answer that is judged as one in Prefect is."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pyotp
import pytest

from makegood.desk.legs import Leg
from tests.commands.conftest import Makegood

Drive = Callable[[str], Leg]
ORDER = "X-7000"
DECIDE = ("--decision", "approve", "--wait", "0")


@pytest.fixture
def asked(makegood: Makegood, drive: Drive, shop: str) -> str:
    """A refund of 79.90 EUR, for which somebody is asked."""
    customer = {"id": "c-7000", "name": "Ada Ohm", "email": "ada@example.org"}
    address = {"line1": "Kai 1", "city": "Kiel", "postcode": "24103", "country": "DE"}
    now = datetime.fromisoformat(httpx.get(f"{shop}/clock").json()["now"])
    order = {
        "id": ORDER,
        "market": "DE",
        "customer": {**customer, "address": address},
        "lines": [{"sku": "LAMP-1", "title": "Lamp", "unit_paid_minor": 7990}],
        "fulfilment": "delivered",
        **{name: (now - timedelta(days=4)).isoformat() for name in ("placed_at", "shipped_at")},
        "delivered_at": (now - timedelta(days=2)).isoformat(),
    }
    assert httpx.post(f"{shop}/orders", json=order).status_code == 201
    number = makegood(
        *("case", "open", "--order", ORDER, "--procedure", "refund", "--reason", "changed_mind"),
        *("--channel", "email", "--external-id", "m-7", "--text", "Zurück damit.", "--json"),
    ).json["case"]
    assert drive(number).end == "suspended"
    return str(number)


@pytest.fixture
def device(makegood: Makegood) -> pyotp.TOTP:
    told = makegood("people", "add", "sam", "--role", "supervisor", "--limit", "500EUR", "--json").json
    parsed = pyotp.parse_uri(told["otpauth"])
    assert isinstance(parsed, pyotp.TOTP)
    return parsed


def code(device: pyotp.TOTP, later: int = 0) -> str:
    return device.at(datetime.now(UTC) + timedelta(seconds=30 * later))


def row(makegood: Makegood) -> dict[str, Any]:
    (found,) = makegood("approvals", "--json").json
    return dict(found)


def test_open_questions_are_listed_with_their_packet_and_deadline(makegood: Makegood, asked: str) -> None:
    found = row(makegood)
    assert found["case"] == asked
    assert found["ceiling"] == {"minor": 7990, "currency": "EUR"}
    assert len(found["packet_hash"]) == 64
    assert found["deadline"]
    assert asked in makegood("approvals").out
    assert makegood("approvals", "--market", "FR", "--json").json == []


def test_an_approval_at_the_terminal_is_judged_by_the_next_leg(
    makegood: Makegood, asked: str, device: pyotp.TOTP, drive: Drive
) -> None:
    said = makegood("approvals", "decide", asked, "--as", "sam", "--code", code(device), *DECIDE, "--json")
    assert said.json["status"] == "kept"
    assert drive(asked).end == "parked"
    (shown,) = makegood("case", "show", asked, "--json").json["approvals"]
    assert (shown["decision"], shown["decided_by"]) == ("approved", "sam")
    assert makegood("approvals", "--json").json == []


def test_a_wrong_code_moves_nothing_and_is_asked_again(
    makegood: Makegood, asked: str, device: pyotp.TOTP, drive: Drive
) -> None:
    leg = threading.Timer(1.0, drive, [asked])
    leg.start()
    said = makegood(
        *("approvals", "decide", asked, "--as", "sam", "--code", "000000"),
        *("--decision", "approve", "--wait", "20"),
    )
    leg.join()
    assert said.code == 2
    assert "wrong_code" in said.error
    assert "asked again" in said.error
    assert row(makegood)["case"] == asked
    makegood("approvals", "decide", asked, "--as", "sam", "--code", code(device, 1), *DECIDE)
    assert drive(asked).end == "parked"


def test_the_answer_is_bound_to_the_packet_that_was_read(
    makegood: Makegood, asked: str, device: pyotp.TOTP
) -> None:
    told = (asked, "--as", "sam", "--code", code(device), *DECIDE)
    said = makegood("approvals", "decide", *told, "--packet", "ab" * 32)
    assert (said.code, "read it again" in said.error) == (2, True)
    shown = row(makegood)["packet_hash"]
    assert makegood("approvals", "decide", *told, "--packet", shown[:12], "--json").json["status"] == "kept"


@pytest.mark.parametrize(
    ("case", "decision", "expected"),
    [("MG-2020-000001", "approve", "case"), ("", "perhaps", "approve, adjust, reject")],
)
def test_what_cannot_be_is_refused_before_anything_is_written(
    makegood: Makegood, asked: str, case: str, decision: str, expected: str
) -> None:
    said = makegood(
        "approvals",
        "decide",
        case or asked,
        "--as",
        "sam",
        "--code",
        "1",
        "--decision",
        decision,
        "--wait",
        "0",
    )
    assert said.code == 2
    assert expected in said.error


def test_a_case_that_asks_nothing_says_where_it_stands(makegood: Makegood, opened: str) -> None:
    said = makegood("approvals", "decide", opened, "--as", "sam", "--code", "1", *DECIDE)
    assert said.code == 2
    assert "waits for no approval" in said.error
