"""What every implementation of the ports does alike: the fakes, and the sandbox over HTTP."""

from __future__ import annotations

import itertools

import pytest

from makegood.core.money import Money
from makegood.desk.ports import Refused, Sent, Unknown
from tests.gateways.worlds import World

_numbers = itertools.count(1)
SEVEN = Money(minor=700, currency="EUR")


@pytest.fixture
def key() -> str:
    return f"MG-2026-{next(_numbers):06}:refund:1"


def send(world: World, key: str, body: str = "Guten Tag") -> Sent:
    return world.mailbox.send(
        "a@example.test",
        channel="email",
        locale="de",
        subject="Ihr Fall",
        body=body,
        case="MG-2026-000001",
        template=None,
        key=key,
    )


def test_an_order_shows_its_lines_payments_and_buyer(world: World) -> None:
    order = world.place("delivered")
    assert [(line.quantity, line.unit_paid.minor) for line in order.lines] == [(2, 1999)]
    assert order.payments[0].captured == Money(minor=4488, currency="EUR")
    assert order.status == order.fulfilment == "delivered"
    assert world.shop.orders_of(order.customer.email.upper()) == (order,)
    assert world.shop.load("no-such-order") is None
    assert world.shop.orders_of("nobody@example.test") == ()


def test_the_history_is_only_told_for_the_buyers_own_address(world: World) -> None:
    order = world.place("delivered")
    history = world.shop.history(order.ref, order.customer.email)
    assert history
    assert history.claims_90d == 0
    assert world.shop.history(order.ref, "nobody@example.test") is None


def test_the_same_key_twice_returns_the_first_refund(world: World, key: str) -> None:
    payment = world.place("delivered").payments[0].ref
    first = world.payments.refund(payment, SEVEN, reason="damaged", key=key)
    assert world.payments.refund(payment, SEVEN, reason="damaged", key=key) == first
    assert (first.amount, first.status, first.reference) == (SEVEN, "succeeded", key)


def test_the_same_key_for_another_amount_is_refused(world: World, key: str) -> None:
    order = world.place("delivered")
    payment = order.payments[0].ref
    world.payments.refund(payment, SEVEN, reason="damaged", key=key)
    with pytest.raises(Refused) as caught:
        world.payments.refund(payment, Money(minor=701, currency="EUR"), reason="damaged", key=key)
    assert caught.value.code == "idempotency_mismatch"
    now = world.shop.load(order.ref)
    assert now
    assert now.payments[0].refunded == SEVEN


def test_more_than_was_captured_is_refused(world: World, key: str) -> None:
    payment = world.place("delivered").payments[0].ref
    world.payments.refund(payment, SEVEN, reason="damaged", key=key)
    with pytest.raises(Refused) as caught:
        world.payments.refund(payment, Money(minor=3789, currency="EUR"), reason="rest", key=f"{key}-2")
    assert caught.value.code == "over_refund"
    assert world.payments.find_refund(payment, key=f"{key}-2") is None
    world.payments.refund(payment, Money(minor=3788, currency="EUR"), reason="rest", key=f"{key}-2")


@pytest.mark.parametrize(
    ("amount", "code"),
    [(Money(minor=1, currency="USD"), "currency_mismatch")],
)
def test_a_refund_in_another_currency_is_refused(world: World, key: str, amount: Money, code: str) -> None:
    with pytest.raises(Refused) as caught:
        world.payments.refund(world.place("delivered").payments[0].ref, amount, reason="x", key=key)
    assert caught.value.code == code


def test_what_was_not_captured_is_voided_and_not_refunded(world: World, key: str) -> None:
    payment = world.place("not_started").payments[0].ref
    with pytest.raises(Refused) as caught:
        world.payments.refund(payment, SEVEN, reason="x", key=key)
    assert caught.value.code == "not_captured"
    void = world.payments.void(payment, key=f"{key}-2")
    assert void.status == "voided"
    assert world.payments.void(payment, key=f"{key}-2") == void
    assert world.payments.find_void(payment, key=f"{key}-2") == void
    with pytest.raises(Refused) as caught:
        world.payments.void(payment, key=f"{key}-3")
    assert caught.value.code == "already_voided"


def test_what_was_captured_is_not_voided(world: World, key: str) -> None:
    with pytest.raises(Refused) as caught:
        world.payments.void(world.place("delivered").payments[0].ref, key=key)
    assert caught.value.code == "already_captured"


def test_a_payment_that_nobody_knows_is_refused(world: World, key: str) -> None:
    with pytest.raises(Refused) as caught:
        world.payments.refund("no-such-payment", SEVEN, reason="x", key=key)
    assert caught.value.code == "payment_not_found"


def test_a_lost_answer_is_unknown_until_it_is_found(world: World, key: str) -> None:
    payment = world.place("delivered").payments[0].ref
    world.lose_answer("refund", key)
    assert world.payments.find_refund(payment, key=key) is None
    with pytest.raises(Unknown):
        world.payments.refund(payment, SEVEN, reason="damaged", key=key)
    found = world.payments.find_refund(payment, key=key)
    assert found
    assert found.amount == SEVEN
    assert world.payments.refund(payment, SEVEN, reason="damaged", key=key) == found


def test_every_effect_whose_answer_was_lost_can_be_found(world: World, key: str) -> None:
    open_order, left, held = world.place("not_started"), world.place("shipped"), world.place("not_started")
    world.warehouse.hold(held.ref, key=f"{key}-0")
    tracking = left.parcels[0].tracking
    world.lose_answer("hold", f"{key}-1")
    with pytest.raises(Unknown):
        world.warehouse.hold(open_order.ref, key=f"{key}-1")
    world.lose_answer("release", f"{key}-2")
    with pytest.raises(Unknown):
        world.warehouse.release(held.ref, key=f"{key}-2")
    world.lose_answer("intercept", f"{key}-3")
    with pytest.raises(Unknown):
        world.warehouse.intercept(held.ref, key=f"{key}-3")
    world.lose_answer("issue", f"{key}-4")
    with pytest.raises(Unknown):
        world.carrier.issue_label(left.ref, {}, "seller", key=f"{key}-4")
    world.lose_answer("recall", f"{key}-5")
    with pytest.raises(Unknown):
        world.parcels.recall(tracking, key=f"{key}-5")
    world.lose_answer("send", f"{key}-6")
    with pytest.raises(Unknown):
        send(world, f"{key}-6")
    world.lose_answer("cancel", f"{key}-7")
    with pytest.raises(Unknown):
        world.shop.cancel(open_order.ref, key=f"{key}-7")
    assert world.warehouse.find(open_order.ref, key=f"{key}-1") == world.warehouse.hold(
        open_order.ref, key=f"{key}-1"
    )
    assert world.warehouse.find(held.ref, key=f"{key}-2") == world.warehouse.release(held.ref, key=f"{key}-2")
    assert world.warehouse.find(held.ref, key=f"{key}-3") == world.warehouse.intercept(
        held.ref, key=f"{key}-3"
    )
    assert world.carrier.find_label(left.ref, key=f"{key}-4")
    assert world.parcels.find_recall(tracking, key=f"{key}-5") == world.parcels.recall(
        tracking, key=f"{key}-5"
    )
    assert world.mailbox.find(key=f"{key}-6") == send(world, f"{key}-6")
    cancelled = world.shop.find_cancellation(open_order.ref, key=f"{key}-7")
    assert cancelled
    assert cancelled.result == "cancelled"


def test_what_never_happened_is_not_found(world: World, key: str) -> None:
    order = world.place("shipped")
    assert world.payments.find_refund(order.payments[0].ref, key=key) is None
    assert world.payments.find_void(order.payments[0].ref, key=key) is None
    assert world.warehouse.find(order.ref, key=key) is None
    assert world.carrier.find_label(order.ref, key=key) is None
    assert world.parcels.find_recall(order.parcels[0].tracking, key=key) is None
    assert world.mailbox.find(key=key) is None
    assert world.shop.find_cancellation(order.ref, key=key) is None


def test_an_order_is_cancelled_once_and_moves_no_money(world: World, key: str) -> None:
    order = world.place("not_started")
    assert world.shop.cancel(order.ref, key=key).result == "cancelled"
    assert world.shop.cancel(order.ref, key=key).result == "cancelled"
    assert world.shop.cancel(order.ref, key=f"{key}-2").result == "already_cancelled"
    other = world.shop.find_cancellation(order.ref, key=f"{key}-3")
    assert other
    assert other.result == "already_cancelled"
    now = world.shop.load(order.ref)
    assert now
    assert (now.status, now.payments) == ("cancelled", order.payments)


def test_a_shipped_order_is_cancelled_too_late(world: World, key: str) -> None:
    assert world.shop.cancel(world.place("shipped").ref, key=key).result == "too_late"


@pytest.mark.parametrize(
    ("fulfilment", "result"), [("not_started", "held"), ("picking", "picking"), ("shipped", "shipped")]
)
def test_only_an_order_that_is_not_picked_yet_is_held(
    world: World, key: str, fulfilment: str, result: str
) -> None:
    order = world.place(fulfilment)  # type: ignore[arg-type]  # pytest passes str
    assert world.warehouse.hold(order.ref, key=key).result == result
    released = "released" if result == "held" else "not_held"
    assert world.warehouse.release(order.ref, key=f"{key}:undo").result == released


@pytest.mark.parametrize("loses", [False, True])
def test_an_interception_races_the_pick(world: World, key: str, loses: bool) -> None:
    order = world.place("picking", loses_race=loses)
    assert world.warehouse.intercept(order.ref, key=key).result == ("too_late" if loses else "stopped")
    now = world.shop.load(order.ref)
    assert now
    assert now.fulfilment == ("shipped" if loses else "held")


def test_a_cancelled_order_is_neither_held_nor_intercepted(world: World, key: str) -> None:
    order = world.place("not_started")
    world.shop.cancel(order.ref, key=key)
    for number, act in enumerate((world.warehouse.hold, world.warehouse.intercept)):
        with pytest.raises(Refused) as caught:
            act(order.ref, key=f"{key}-{number}")
        assert caught.value.code == "order_cancelled"


def test_a_label_is_issued_and_voided(world: World, key: str) -> None:
    order = world.place("delivered")
    label = world.carrier.issue_label(order.ref, {order.lines[0].ref: 1}, "customer", key=key)
    assert label.status == "made"
    assert world.carrier.find_label(order.ref, key=key) == label
    assert world.carrier.void_label(label.ref, key=f"{key}:undo").status == "void"
    assert world.carrier.void_label(label.ref, key=f"{key}:undo").status == "void"
    found = world.carrier.find_label(order.ref, key=key)
    assert found
    assert found.status == "void"


def test_no_label_for_what_has_not_left(world: World, key: str) -> None:
    with pytest.raises(Refused) as caught:
        world.carrier.issue_label(world.place("not_started").ref, {}, "seller", key=key)
    assert caught.value.code == "not_shipped"


def test_a_parcel_on_its_way_is_recalled_and_a_delivered_one_is_not(world: World, key: str) -> None:
    moving, there = (world.place(state).parcels[0].tracking for state in ("shipped", "delivered"))
    assert world.parcels.recall(moving, key=key).accepted
    assert not world.parcels.recall(there, key=f"{key}-2").accepted
    parcel = world.parcels.track(moving)
    assert parcel
    assert parcel.status == "RETURNING"
    assert parcel.events
    assert world.parcels.track("no-such-parcel") is None


def test_a_message_is_sent_once_per_key(world: World, key: str) -> None:
    first = send(world, key)
    assert send(world, key) == first
    assert world.mailbox.find(key=key) == first
    with pytest.raises(Refused) as caught:
        send(world, key, body="another text")
    assert caught.value.code == "idempotency_mismatch"
