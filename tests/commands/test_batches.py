"""`makegood approvals batches` and `decide-batch`: what is of one cause, answered at a terminal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import pyotp
import pytest

from makegood.desk import answering, sweeping
from makegood.desk.desk import Desk
from makegood.desk.driving import load
from makegood.desk.legs import Leg
from makegood.desk.questions import key_of
from makegood.store import cases
from tests.commands.conftest import Makegood

Drive = Callable[[str], Leg]


def plant(shop: str, number: int) -> str:
    """A jacket that never came: the money goes once somebody has said yes."""
    customer = {"id": f"c-{number}", "name": "Ada Ohm", "email": f"ada{number}@example.org"}
    address = {"line1": "Kai 1", "city": "Kiel", "postcode": "24103", "country": "DE"}
    now = datetime.fromisoformat(httpx.get(f"{shop}/clock").json()["now"])
    order = {
        "id": f"X-{number}",
        "market": "DE",
        "customer": {**customer, "address": address},
        "lines": [{"sku": "LAMP-1", "title": "Lamp", "unit_paid_minor": 7990}],
        "fulfilment": "delivered",
        **{name: (now - timedelta(days=4)).isoformat() for name in ("placed_at", "shipped_at")},
        "delivered_at": (now - timedelta(days=2)).isoformat(),
    }
    assert httpx.post(f"{shop}/orders", json=order).status_code == 201
    return f"X-{number}"


def send_a_photograph(desk: Desk, number: str) -> None:
    with desk.store.begin() as tx:
        case = cases.by_number(tx, number)
        assert case is not None
        question = load(tx, case.id).question
    assert question is not None
    answering.customer_answers(desk, number, key_of(number, question.seq), {"photos": 1}, f"a-{number}")


@pytest.fixture
def asked(makegood: Makegood, drive: Drive, shop: str, desk: Desk) -> list[str]:
    """Three cases of one cause, each about 79.90 EUR, offered as a batch."""
    numbers = []
    for each in (7001, 7002, 7003):
        told = makegood(
            *("case", "open", "--order", plant(shop, each), "--procedure", "refund"),
            *("--reason", "missing_item", "--channel", "email", "--external-id", f"m-{each}"),
            *("--text", "Es war nicht dabei.", "--json"),
        )
        numbers.append(str(told.json["case"]))
        drive(numbers[-1])
        send_a_photograph(desk, numbers[-1])
        assert drive(numbers[-1]).end == "suspended"
    sweeping.sweep(desk)
    return numbers


@pytest.fixture
def device(makegood: Makegood) -> pyotp.TOTP:
    told = makegood("people", "add", "sam", "--role", "supervisor", "--limit", "200EUR", "--json").json
    parsed = pyotp.parse_uri(told["otpauth"])
    assert isinstance(parsed, pyotp.TOTP)
    return parsed


def test_a_batch_is_listed_refused_above_the_limit_and_taken_with_one_struck_out(
    makegood: Makegood, asked: list[str], device: pyotp.TOTP, drive: Drive
) -> None:
    (row,) = makegood("approvals", "batches", "--json").json
    assert row["cases"] == asked
    assert row["total"] == {"minor": 3 * 7990, "currency": "EUR"}
    assert asked[0] in makegood("approvals", "batches").out
    batch = str(row["batch"])

    def decide(later: int, *more: str) -> tuple[str, ...]:
        code = device.at(datetime.now(UTC) + timedelta(seconds=30 * later))
        told = ("approvals", "decide-batch", batch, "--as", "sam", "--code", code)
        return (*told, "--decision", "approve", *more, "--json")

    said = makegood(*decide(0))
    assert said.code == 2
    assert "above your limit" in said.error
    said = makegood(*decide(1, "--strike", asked[1], "--packet", row["packet_hash"]))
    assert (said.code, "read it again" in said.error) == (2, True)
    told = makegood(*decide(1, "--strike", asked[1])).json
    assert (told["status"], told["cases"], told["struck"]) == ("accepted", [asked[0], asked[2]], [asked[1]])
    for number in asked:
        drive(number)
    assert [row["case"] for row in makegood("approvals", "--json").json] == [asked[1]]
    assert makegood("approvals", "batches", "--json").json == []
    again = makegood(*decide(1))
    assert (again.code, "answered before" in again.error) == (2, True)


@pytest.mark.parametrize(
    ("batch", "decision", "expected"),
    [("99", "approve", "unknown batch"), ("1", "adjust", "approve, reject")],
)
def test_what_cannot_be_is_refused_before_anything_is_judged(
    makegood: Makegood, asked: list[str], batch: str, decision: str, expected: str
) -> None:
    said = makegood("approvals", "decide-batch", batch, "--as", "sam", "--code", "1", "--decision", decision)
    assert said.code == 2
    assert expected in said.error
    assert len(makegood("approvals", "batches", "--json").json[0]["cases"]) == len(asked)
