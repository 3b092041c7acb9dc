"""The warehouse and the shop: who wins when an order is cancelled while it is being picked."""

from collections.abc import Callable

import httpx
import pytest

Post = Callable[..., httpx.Response]


@pytest.mark.parametrize(
    ("order", "result"), [("DE-1002", "held"), ("DE-1003", "picking"), ("DE-1004", "shipped")]
)
def test_a_hold_says_how_far_the_warehouse_is(post: Post, order: str, result: str) -> None:
    assert post(f"/warehouse/orders/{order}/hold", "MG-1:hold:1").json()["result"] == result


def test_a_release_undoes_a_hold(post: Post, sandbox: httpx.Client) -> None:
    post("/warehouse/orders/DE-1002/hold", "MG-1:hold:1")
    assert sandbox.get("/warehouse/orders/DE-1002").json()["held_for"] == ["MG-1:hold:1"]
    assert post("/warehouse/orders/DE-1002/release", "MG-1:hold:1:undo").json()["result"] == "released"
    assert sandbox.get("/warehouse/orders/DE-1002").json() == {
        "order_id": "DE-1002",
        "fulfilment": "not_started",
        "held_for": [],
    }
    [hold] = sandbox.get("/warehouse/holds", params={"reference": "MG-1:hold:1"}).json()
    assert hold["released_at"] is not None
    assert post("/warehouse/orders/DE-1002/release", "MG-1:hold:2:undo").json()["result"] == "not_held"


def test_a_race_that_is_won_leaves_the_order_held_and_cancellable(post: Post, sandbox: httpx.Client) -> None:
    before = sandbox.get("/stock/YOGA-MAT").json()["on_hand"]
    assert post("/orders/DE-1003/cancel", "MG-1:cancel:1").json()["result"] == "too_late"
    assert post("/warehouse/orders/DE-1003/intercept", "MG-1:intercept:1").json()["result"] == "stopped"
    assert post("/orders/DE-1003/cancel", "MG-1:cancel:2").json()["result"] == "cancelled"
    assert post("/orders/DE-1003/cancel", "MG-2:cancel:1").json()["result"] == "already_cancelled"
    assert sandbox.get("/stock/YOGA-MAT").json()["on_hand"] == before + 2
    assert sandbox.get("/orders/DE-1003").json()["status"] == "cancelled"


def test_a_race_that_is_lost_ships_the_order_and_takes_the_money(post: Post, sandbox: httpx.Client) -> None:
    assert sandbox.get("/orders/DE-1008").json()["payment_status"] == "authorised"
    assert post("/warehouse/orders/DE-1008/intercept", "MG-1:intercept:1").json()["result"] == "too_late"
    order = sandbox.get("/orders/DE-1008").json()
    assert (order["status"], order["payment_status"]) == ("shipped", "captured")
    assert [parcel["status"] for parcel in order["parcels"]] == ["PICKED_UP"]


def test_a_held_order_is_not_picked(post: Post) -> None:
    answer = post("/orders/FR-1007/pick", "", state="picking")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "order_held")


def test_picking_does_not_go_backwards(post: Post) -> None:
    answer = post("/orders/DE-1004/pick", "", state="picking")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "already_further")


def test_a_label_can_be_voided_until_its_parcel_is_handed_in(post: Post, sandbox: httpx.Client) -> None:
    lines = [{"id": "DE-1001-1", "quantity": 1}]
    body = {"order_id": "DE-1001", "lines": lines, "freight_on": "seller"}
    unused = post("/labels", "MG-1:label:1", **body).json()
    used = post("/labels", "MG-1:label:2", **body).json()
    assert unused["cost"] == {"minor": 549, "currency": "EUR"}
    assert sandbox.get(unused["url"]).json() == unused
    for _ in range(2):
        assert post(f"/labels/{unused['id']}/void", "MG-1:label:1:undo").json()["status"] == "void"
    sandbox.post(f"/parcels/{used['tracking']}/advance", json={"status": "PICKED_UP"})
    refused = post(f"/labels/{used['id']}/void", "MG-1:label:2:undo")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "label_used")


def test_a_label_asks_for_lines_of_its_order(post: Post) -> None:
    body = {"order_id": "DE-1001", "freight_on": "seller"}
    unknown = post("/labels", "MG-1:label:1", **body, lines=[{"id": "DE-1003-1"}]).json()["error"]
    assert (unknown["code"], unknown["known"]) == ("unknown_line", ["DE-1001-1", "DE-1001-2"])
    many = post("/labels", "MG-1:label:1", **body, lines=[{"id": "DE-1001-1", "quantity": 3}]).json()
    assert many["error"]["code"] == "too_many_units"
    unshipped = post("/labels", "MG-1:label:1", order_id="DE-1002", freight_on="seller").json()
    assert unshipped["error"]["code"] == "not_shipped"


def test_a_recall_turns_round_what_is_still_on_its_way(post: Post, sandbox: httpx.Client) -> None:
    assert post("/parcels/PXDE-1004/recall", "MG-1:recall:1").json()["accepted"] is True
    assert sandbox.get("/parcels/PXDE-1004").json()["status"] == "RETURNING"
    assert post("/parcels/PXDE-1001/recall", "MG-1:recall:2").json()["accepted"] is False
    assert len(sandbox.get("/recalls", params={"reference": "MG-1:recall:2"}).json()) == 1


def test_an_unknown_order_is_refused_with_its_likenesses(sandbox: httpx.Client) -> None:
    error = sandbox.get("/orders/DE-101").json()["error"]
    assert error["code"] == "order_not_found"
    assert "DE-1001" in error["known"]


def test_orders_are_found_by_e_mail_in_any_case(sandbox: httpx.Client) -> None:
    email = sandbox.get("/orders/DE-1001").json()["customer"]["email"]
    found = sandbox.get("/orders", params={"email": email.upper()}).json()
    assert [order["id"] for order in found] == ["DE-1001"]


def test_an_order_of_an_unknown_market_is_refused_with_the_known_ones(sandbox: httpx.Client) -> None:
    customer = {
        "id": "c1",
        "name": "A",
        "email": "a@example.com",
        "address": {"line1": "x", "city": "y", "country": "ZZ"},
    }
    lines = [{"sku": "MUG", "title": "Mug", "unit_paid_minor": 1999}]
    order = {"id": "A-1", "market": "ZZ", "customer": customer, "lines": lines}
    refused = sandbox.post("/orders", json=order)
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "unknown_market")
    assert "DE" in refused.json()["error"]["known"]
    assert sandbox.post("/orders", json={**order, "market": "DE"}).json()["lines"][0]["tax_minor"] == 319
    again = sandbox.post("/orders", json={**order, "market": "DE"})
    assert (again.status_code, again.json()["error"]["code"]) == (409, "order_exists")


def test_the_mailbox_shows_every_message(post: Post, sandbox: httpx.Client) -> None:
    body = {"to": "a@example.com", "channel": "email", "locale": "de-DE", "subject": "Hallo", "body": "…"}
    post("/messages", "MG-1:ack:1", **body, case="MG-1", template="acknowledgement")
    post("/messages", "MG-2:ack:1", **body, case="MG-2")
    assert [m["reference"] for m in sandbox.get("/messages").json()] == ["MG-1:ack:1", "MG-2:ack:1"]
    assert len(sandbox.get("/messages", params={"case": "MG-1"}).json()) == 1
    assert len(sandbox.get("/messages", params={"to": "A@example.com"}).json()) == 2
    assert len(sandbox.get("/messages", params={"reference": "MG-2:ack:1"}).json()) == 1
