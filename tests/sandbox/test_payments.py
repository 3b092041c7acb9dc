"""Payments: never more back than was captured, never twice for one key."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

Post = Callable[..., httpx.Response]
PAID = "/payments/PAY-DE-1001-1/refunds"
AUTHORISED = "/payments/PAY-DE-1002-1/void"


def euros(minor: int) -> dict[str, Any]:
    return {"minor": minor, "currency": "EUR"}


def test_a_second_request_with_the_same_key_returns_the_first_refund(
    post: Post, sandbox: httpx.Client
) -> None:
    first = post(PAID, "MG-1:refund:1", amount=euros(1999), reason="defective")
    second = post(PAID, "MG-1:refund:1", amount=euros(1999), reason="defective")
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.json() == first.json()
    assert second.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert sandbox.get("/payments/PAY-DE-1001-1").json()["refunded"] == euros(1999)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (PAID, {"amount": euros(2000), "reason": "defective"}),
        ("/payments/PAY-DE-1005-1/refunds", {"amount": euros(1999), "reason": "defective"}),
    ],
)
def test_a_key_is_refused_for_another_request(post: Post, path: str, body: dict[str, Any]) -> None:
    post(PAID, "MG-1:refund:1", amount=euros(1999), reason="defective")
    again = post(path, "MG-1:refund:1", **body)
    assert again.status_code == 409
    assert again.json()["error"]["code"] == "idempotency_mismatch"


def test_concurrent_requests_with_one_key_refund_once(post: Post, sandbox: httpx.Client) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: post(PAID, "MG-1:refund:1", amount=euros(500)), range(8)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(sandbox.get("/refunds", params={"reference": "MG-1:refund:1"}).json()) == 1


def test_concurrent_refunds_never_exceed_what_was_captured(post: Post, sandbox: httpx.Client) -> None:
    captured = 13483  # DE-1001
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda nr: post(PAID, f"MG-{nr}:refund:1", amount=euros(3000)), range(8)))
    done = [answer for answer in answers if answer.status_code == 201]
    refused = [answer for answer in answers if answer.status_code == 422]
    assert (len(done), len(refused)) == (4, 4)
    assert {answer.json()["error"]["code"] for answer in refused} == {"over_refund"}
    assert {answer.json()["error"]["remaining"]["minor"] for answer in refused} == {captured - 4 * 3000}
    assert sandbox.get("/payments/PAY-DE-1001-1").json()["refunded"] == euros(12000)


def test_a_refused_refund_leaves_its_key_unused(post: Post) -> None:
    assert post(PAID, "MG-1:refund:1", amount=euros(99999)).status_code == 422
    assert post(PAID, "MG-1:refund:1", amount=euros(100)).status_code == 201


def test_a_refund_in_another_currency_is_refused(post: Post) -> None:
    answer = post(PAID, "MG-1:refund:1", amount={"minor": 100, "currency": "USD"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "currency_mismatch")
    assert answer.json()["error"]["known"] == ["EUR"]


def test_what_was_not_captured_is_voided_and_not_refunded(post: Post, sandbox: httpx.Client) -> None:
    refund = post("/payments/PAY-DE-1002-1/refunds", "MG-1:refund:1", amount=euros(100))
    assert (refund.status_code, refund.json()["error"]["code"]) == (409, "not_captured")
    void = post(AUTHORISED, "MG-1:void:1", reference="MG-1:void:1")
    assert (void.status_code, void.json()["status"]) == (200, "voided")
    assert sandbox.get("/orders/DE-1002").json()["payment_status"] == "voided"
    assert len(sandbox.get("/voids", params={"reference": "MG-1:void:1"}).json()) == 1
    assert post(AUTHORISED, "MG-1:void:2").json()["error"]["code"] == "already_voided"


def test_what_was_captured_is_not_voided(post: Post) -> None:
    answer = post("/payments/PAY-DE-1001-1/void", "MG-1:void:1")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "already_captured")


def test_an_order_shows_how_much_of_it_was_refunded(post: Post, sandbox: httpx.Client) -> None:
    post(PAID, "MG-1:refund:1", amount=euros(13482))
    assert sandbox.get("/orders/DE-1001").json()["payment_status"] == "partially_refunded"
    post(PAID, "MG-1:refund:2", amount=euros(1))
    assert sandbox.get("/orders/DE-1001").json()["payment_status"] == "refunded"


def test_a_refund_counts_among_the_buyers_claims(post: Post, sandbox: httpx.Client) -> None:
    assert sandbox.get("/orders/DE-1001/history").json()["claims_90d"] == 0
    assert sandbox.get("/orders/FR-1006/history").json()["claims_90d"] == 3
    post(PAID, "MG-1:refund:1", amount=euros(100))
    history = sandbox.get("/orders/DE-1001/history").json()
    assert [claim["amount"]["minor"] for claim in history["claims"]] == [100]


def test_the_history_is_kept_from_another_e_mail_address(sandbox: httpx.Client) -> None:
    answer = sandbox.get("/orders/DE-1001/history", params={"email": "someone.else@example.com"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "order_not_found")


@pytest.mark.parametrize(
    "body",
    [
        {"amount": {"minor": 0, "currency": "EUR"}},
        {"amount": {"minor": 1.5, "currency": "EUR"}},
        {"amount": {"minor": 10**40, "currency": "EUR"}},
        {"amount": {"minor": 100, "currency": "EUR"}, "reason": "nul \x00"},
        {},
    ],
)
def test_a_malformed_refund_says_what_is_wrong_and_does_nothing(
    post: Post, sandbox: httpx.Client, body: dict[str, Any]
) -> None:
    answer = post(PAID, "MG-1:refund:1", **body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid_request")
    assert sandbox.get("/books").json()["refunds"][1:] == []  # the first came with the data


def test_an_effect_without_a_key_is_refused(sandbox: httpx.Client) -> None:
    answer = sandbox.post(PAID, json={"amount": euros(100)})
    assert answer.status_code == 422
    assert "Idempotency-Key" in answer.json()["error"]["message"]
