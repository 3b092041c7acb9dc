"""The clock: it moves on for everything in the sandbox, and never back."""

from datetime import datetime, timedelta

import httpx
import pytest

from makegood.sandbox.app import make_app
from tests.sandbox.serving import serving


def now(sandbox: httpx.Client) -> datetime:
    return datetime.fromisoformat(sandbox.get("/clock").json()["now"])


def test_the_clock_moves_on_and_takes_every_timestamp_along(sandbox: httpx.Client) -> None:
    before = now(sandbox)
    moved = sandbox.post("/clock/advance", json={"seconds": 21 * 86_400}).json()
    assert moved["offset_seconds"] == 21 * 86_400
    assert timedelta(days=21) <= now(sandbox) - before < timedelta(days=21, minutes=1)
    amount = {"amount": {"minor": 100, "currency": "EUR"}}
    refund = sandbox.post(
        "/payments/PAY-DE-1001-1/refunds", json=amount, headers={"Idempotency-Key": "K"}
    ).json()
    assert datetime.fromisoformat(refund["created_at"]) - before >= timedelta(days=21)


def test_the_clock_can_be_moved_to_an_instant(sandbox: httpx.Client) -> None:
    there = now(sandbox) + timedelta(days=3)
    sandbox.post("/clock/advance", json={"to": there.isoformat()})
    assert timedelta(0) <= now(sandbox) - there < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("move", "code"),
    [
        ({"seconds": -1}, "clock_backwards"),
        ({"to": "2020-01-01T00:00:00Z"}, "clock_backwards"),
        ({"seconds": 10**12}, "clock_too_far"),
        ({"to": "9999-01-01T00:00:00Z"}, "clock_too_far"),
        ({}, "invalid_request"),
    ],
)
def test_the_clock_refuses_what_it_cannot_do(
    sandbox: httpx.Client, move: dict[str, object], code: str
) -> None:
    answer = sandbox.post("/clock/advance", json=move)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, code)
    assert sandbox.get("/clock").json()["offset_seconds"] == 0


def test_a_reset_empties_the_books_and_keeps_the_time(sandbox: httpx.Client) -> None:
    sandbox.post("/clock/advance", json={"seconds": 3600})
    reply = {"case": "MG-1", "text": "?"}
    sandbox.post("/customers/reply", json=reply)
    orders = sandbox.post("/reset").json()["orders"]
    assert orders == len(sandbox.get("/orders", params={"limit": 1000}).json())
    assert sandbox.get("/books").json()["webhooks"] == []
    assert sandbox.get("/clock").json()["offset_seconds"] == 3600


def test_the_time_survives_a_restart(database_url: str) -> None:
    for _ in range(2):
        with (
            serving(make_app(database_url=database_url)) as address,
            httpx.Client(base_url=address) as sandbox,
        ):
            sandbox.post("/clock/advance", json={"seconds": 60})
            offset = sandbox.get("/clock").json()["offset_seconds"]
    assert offset == 120
