"""Fault switches: each failure that a gateway must survive can be had."""

import time
from collections.abc import Callable

import httpx
import pytest

Post = Callable[..., httpx.Response]
PAID = "/payments/PAY-DE-1001-1/refunds"
AMOUNT = {"minor": 100, "currency": "EUR"}


def refunds(sandbox: httpx.Client, reference: str) -> int:
    return len(sandbox.get("/refunds", params={"reference": reference}).json())


def test_a_time_out_after_success_leaves_the_refund_done(post: Post, sandbox: httpx.Client) -> None:
    fault = {"timeout_after_success_rate": 1, "hang_ms": 60_000, "remaining": 1}
    sandbox.put("/faults/refund-payment", json=fault)
    with pytest.raises(httpx.ReadTimeout):
        sandbox.post(PAID, json={"amount": AMOUNT}, headers={"Idempotency-Key": "K1"}, timeout=0.5)
    assert refunds(sandbox, "K1") == 1
    again = post(PAID, "K1", amount=AMOUNT)  # the switch is off: it hit once
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (201, "true")
    assert refunds(sandbox, "K1") == 1


def test_an_error_before_the_work_does_nothing_and_one_after_it_everything(
    post: Post, sandbox: httpx.Client
) -> None:
    sandbox.put("/faults/refund-payment", json={"error_rate": 1})
    assert post(PAID, "K1", amount=AMOUNT).status_code == 500
    assert refunds(sandbox, "K1") == 0
    sandbox.put("/faults/refund-payment", json={"error_after_rate": 1})
    assert post(PAID, "K1", amount=AMOUNT).status_code == 500
    assert refunds(sandbox, "K1") == 1


def test_a_refused_request_is_not_turned_into_an_error(post: Post, sandbox: httpx.Client) -> None:
    sandbox.put("/faults/refund-payment", json={"error_after_rate": 1})
    assert post(PAID, "K1", amount={"minor": 10**9, "currency": "EUR"}).status_code == 422


def test_a_lagging_look_up_does_not_show_what_was_just_done(post: Post, sandbox: httpx.Client) -> None:
    sandbox.put("/faults/find-refunds", json={"lookup_lag_ms": 600})
    post(PAID, "K1", amount=AMOUNT)
    assert refunds(sandbox, "K1") == 0
    assert post(PAID, "K1", amount=AMOUNT).headers["Idempotent-Replayed"] == "true"
    time.sleep(0.7)
    assert refunds(sandbox, "K1") == 1


def test_rates_are_drawn_from_the_seed(post: Post, sandbox: httpx.Client) -> None:
    def drawn() -> list[int]:
        sandbox.put("/faults/read-order", json={"error_rate": 0.5, "seed": 7})
        return [sandbox.get("/orders/DE-1001").status_code for _ in range(12)]

    first = drawn()
    assert set(first) == {200, 500}
    assert drawn() == first


def test_one_switch_for_all_spares_the_controls(sandbox: httpx.Client) -> None:
    sandbox.put("/faults/*", json={"error_rate": 1})
    sandbox.put("/faults/read-stock", json={"latency_ms": 1})
    assert sandbox.get("/orders/DE-1001").status_code == 500
    assert sandbox.get("/stock/YOGA-MAT").status_code == 200
    assert sandbox.get("/books").status_code == 200
    assert set(sandbox.get("/faults").json()) == {"*", "read-stock"}
    assert sandbox.delete("/faults").json() == {}
    assert sandbox.get("/orders/DE-1001").status_code == 200


def test_latency_is_waited_before_the_work(sandbox: httpx.Client) -> None:
    sandbox.put("/faults/read-order", json={"latency_ms": 300})
    started = time.monotonic()
    assert sandbox.get("/orders/DE-1001").status_code == 200
    assert time.monotonic() - started >= 0.3


def test_an_unknown_route_is_refused_with_the_known_ones(sandbox: httpx.Client) -> None:
    error = sandbox.put("/faults/refund", json={}).json()["error"]
    assert error["code"] == "unknown_route"
    assert {"*", "refund-payment", "advance-parcel"} <= set(error["known"])


def test_a_misspelt_switch_is_refused(sandbox: httpx.Client) -> None:
    answer = sandbox.put("/faults/read-order", json={"latency": 5})
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid_request")


def test_a_switch_may_be_about_one_order(post: Post, sandbox: httpx.Client) -> None:
    sandbox.put("/faults/refund-payment", json={"error_rate": 1, "about": "DE-1001"})
    assert post(PAID, "K1", amount=AMOUNT).status_code == 500
    assert post("/payments/PAY-FR-1001-1/refunds", "K2", amount=AMOUNT).status_code == 201


@pytest.mark.parametrize("place", ["key", "body", "query"])
def test_what_a_request_is_about_is_found_wherever_it_names_it(place: str, sandbox: httpx.Client) -> None:
    about = {"error_rate": 1, "about": "MG-2026-000007"}
    sandbox.put("/faults/refund-payment", json=about)
    sandbox.put("/faults/find-refunds", json=about)
    if place == "query":
        found = sandbox.get("/refunds", params={"reference": "MG-2026-000007:refund:1"})
    else:
        key, reason = ("MG-2026-000007:refund:1", "") if place == "key" else ("K1", "MG-2026-000007")
        body = {"amount": AMOUNT, "reason": reason}
        found = sandbox.post(PAID, json=body, headers={"Idempotency-Key": key})
    assert found.status_code == 500


def test_a_route_may_have_a_switch_for_each_order_and_one_for_all_others(sandbox: httpx.Client) -> None:
    for number in ("DE-1001", "FR-1001"):
        sandbox.put("/faults/read-order", json={"error_rate": 1, "about": number})
    sandbox.put("/faults/read-order", json={"latency_ms": 1})
    assert [switch["about"] for switch in sandbox.get("/faults").json()["read-order"]] == [
        "",
        "DE-1001",
        "FR-1001",
    ]
    sandbox.delete("/faults/read-order", params={"about": "FR-1001"})
    assert sandbox.get("/orders/DE-1001").status_code == 500
    assert sandbox.get("/orders/FR-1001").status_code == 200
    assert sandbox.delete("/faults/read-order").json() == {}


def test_a_switch_about_one_order_counts_its_own_hits(sandbox: httpx.Client) -> None:
    sandbox.put("/faults/*", json={"error_rate": 1, "about": "DE-1001", "remaining": 1})
    assert sandbox.get("/orders/FR-1001").status_code == 200
    assert sandbox.get("/orders/DE-1001").status_code == 500
    assert sandbox.get("/orders/DE-1001").status_code == 200
