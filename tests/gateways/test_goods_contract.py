"""What every implementation of the goods ports does alike: the fakes, and the sandbox over HTTP."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from makegood.core.money import Money
from makegood.desk.goods import Repair, Shipment
from makegood.desk.ports import Order, Refused, Unknown
from tests.gateways.worlds import Effect, World

_numbers = itertools.count(1)
TWELVE = Money(minor=1200, currency="EUR")


@pytest.fixture
def key() -> str:
    return f"MG-2026-{next(_numbers):06}:reship:1"


@pytest.fixture
def delivered(world: World) -> Order:
    """Two mugs, of which three more lie overseas and one at home."""
    world.shelve("MUG", "DE-1", 3)
    world.shelve("MUG", "CN-1", 1)
    return world.place("delivered")


def lying(world: World, market: str = "DE") -> list[tuple[str, str, int, int | None]]:
    shelves = world.stock.shelves("MUG", market)
    return [(shelf.warehouse, shelf.kind, shelf.on_hand, shelf.delivery_days) for shelf in shelves]


def ship(world: World, order: Order, key: str, quantity: int = 1, warehouse: str = "DE-1") -> Shipment:
    return world.shipments.send(order.ref, {order.lines[0].ref: quantity}, warehouse, key=key)


def open_repair(world: World, order: Order, key: str) -> Repair:
    return world.repairs.open(order.ref, {order.lines[0].ref: 1}, "centre", warranty=False, key=key)


def refused(call: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.code


def test_stock_is_listed_nearest_first_and_only_where_it_reaches(world: World, delivered: Order) -> None:
    assert lying(world) == [("DE-1", "overseas", 3, 2), ("CN-1", "home", 1, 14)]
    assert lying(world, "FR")[0] == ("DE-1", "overseas", 3, 4)
    assert lying(world, "US") == [("CN-1", "home", 1, 14)]
    assert world.stock.shelves("no-such-article", "DE") == ()


def test_a_shipment_takes_its_units_once(world: World, delivered: Order, key: str) -> None:
    first = ship(world, delivered, key, 2)
    assert ship(world, delivered, key, 2) == first
    assert lying(world)[0][2] == 1
    assert world.shipments.find(delivered.ref, key=key) == first
    parcel = world.parcels.track(first.tracking)
    assert parcel
    assert parcel.status == "CREATED"
    assert refused(lambda: ship(world, delivered, key, 1)) == "idempotency_mismatch"


def test_what_is_not_there_is_not_sent(world: World, delivered: Order, key: str) -> None:
    assert refused(lambda: ship(world, delivered, key, 2, "CN-1")) == "out_of_stock"
    assert refused(lambda: ship(world, delivered, key, 1, "XX-1")) == "warehouse_not_found"
    assert refused(lambda: ship(world, world.place("not_started"), key)) == "not_shipped"
    assert world.shipments.find(delivered.ref, key=key) is None
    assert lying(world) == [("DE-1", "overseas", 3, 2), ("CN-1", "home", 1, 14)]


def test_a_shipment_is_called_back_until_the_carrier_has_it(world: World, delivered: Order, key: str) -> None:
    unsent, sent = ship(world, delivered, key), ship(world, delivered, f"{key}-2")
    for number in (1, 2):
        assert world.shipments.cancel(unsent.ref, key=f"{key}:undo-{number}").status == "cancelled"
    assert lying(world)[0][2] == 2
    found = world.shipments.find(delivered.ref, key=key)
    assert found
    assert found.status == "cancelled"
    world.scan(sent.tracking, "PICKED_UP")
    assert refused(lambda: world.shipments.cancel(sent.ref, key=f"{key}-2:undo")) == "shipped"


def test_a_repair_goes_the_way_of_its_quote(world: World, delivered: Order, key: str) -> None:
    repair = open_repair(world, delivered, key)
    assert repair.status == "opened"
    assert refused(lambda: world.repairs.approve(repair.ref, key=f"{key}:early")) == "not_now"
    world.quote(repair.ref)
    found = world.repairs.find(delivered.ref, key=key)
    assert found
    assert (found.status, found.quote) == ("quoted", TWELVE)
    assert refused(lambda: world.repairs.cancel(repair.ref, key=f"{key}:undo")) == "received"
    for number in (1, 2):
        assert world.repairs.approve(repair.ref, key=f"{key}:approve-{number}").status == "approved"
    assert world.repairs.send_back(repair.ref, key=f"{key}:back").status == "returning"


def test_a_repair_is_called_off_until_its_parcel_is_on_its_way(
    world: World, delivered: Order, key: str
) -> None:
    unsent, sent = open_repair(world, delivered, key), open_repair(world, delivered, f"{key}-2")
    for number in (1, 2):
        assert world.repairs.cancel(unsent.ref, key=f"{key}:undo-{number}").status == "cancelled"
    world.scan(sent.tracking, "PICKED_UP")
    assert refused(lambda: world.repairs.cancel(sent.ref, key=f"{key}-2:undo")) == "received"


def test_no_repair_of_what_has_not_left(world: World, key: str) -> None:
    assert refused(lambda: open_repair(world, world.place("not_started"), key)) == "not_shipped"


def test_a_payment_link_is_made_once_and_in_the_orders_currency(
    world: World, delivered: Order, key: str
) -> None:
    link = world.payment_links.make(delivered.ref, TWELVE, key=key)
    assert (link.amount, link.status) == (TWELVE, "open")
    assert world.payment_links.make(delivered.ref, TWELVE, key=key) == link
    assert world.payment_links.find(delivered.ref, key=key) == link
    dollars = Money(minor=1200, currency="USD")
    call = lambda: world.payment_links.make(delivered.ref, dollars, key=f"{key}-2")  # noqa: E731
    assert refused(call) == "currency_mismatch"


def test_a_parcel_is_claimed_once_for_each_kind(world: World, delivered: Order, key: str) -> None:
    tracking = delivered.parcels[0].tracking
    claim = world.carrier_claims.file(tracking, "lost", TWELVE, key=key)
    assert (claim.status, claim.answer_by_days) == ("filed", 30)
    assert world.carrier_claims.find(tracking, key=key) == claim
    file = world.carrier_claims.file
    assert refused(lambda: file(tracking, "lost", TWELVE, key=f"{key}-2")) == "already_claimed"
    assert refused(lambda: file("no-such-parcel", "lost", TWELVE, key=f"{key}-3")) == "parcel_not_found"
    assert file(tracking, "damaged", TWELVE, key=f"{key}-4").status == "filed"


def test_every_effect_whose_answer_was_lost_can_be_found_or_made_again(
    world: World, delivered: Order, key: str
) -> None:
    tracking = delivered.parcels[0].tracking
    shipment, quoted, unsent = (
        ship(world, delivered, f"{key}-a"),
        open_repair(world, delivered, f"{key}-b"),
        open_repair(world, delivered, f"{key}-c"),
    )
    world.quote(quoted.ref)
    calls: dict[Effect, Callable[[str], Any]] = {
        "ship": lambda k: ship(world, delivered, k),
        "call_back": lambda k: world.shipments.cancel(shipment.ref, key=k),
        "open_repair": lambda k: open_repair(world, delivered, k),
        "approve": lambda k: world.repairs.approve(quoted.ref, key=k),
        "send_back": lambda k: world.repairs.send_back(quoted.ref, key=k),
        "call_off": lambda k: world.repairs.cancel(unsent.ref, key=k),
        "ask_to_pay": lambda k: world.payment_links.make(delivered.ref, TWELVE, key=k),
        "claim": lambda k: world.carrier_claims.file(tracking, "damaged", TWELVE, key=k),
    }
    finds: dict[Effect, Callable[[str], Any]] = {
        "ship": lambda k: world.shipments.find(delivered.ref, key=k),
        "open_repair": lambda k: world.repairs.find(delivered.ref, key=k),
        "ask_to_pay": lambda k: world.payment_links.find(delivered.ref, key=k),
        "claim": lambda k: world.carrier_claims.find(tracking, key=k),
    }
    for effect, call in calls.items():
        own = f"{key}-{effect}"
        world.lose_answer(effect, own)
        if effect in finds:
            assert finds[effect](own) is None
        with pytest.raises(Unknown):
            call(own)
        again = call(own)
        if effect in finds:
            assert finds[effect](own) == again
    assert lying(world)[0][2] == 2, "two were sent, and one of them called back"
