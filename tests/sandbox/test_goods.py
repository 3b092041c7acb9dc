"""Shipments out of stock, repairs, payment links and claims on the carrier."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.sandbox.serving import Listener, until

Post = Callable[..., httpx.Response]
ONE_JACKET = [{"id": "DE-1001-2", "quantity": 1}]


def code(answer: httpx.Response) -> str:
    found: str = answer.json()["error"]["code"]
    return found


def on_hand(sandbox: httpx.Client, sku: str, place: str = "DE-1") -> int:
    shelves = sandbox.get(f"/stock/{sku}").json()["warehouses"]
    found: int = next(shelf["on_hand"] for shelf in shelves if shelf["warehouse"] == place)
    return found


def ship(post: Post, key: str = "MG-1:reship:1", **changes: Any) -> httpx.Response:
    body = {"order_id": "DE-1001", "lines": ONE_JACKET, "warehouse": "DE-1", **changes}
    return post("/shipments", key, **body)


def repair(post: Post, key: str = "MG-1:repair:1", **changes: Any) -> httpx.Response:
    body = {"order_id": "DE-1006", "place": "centre", "warranty": False, **changes}
    return post("/repairs", key, **body)


def claim(post: Post, key: str = "MG-1:claim:1", **changes: Any) -> httpx.Response:
    amount = {"minor": 8990, "currency": "EUR"}
    return post(
        "/carrier-claims", key, **{"tracking": "PXDE-1001", "kind": "lost", "amount": amount, **changes}
    )


def test_stock_lies_overseas_at_home_or_nowhere(sandbox: httpx.Client) -> None:
    def places(sku: str) -> set[str]:
        shelves = sandbox.get(f"/stock/{sku}").json()["warehouses"]
        return {shelf["kind"] for shelf in shelves if shelf["on_hand"]}

    assert places("JACKET-L-GREEN") == {"overseas"}
    assert places("TABLET-11") == {"home"}
    assert places("MUG-ENGRAVED") == set()
    assert places("YOGA-MAT") == {"overseas", "home"}


@pytest.mark.parametrize(
    ("market", "found"),
    [
        ("DE", [("DE-1", 2), ("CN-1", 14)]),
        ("GB", [("DE-1", 4), ("CN-1", 14)]),
        ("US", [("CN-1", 14)]),
        ("CN", [("CN-1", 2)]),
    ],
)
def test_for_a_market_the_warehouses_that_reach_it_are_listed_the_quickest_first(
    sandbox: httpx.Client, market: str, found: list[tuple[str, int]]
) -> None:
    stock = sandbox.get("/stock/YOGA-MAT", params={"market": market}).json()
    assert [(shelf["warehouse"], shelf["delivery_days"]) for shelf in stock["warehouses"]] == found
    assert stock["on_hand"] == sum(shelf["on_hand"] for shelf in stock["warehouses"])


def test_a_shipment_takes_units_off_their_shelf_once_and_starts_a_parcel(
    post: Post, sandbox: httpx.Client
) -> None:
    first = ship(post)
    assert first.status_code == 201
    assert ship(post).json() == first.json()
    assert on_hand(sandbox, "JACKET-L-GREEN") == 13
    assert sandbox.get("/shipments", params={"reference": "MG-1:reship:1"}).json() == [first.json()]
    tracking = first.json()["tracking"]
    sandbox.post(f"/parcels/{tracking}/advance", json={"status": "LOST"})
    order = sandbox.get("/orders/DE-1001").json()
    assert [(parcel["purpose"], parcel["status"]) for parcel in order["parcels"]] == [
        ("order", "DELIVERED"),
        ("reship", "LOST"),
    ]
    assert order["fulfilment"] == "delivered"


def test_stock_never_falls_below_zero_however_many_want_it(post: Post, sandbox: httpx.Client) -> None:
    sandbox.put("/stock/JACKET-L-GREEN", json={"warehouse": "DE-1", "on_hand": 3})
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda number: ship(post, f"MG-{number}:reship:1"), range(8)))
    assert sorted(answer.status_code for answer in answers) == [201] * 3 + [409] * 5
    assert {code(answer) for answer in answers if answer.status_code == 409} == {"out_of_stock"}
    assert on_hand(sandbox, "JACKET-L-GREEN") == 0


def test_a_shipment_of_two_articles_takes_all_or_none(post: Post, sandbox: httpx.Client) -> None:
    before = on_hand(sandbox, "TSHIRT-M-NAVY", "CN-1")
    assert code(ship(post, lines=[], warehouse="CN-1")) == "out_of_stock"
    assert on_hand(sandbox, "TSHIRT-M-NAVY", "CN-1") == before


def test_a_shipment_is_called_back_until_the_carrier_has_it(post: Post, sandbox: httpx.Client) -> None:
    unsent, sent = (ship(post, f"MG-{number}:reship:1").json() for number in (1, 2))
    for number in (1, 2):
        undone = post(f"/shipments/{unsent['id']}/cancel", f"MG-1:reship:1:undo-{number}")
        assert undone.json()["status"] == "cancelled"
    assert on_hand(sandbox, "JACKET-L-GREEN") == 13
    assert sandbox.get(f"/shipments/{unsent['id']}").json()["status"] == "cancelled"
    assert sandbox.get(f"/parcels/{unsent['tracking']}").json()["status"] == "CANCELLED"
    sandbox.post(f"/parcels/{sent['tracking']}/advance", json={"status": "PICKED_UP"})
    assert code(post(f"/shipments/{sent['id']}/cancel", "MG-2:reship:1:undo")) == "shipped"


def test_what_cannot_be_shipped_is_refused(post: Post) -> None:
    assert code(ship(post, warehouse="XX-1")) == "warehouse_not_found"
    assert code(ship(post, lines=[{"id": "DE-1003-1"}])) == "unknown_line"
    assert code(ship(post, lines=ONE_JACKET * 2)) == "too_many_units"
    assert code(ship(post, order_id="DE-1002", lines=[])) == "not_shipped"
    assert ship(post).status_code == 201, "a refused effect leaves its key unused"


def test_a_repair_out_of_warranty_is_quoted_approved_done_and_sent_back(
    telling: httpx.Client, listener: Listener
) -> None:
    def send(path: str, key: str, **body: Any) -> httpx.Response:
        return telling.post(path, json=body, headers={"Idempotency-Key": key})

    opened = repair(send).json()
    place = f"/repairs/{opened['id']}"
    assert opened["id"].startswith("RMA-")
    assert code(telling.post(f"{place}/advance", json={"state": "done"})) == "not_now"
    telling.post(f"{place}/advance", json={"state": "received"})
    assert code(telling.post(f"{place}/advance", json={"state": "quoted"})) == "invalid_request"
    quote = {"minor": 12900, "currency": "EUR"}
    telling.post(f"{place}/advance", json={"state": "quoted", "quote": quote}).raise_for_status()
    assert send(f"{place}/approve", "MG-1:approve:1").json()["status"] == "approved"
    for state in ("done", "shipped"):
        telling.post(f"{place}/advance", json={"state": state}).raise_for_status()
    back = telling.get(place).json()["return_tracking"]
    telling.post(f"/parcels/{back}/advance", json={"status": "DELIVERED"})
    until(lambda: len(listener.deliveries) == 5)
    told = {delivery.event["type"]: delivery for delivery in listener.deliveries}
    assert {name: delivery.path for name, delivery in told.items()} == {
        "repair.received": "/webhooks/repair",
        "repair.quoted": "/webhooks/repair",
        "repair.done": "/webhooks/repair",
        "repair.shipped": "/webhooks/repair",
        "parcel.delivered": "/webhooks/parcel",
    }
    assert told["repair.quoted"].event["data"]["amount"] == quote
    assert told["repair.shipped"].event["data"]["tracking"] == back
    assert {name for name, each in told.items() if each.event["data"].get("repair_id") == opened["id"]} == {
        name for name in told if name.startswith("repair.")
    }


def test_what_is_beyond_repair_comes_back_as_it_is(post: Post, sandbox: httpx.Client) -> None:
    place = f"/repairs/{repair(post, warranty=True).json()['id']}"
    assert code(post(f"{place}/approve", "MG-1:approve:1")) == "not_now"
    for state in ("received", "beyond_repair"):
        sandbox.post(f"{place}/advance", json={"state": state}).raise_for_status()
    for number in (1, 2):
        assert post(f"{place}/return", f"MG-1:return:{number}").json()["status"] == "returning"
    assert sandbox.post(f"{place}/advance", json={"state": "shipped"}).json()["return_tracking"]


def test_a_repair_is_called_off_until_its_parcel_is_on_its_way(post: Post, sandbox: httpx.Client) -> None:
    unsent, sent = (repair(post, f"MG-{number}:repair:1").json() for number in (1, 2))
    for number in (1, 2):
        undone = post(f"/repairs/{unsent['id']}/cancel", f"MG-1:repair:1:undo-{number}")
        assert undone.json()["status"] == "cancelled"
    sandbox.post(f"/parcels/{sent['tracking']}/advance", json={"status": "PICKED_UP"})
    assert code(post(f"/repairs/{sent['id']}/cancel", "MG-2:repair:1:undo")) == "received"


def test_nobody_repairs_made_to_order_goods_and_partners_are_not_everywhere(post: Post) -> None:
    assert code(repair(post, order_id="DE-1007")) == "no_service"
    assert code(repair(post, order_id="ES-1001", place="partner")) == "no_service"
    assert repair(post, order_id="DE-1006", place="partner").status_code == 201


def test_the_centre_mends_what_partners_do_not(post: Post, sandbox: httpx.Client) -> None:
    line = {"sku": "skates", "title": "Skates", "category": "sport", "unit_paid_minor": 4900}
    buyer = {
        "id": "b",
        "name": "B",
        "email": "b@example.org",
        "address": {"line1": "x", "city": "y", "country": "DE"},
    }
    order = {"id": "DE-77", "market": "DE", "customer": buyer, "lines": [line], "fulfilment": "delivered"}
    sandbox.post("/orders", json=order).raise_for_status()
    assert code(repair(post, order_id="DE-77", place="partner")) == "no_service"
    assert repair(post, order_id="DE-77", place="centre").status_code == 201


def test_who_says_yes_by_telephone_has_it_repaired_too(post: Post, sandbox: httpx.Client) -> None:
    place = f"/repairs/{repair(post).json()['id']}"
    quote = {"minor": 900, "currency": "EUR"}
    for body in ({"state": "received"}, {"state": "quoted", "quote": quote}, {"state": "done"}):
        sandbox.post(f"{place}/advance", json=body).raise_for_status()
    assert sandbox.get(place).json()["status"] == "done"


def test_a_customer_may_pay_less_than_is_asked_and_never_more(post: Post, sandbox: httpx.Client) -> None:
    amount = {"minor": 900, "currency": "EUR"}
    for number, (given, paid) in enumerate(((700, 700), (1200, 900))):
        link = post("/payment-links", f"K{number}", order_id="DE-1006", amount=amount).json()
        body = {"amount": amount | {"minor": given}}
        found = sandbox.post(f"/payment-links/{link['id']}/pay", json=body).json()
        assert (found["status"], found["paid"]["minor"], found["amount"]["minor"]) == ("paid", paid, 900)
    link = post("/payment-links", "K", order_id="DE-1006", amount=amount).json()
    body = {"amount": amount | {"currency": "USD"}}
    assert code(sandbox.post(f"/payment-links/{link['id']}/pay", json=body)) == "currency_mismatch"


def test_a_payment_link_is_paid_once(telling: httpx.Client, listener: Listener) -> None:
    amount = {"minor": 12900, "currency": "EUR"}
    key = {"Idempotency-Key": "MG-1:link:1"}
    link = telling.post("/payment-links", json={"order_id": "DE-1006", "amount": amount}, headers=key).json()
    for _ in range(2):
        assert telling.post(f"/payment-links/{link['id']}/pay").json()["status"] == "paid"
    until(lambda: bool(listener.deliveries))
    (told,) = listener.deliveries
    assert (told.path, told.event["type"]) == ("/webhooks/payment", "payment.received")
    assert told.event["data"] == {
        "link_id": link["id"],
        "order_id": "DE-1006",
        "amount": amount,
        "reference": "MG-1:link:1",
    }
    assert telling.get(link["url"]).json()["status"] == "paid"


def test_a_payment_link_is_in_the_orders_currency(post: Post) -> None:
    amount = {"minor": 100, "currency": "USD"}
    assert code(post("/payment-links", "K", order_id="DE-1006", amount=amount)) == "currency_mismatch"


def test_a_carrier_decides_a_claim_once_and_pays_no_more_than_asked(
    telling: httpx.Client, listener: Listener
) -> None:
    def send(path: str, key: str, **body: Any) -> httpx.Response:
        return telling.post(path, json=body, headers={"Idempotency-Key": key})

    filed = claim(send).json()
    assert filed["answer_by_days"] == 30
    place = f"/carrier-claims/{filed['id']}/decide"
    over = {"minor": 8991, "currency": "EUR"}
    assert code(telling.post(place, json={"accepted": True, "amount": over})) == "over_claim"
    part = {"minor": 5000, "currency": "EUR"}
    assert telling.post(place, json={"accepted": True, "amount": part}).json()["awarded"] == part
    assert code(telling.post(place, json={"accepted": False})) == "already_decided"
    until(lambda: bool(listener.deliveries))
    (told,) = listener.deliveries
    assert (told.path, told.event["type"]) == ("/webhooks/claim", "claim.accepted")
    assert told.event["data"]["amount"] == part


def test_a_parcel_is_claimed_once_for_each_kind_and_in_time(post: Post) -> None:
    assert claim(post).status_code == 201
    assert code(claim(post, "MG-2:claim:1")) == "already_claimed"
    assert claim(post, "MG-2:claim:1", kind="damaged").status_code == 201
    late = claim(post, "MG-3:claim:1", tracking="PXDE-1005", kind="damaged")
    assert code(late) == "too_late"
    assert code(claim(post, "MG-4:claim:1", tracking="PX0")) == "parcel_not_found"


def test_a_lost_parcel_that_turns_up_is_found_before_anything_else(
    telling: httpx.Client, listener: Listener
) -> None:
    for status in ("LOST", "DELAYED", "LOST", "DELIVERED"):
        telling.post("/parcels/PXDE-1004/advance", json={"status": status})
    until(lambda: len(listener.deliveries) == 5)
    assert sorted(listener.types()) == [
        "parcel.delayed",
        "parcel.delivered",
        "parcel.found",
        "parcel.lost",
        "parcel.lost",
    ]


@pytest.mark.parametrize("state", ["send-shipment", "open-repair", "make-payment-link", "file-carrier-claim"])
def test_a_lost_answer_is_found_by_its_reference(post: Post, sandbox: httpx.Client, state: str) -> None:
    sandbox.put(f"/faults/{state}", json={"error_after_rate": 1, "remaining": 1})
    amount = {"minor": 100, "currency": "EUR"}
    made = {
        "send-shipment": lambda: ship(post, "K"),
        "open-repair": lambda: repair(post, "K"),
        "make-payment-link": lambda: post("/payment-links", "K", order_id="DE-1006", amount=amount),
        "file-carrier-claim": lambda: claim(post, "K"),
    }
    path = {"send-shipment": "/shipments", "open-repair": "/repairs", "make-payment-link": "/payment-links"}
    assert made[state]().status_code == 500
    (found,) = sandbox.get(path.get(state, "/carrier-claims"), params={"reference": "K"}).json()
    assert made[state]().json() == found


def test_the_books_show_all_of_it(post: Post, sandbox: httpx.Client) -> None:
    made = ship(post).json(), repair(post).json(), claim(post).json()
    books = sandbox.get("/books").json()
    assert (books["shipments"], books["repairs"], books["carrier_claims"]) == tuple([each] for each in made)
    assert books["payment_links"] == []
    jacket = next(entry for entry in books["stock"] if entry["sku"] == "JACKET-L-GREEN")
    assert jacket["on_hand"] == 13
