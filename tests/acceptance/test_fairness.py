"""Whoever was given something twice is found."""

from __future__ import annotations

from copy import deepcopy

from tests.acceptance.fairness import given_twice, missing_stock
from tests.acceptance.story import Json

EURO = "EUR"
BOOKS: Json = {
    "orders": [
        {
            "id": "O-1",
            "payments": [{"captured": {"minor": 5000, "currency": EURO}}],
            "lines": [
                {"id": "O-1-1", "quantity": 1, "unit_paid": {"minor": 3000, "currency": EURO}},
                {"id": "O-1-2", "quantity": 2, "unit_paid": {"minor": 1000, "currency": EURO}},
            ],
        }
    ],
    "refunds": [{"order_id": "O-1", "amount": {"minor": 2000, "currency": EURO}}],
    "shipments": [
        {"order_id": "O-1", "tracking": "R1", "status": "made", "lines": [{"id": "O-1-1", "quantity": 1}]}
    ],
    "stock": [{"sku": "A", "warehouses": [{"warehouse": "DE-1", "on_hand": 0}]}],
}
ARRIVED = {"R1": ("CREATED", "DELIVERED"), "R2": ("CREATED", "DELIVERED")}


def test_one_line_in_money_and_another_in_goods_is_fair() -> None:
    assert list(given_twice(BOOKS, ARRIVED)) == []
    assert list(missing_stock(BOOKS)) == []


def test_more_money_than_was_paid_is_found() -> None:
    found = deepcopy(BOOKS)
    found["refunds"].append({"order_id": "O-1", "amount": {"minor": 3001, "currency": EURO}})
    found["shipments"] = []
    assert list(given_twice(found, ARRIVED)) == ["O-1: 5001 was paid back of 5000"]


def test_money_for_what_was_sent_again_is_found_unless_it_never_arrived() -> None:
    found = deepcopy(BOOKS)
    found["refunds"].append({"order_id": "O-1", "amount": {"minor": 1, "currency": EURO}})
    assert len(list(given_twice(found, ARRIVED))) == 1
    assert list(given_twice(found, {"R1": ("CREATED", "LOST")})) == []
    assert list(given_twice(found, {"R1": ("CREATED",)})) == []


def test_the_same_unit_sent_again_twice_is_found() -> None:
    found = deepcopy(BOOKS)
    found["shipments"].append({**found["shipments"][0], "tracking": "R2"})
    assert "2 units of O-1-1 were sent again" in "\n".join(given_twice(found, ARRIVED))


def test_a_shelf_with_less_than_nothing_is_found() -> None:
    found = deepcopy(BOOKS)
    found["stock"][0]["warehouses"][0]["on_hand"] = -1
    assert list(missing_stock(found)) == ["A: -1 in DE-1"]
