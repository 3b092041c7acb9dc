"""The ledger: reserved before the call, settled after it, and never twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from makegood.core.money import Money
from makegood.store import Store, effects, orders
from makegood.store.effects import Allocation, Intent
from makegood.store.errors import (
    EffectSettled,
    KeyReused,
    Misallocated,
    Missing,
    OrderBusy,
    OverCompensated,
)
from makegood.store.models import Case, Effect, Order
from makegood.store.words import Bucket, EffectStatus, ReservationStatus
from tests.store.rows import LATER, NOW, Maker, for_unit, freight, goodwill, refund

SOON = NOW + timedelta(minutes=2)


@pytest.fixture
def order(make: Maker) -> Order:
    return make.order()


@pytest.fixture
def case(make: Maker, order: Order) -> Case:
    return make.case(order=order)


def intend(store: Store, case: Case, order: Order, intent: Intent, *lines: Allocation) -> effects.Intended:
    with store.begin() as tx:
        return effects.intend(tx, case.id, order.id, intent, lines, now=NOW, look_at=SOON)


def done(store: Store, key: str, ref: str = "re_1") -> Effect:
    with store.begin() as tx:
        return effects.done(tx, key, provider_ref=ref, result={"id": ref}, now=LATER)


def books(store: Store, order: Order) -> tuple[int, int, int, int]:
    """Reserved and given of the first mug; reserved and refunded of the card."""
    with store.begin() as tx:
        now = orders.get(tx, order.id)
    unit, card = now.units[0], now.payments[0]
    return unit.reserved_minor, unit.given_minor, card.reserved_minor, card.refunded_minor


def test_an_intended_refund_is_reserved_and_a_done_one_given(make: Maker, case: Case, order: Order) -> None:
    intent = refund(case, order, 1500)
    intended = intend(make.store, case, order, intent, for_unit(order, 1500))
    assert (intended.fresh, intended.effect.status) == (True, EffectStatus.INTENDED)
    assert books(make.store, order) == (1500, 0, 1500, 0)
    effect = done(make.store, intent.key)
    assert (effect.status, effect.provider_ref, effect.settled_at) == (EffectStatus.DONE, "re_1", LATER)
    assert books(make.store, order) == (0, 1500, 0, 1500)
    with make.store.begin() as tx:
        assert effects.arguments(tx, effect) == dict(intent.arguments)
        assert effects.result(tx, effect) == {"id": "re_1"}
        assert effects.paid(tx, case.id) == 1500
        assert [line.status for line in effects.reservations(tx, intent.key)] == [ReservationStatus.CONSUMED]


def test_the_same_effect_intended_twice_is_one(make: Maker, case: Case, order: Order) -> None:
    intent = refund(case, order, 1500)
    intend(make.store, case, order, intent, for_unit(order, 1500))
    again = intend(make.store, case, order, intent, for_unit(order, 1500))
    assert (again.fresh, again.effect.attempts) == (False, 1)
    assert books(make.store, order) == (1500, 0, 1500, 0)
    done(make.store, intent.key)
    assert intend(make.store, case, order, intent, for_unit(order, 1500)).effect.status is EffectStatus.DONE


@pytest.mark.parametrize("change", ["arguments", "money", "action", "lines"])
def test_the_same_key_with_anything_else_is_a_surprise(
    make: Maker, case: Case, order: Order, change: str
) -> None:
    intent, lines = refund(case, order, 1500), [for_unit(order, 1500)]
    intend(make.store, case, order, intent, *lines)
    if change == "arguments":
        intent = replace(intent, arguments={**intent.arguments, "reason": "changed_mind"})
    elif change == "money":
        intent = replace(intent, money=Money(minor=1400, currency="EUR"))
    elif change == "action":
        intent = replace(intent, action="payment.void")
    else:
        lines = [for_unit(order, 1500, unit=1)]
    with pytest.raises(KeyReused):
        intend(make.store, case, order, intent, *lines)
    assert books(make.store, order) == (1500, 0, 1500, 0)


def test_a_failed_refund_gives_its_reservation_back_and_may_be_intended_again(
    make: Maker, case: Case, order: Order
) -> None:
    intent = refund(case, order, 1500)
    intend(make.store, case, order, intent, for_unit(order, 1500))
    with make.store.begin() as tx:
        effects.failed(tx, intent.key, error="card_expired", now=NOW)
        assert effects.failed(tx, intent.key, error="card_expired", now=NOW).error == "card_expired"
    assert books(make.store, order) == (0, 0, 0, 0)
    again = intend(make.store, case, order, intent, for_unit(order, 1500))
    assert (again.fresh, again.effect.attempts, again.effect.error) == (True, 2, None)
    assert books(make.store, order) == (1500, 0, 1500, 0)
    done(make.store, intent.key)
    assert books(make.store, order) == (0, 1500, 0, 1500)
    with pytest.raises(KeyReused):
        intend(make.store, case, order, refund(case, order, 1400), for_unit(order, 1400))


def test_an_unknown_refund_keeps_its_reservation_and_blocks_the_order(
    make: Maker, case: Case, order: Order
) -> None:
    intent = refund(case, order, 1500)
    intend(make.store, case, order, intent, for_unit(order, 1500))
    with make.store.begin() as tx:
        effects.unknown(tx, intent.key, error="read_timeout", look_at=SOON, now=NOW)
    assert books(make.store, order) == (1500, 0, 1500, 0)
    other = make.case(order=order, problem="cancel")
    with pytest.raises(OrderBusy) as busy:
        intend(make.store, other, order, refund(other, order, 100), for_unit(order, 100, unit=2))
    assert (busy.value.key, busy.value.status) == (intent.key, "unknown")
    done(make.store, intent.key)
    assert intend(make.store, other, order, refund(other, order, 100), for_unit(order, 100, unit=2)).fresh


def test_effects_that_move_no_money_do_not_wait_for_the_order(make: Maker, case: Case, order: Order) -> None:
    intend(make.store, case, order, refund(case, order, 1500), for_unit(order, 1500))
    label = Intent(key=f"{case.number}:label:1", step="label", visit=1, action="parcel.label", arguments={})
    intended = intend(make.store, case, order, label)
    assert (intended.fresh, intended.effect.pays) == (True, False)
    with make.store.begin() as tx:
        assert effects.intend(tx, case.id, None, replace(label, key=f"{label.key}:undo"), now=NOW).fresh


@pytest.mark.parametrize(
    ("what", "left"), [("unit 1/1", 1500), ("payment card-1", 5000), ("freight", 500), ("goodwill", 600)]
)
def test_more_than_is_left_is_refused_with_what_is_left(
    make: Maker, case: Case, order: Order, what: str, left: int
) -> None:
    lines = {
        "unit 1/1": [for_unit(order, 1501)],
        "freight": [freight(order, 501)],
        "goodwill": [goodwill(order, 601)],
        "payment card-1": [for_unit(order, 1500), for_unit(order, 1500, 1), for_unit(order, 2001, 2)],
    }[what]
    minor = sum(line.amount_minor for line in lines)
    with pytest.raises(OverCompensated) as refused:
        intend(make.store, case, order, refund(case, order, minor), *lines)
    assert refused.value.what == what
    assert (refused.value.left, refused.value.asked > left) == (left, True)
    assert books(make.store, order) == (0, 0, 0, 0)


def test_a_unit_given_in_two_parts_is_never_given_more_than_was_paid(
    make: Maker, case: Case, order: Order
) -> None:
    for visit, minor in ((1, 1000), (2, 500)):
        intend(make.store, case, order, refund(case, order, minor, visit), for_unit(order, minor))
        done(make.store, refund(case, order, minor, visit).key, f"re_{visit}")
    with pytest.raises(OverCompensated) as refused:
        intend(make.store, case, order, refund(case, order, 1, 3), for_unit(order, 1))
    assert refused.value.left == 0


def test_a_reship_takes_the_units_price_and_gives_it_back_when_it_is_lost(
    make: Maker, case: Case, order: Order
) -> None:
    """Goods for money: afterwards nothing is left to refund, until the second parcel is lost, too."""
    reship = Intent(
        key=f"{case.number}:reship:1", step="reship", visit=1, action="order.reship", arguments={}
    )
    intend(make.store, case, order, reship, for_unit(order, 1500, payment=None))
    done(make.store, reship.key, "W-2")
    assert books(make.store, order) == (0, 1500, 0, 0)
    with pytest.raises(OverCompensated):
        intend(make.store, case, order, refund(case, order, 1500), for_unit(order, 1500))
    with make.store.begin() as tx:
        assert effects.take_back(tx, reship.key)
        assert not effects.take_back(tx, reship.key)
    assert intend(make.store, case, order, refund(case, order, 1500), for_unit(order, 1500)).fresh
    with make.store.begin() as tx, pytest.raises(EffectSettled):
        effects.take_back(tx, refund(case, order, 1500).key)


def test_a_coupon_is_goodwill_that_moves_through_no_payment(make: Maker, case: Case, order: Order) -> None:
    coupon = replace(refund(case, order, 600, step="coupon"), action="coupon.issue")
    line = Allocation(bucket=Bucket.GOODWILL, amount_minor=600)
    assert intend(make.store, case, order, coupon, line).fresh
    assert books(make.store, order) == (0, 0, 0, 0)


def test_lines_that_do_not_fit_are_a_surprise(make: Maker, case: Case, order: Order) -> None:
    other = make.order()
    intent = refund(case, order, 1500)
    misfits: list[list[Allocation]] = [
        [],
        [for_unit(order, 1499)],
        [for_unit(order, 750), for_unit(order, 750)],
        [replace(for_unit(order, 1500), unit_id=other.units[0].id)],
        [replace(for_unit(order, 1500), payment_id=other.payments[0].id)],
        [replace(for_unit(order, 1500), bucket=Bucket.FREIGHT)],
        [for_unit(order, 1600), replace(for_unit(order, 1500, 1), amount_minor=-100)],
    ]
    for lines in misfits:
        with pytest.raises(Misallocated):
            intend(make.store, case, order, intent, *lines)
    dollars = replace(intent, money=Money(minor=1500, currency="USD"))
    with pytest.raises(Misallocated, match="USD"):
        intend(make.store, case, order, dollars, for_unit(order, 1500))
    with pytest.raises(Misallocated, match="no money moves"):
        intend(make.store, case, order, replace(intent, money=None), for_unit(order, 1500))
    with make.store.begin() as tx, pytest.raises(Misallocated, match="no order"):
        effects.intend(tx, case.id, None, intent, now=NOW)
    assert books(make.store, order) == (0, 0, 0, 0)


def test_an_effect_that_has_ended_does_not_end_otherwise(make: Maker, case: Case, order: Order) -> None:
    intent = refund(case, order, 1500)
    intend(make.store, case, order, intent, for_unit(order, 1500))
    done(make.store, intent.key)
    assert done(make.store, intent.key).status is EffectStatus.DONE
    with pytest.raises(EffectSettled):
        done(make.store, intent.key, "re_2")
    with make.store.begin() as tx, pytest.raises(EffectSettled):
        effects.failed(tx, intent.key, error="late", now=NOW)
    with make.store.begin() as tx, pytest.raises(EffectSettled):
        effects.unknown(tx, intent.key, error="late", look_at=None, now=NOW)
    with make.store.begin() as tx, pytest.raises(Missing):
        effects.done(tx, "MG-2026-000009:refund:1", provider_ref=None, result=None, now=NOW)
    assert books(make.store, order) == (0, 1500, 0, 1500)


def test_unknown_effects_are_looked_up_when_they_are_due_and_tried_again_when_absent(
    make: Maker, case: Case, order: Order
) -> None:
    intent = refund(case, order, 1500)
    intend(make.store, case, order, intent, for_unit(order, 1500))
    with make.store.begin() as tx:
        assert effects.look_ups_due(tx, NOW) == []
        assert [effect.key for effect in effects.look_ups_due(tx, SOON)] == [intent.key]
        effects.unknown(tx, intent.key, error="read_timeout", look_at=SOON, now=NOW)
        effects.looked(tx, intent.key, LATER)
        assert effects.look_ups_due(tx, SOON) == []
        assert [effect.status for effect in effects.look_ups_due(tx, LATER)] == [EffectStatus.UNKNOWN]
        effects.unknown(tx, intent.key, error="read_timeout", look_at=LATER, now=LATER)
        effects.called_again(tx, intent.key, SOON, anew=False)
        row = effects.get(tx, intent.key)
        assert row is not None
        assert (row.attempts, row.intended_at, row.called_at, row.unknown_since) == (2, NOW, SOON, NOW)
        effects.called_again(tx, intent.key, LATER, anew=True)
        row = effects.get(tx, intent.key)
        assert row is not None
        assert (row.attempts, row.intended_at, row.called_at, row.unknown_since) == (3, LATER, LATER, NOW)
        assert [effect.key for effect, _ in effects.unsettled_of_all(tx)] == [intent.key]
    assert books(make.store, order) == (1500, 0, 1500, 0)
    done(make.store, intent.key)
    with make.store.begin() as tx:
        with pytest.raises(EffectSettled):
            effects.called_again(tx, intent.key, LATER, anew=True)
        assert effects.unsettled_of_all(tx) == []
        assert effects.look_ups_due(tx, LATER) == []
        assert effects.unsettled(tx, case.id) == []
        assert [effect.key for effect in effects.of_case(tx, case.id)] == [intent.key]


def test_the_database_itself_refuses_a_second_payment_under_way(
    make: Maker, case: Case, order: Order
) -> None:
    intent = refund(case, order, 1500)
    intend(make.store, case, order, intent, for_unit(order, 1500))
    copy = text(
        "insert into effects (key, case_id, order_id, step, visit, action, arguments_cipher, arguments_hash,"
        " status, pays, attempts, intended_at) select key || '-b', case_id, order_id, step, visit, action,"
        " arguments_cipher, arguments_hash, 'unknown', pays, attempts, intended_at from effects"
    )
    with pytest.raises(IntegrityError, match="uq_effects_paying"), make.store.begin() as tx:
        tx.session.execute(copy)


@pytest.mark.parametrize(
    ("table", "column", "constraint"),
    [
        ("order_units", "reserved_minor = paid_minor + 1", "ck_order_units_given_within_paid"),
        ("payments", "refunded_minor = captured_minor + 1", "ck_payments_refunded_within_captured"),
        ("orders", "freight_given_minor = freight_paid_minor + 1", "ck_orders_freight_within_paid"),
        ("orders", "goodwill_given_minor = goodwill_cap_minor + 1", "ck_orders_goodwill_within_cap"),
    ],
)
def test_the_database_itself_refuses_more_than_was_paid(
    make: Maker, order: Order, table: str, column: str, constraint: str
) -> None:
    with pytest.raises(IntegrityError, match=constraint), make.store.begin() as tx:
        tx.session.execute(text(f"update {table} set {column}"))
