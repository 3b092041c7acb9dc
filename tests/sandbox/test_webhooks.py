"""Webhooks: signed, sent once per event, and not lost while nobody listens."""

import hashlib
import hmac
import time
from collections.abc import Callable

import httpx

from makegood.sandbox.app import make_app
from tests.sandbox.conftest import SECRET
from tests.sandbox.serving import Listener, listening, serving, until


def label(sandbox: httpx.Client) -> str:
    body = {"order_id": "DE-1001", "freight_on": "seller"}
    answer = sandbox.post("/labels", json=body, headers={"Idempotency-Key": "MG-1:label:1"})
    tracking: str = answer.json()["tracking"]
    return tracking


def test_a_return_that_arrives_is_told_with_a_signature(telling: httpx.Client, listener: Listener) -> None:
    tracking = label(telling)
    telling.post(f"/parcels/{tracking}/advance", json={"status": "DELIVERED"})
    until(lambda: len(listener.deliveries) == 1)
    [delivery] = listener.deliveries
    assert delivery.path == "/webhooks/parcel"
    assert delivery.event["type"] == "parcel.received"
    assert delivery.event["data"] == {
        "tracking": tracking,
        "status": "DELIVERED",
        "order_id": "DE-1001",
        "direction": "return",
        "purpose": "return",
    }
    stamp = delivery.headers["Makegood-Timestamp"]
    assert abs(int(stamp) - time.time()) < 60
    mac = hmac.new(SECRET.encode(), f"{stamp}.".encode() + delivery.body, hashlib.sha256).hexdigest()
    assert delivery.headers["Makegood-Signature"] == f"v1={mac}"


def test_a_reply_and_a_refund_go_to_their_own_paths(telling: httpx.Client, listener: Listener) -> None:
    attachment = {"name": "crack.jpg", "media_type": "image/jpeg", "base64": "aGk="}
    reply = {"case": "MG-2026-000123", "text": "Ja, bitte.", "attachments": [attachment]}
    event_id = telling.post("/customers/reply", json=reply).json()["event_id"]
    until(lambda: len(listener.deliveries) == 1)
    assert listener.deliveries[0].path == "/webhooks/reply"
    assert listener.deliveries[0].event["id"] == event_id
    assert listener.deliveries[0].event["data"] == reply
    amount = {"amount": {"minor": 100, "currency": "EUR"}}
    telling.post("/payments/PAY-DE-1001-1/refunds", json=amount, headers={"Idempotency-Key": "K1"})
    telling.post("/payments/PAY-DE-1001-1/dispute", json={})
    until(lambda: len(listener.deliveries) == 3)
    assert listener.types()[1:] == ["payment.refunded", "dispute.opened"]
    assert listener.deliveries[2].event["data"]["amount"]["minor"] == 13383


def test_an_outbound_parcel_takes_its_order_along(telling: httpx.Client, listener: Listener) -> None:
    telling.post("/parcels/PXDE-1004/advance", json={"status": "DELIVERED"})
    until(lambda: listener.types() == ["parcel.delivered"])
    order = telling.get("/orders/DE-1004").json()
    assert order["status"] == "delivered"
    assert order["delivered_at"] is not None


def test_a_parcel_does_not_arrive_in_the_future(sandbox: httpx.Client) -> None:
    move = {"status": "DELIVERED", "at": "2999-01-01T00:00:00Z"}
    answer = sandbox.post("/parcels/PXDE-1004/advance", json=move)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "in_the_future")


def test_a_webhook_waits_for_a_desk_that_is_down(
    database_url: str, free_port: int, new_database: Callable[[], str]
) -> None:
    target = f"http://127.0.0.1:{free_port}"
    with (
        serving(make_app(database_url=database_url, webhook_url=target)) as address,
        httpx.Client(base_url=address) as sandbox,
    ):
        sandbox.post("/customers/reply", json={"case": "MG-1", "text": "?"})
        until(lambda: sandbox.get("/books").json()["webhooks"][0]["attempts"] >= 1)
        with listening(free_port) as listener:
            listener.status = 503
            until(lambda: len(listener.deliveries) >= 1)
            listener.status = 200
            until(lambda: sandbox.get("/books").json()["webhooks"][0]["sent_at"] is not None)
    assert len({delivery.event["id"] for delivery in listener.deliveries}) == 1


def test_a_webhook_outlives_the_sandbox(database_url: str, listener: Listener) -> None:
    with (
        serving(make_app(database_url=database_url)) as address,
        httpx.Client(base_url=address) as sandbox,
    ):
        sandbox.post("/customers/reply", json={"case": "MG-1", "text": "?"})
    with serving(make_app(database_url=database_url, webhook_url=listener.address)):
        until(lambda: listener.types() == ["customer.replied"])


def test_a_webhook_that_is_refused_is_not_sent_again(telling: httpx.Client, listener: Listener) -> None:
    listener.status = 401
    telling.post("/customers/reply", json={"case": "MG-1", "text": "?"})
    until(lambda: telling.get("/books").json()["webhooks"][0]["refused_status"] == 401)
    time.sleep(1.2)
    assert len(listener.deliveries) == 1


def test_a_duplicate_carries_the_same_id(telling: httpx.Client, listener: Listener) -> None:
    telling.put("/faults/reply", json={"duplicate_webhooks": True})
    telling.post("/customers/reply", json={"case": "MG-1", "text": "?"})
    until(lambda: len(listener.deliveries) == 2)
    assert len({delivery.event["id"] for delivery in listener.deliveries}) == 1


def test_reordered_webhooks_arrive_in_another_order(telling: httpx.Client, listener: Listener) -> None:
    telling.put("/faults/reply", json={"reorder_webhooks": True, "hold_back_ms": 400})
    for text in ("first", "second"):
        telling.post("/customers/reply", json={"case": "MG-1", "text": text})
    until(lambda: len(listener.deliveries) == 2)
    assert [delivery.event["data"]["text"] for delivery in listener.deliveries] == ["second", "first"]
