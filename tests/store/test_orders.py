"""Orders: refreshed from the shop without losing what is reserved or given."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from makegood.store import Store, effects, orders
from makegood.store.errors import Missing, OrderChanged
from makegood.store.words import PaymentKind
from tests.store.rows import LATER, NOW, Maker, for_unit, order_facts, refund


def test_an_order_is_read_with_its_units_and_payments(store: Store) -> None:
    told = order_facts(facts={"fulfilment": "shipped"})
    with store.begin() as tx:
        made = orders.load(tx, told, NOW)
    with store.begin() as tx:
        found = orders.by_ref(tx, told.ref)
        assert orders.by_ref(tx, "#W0") is None
    assert found is not None
    assert (found.id, found.facts, found.freight_left_minor) == (made.id, {"fulfilment": "shipped"}, 500)
    assert [unit.left_minor for unit in found.units] == [1500, 1500, 2500]
    assert [payment.kind for payment in found.payments] == [PaymentKind.CARD, PaymentKind.GIFT_CARD]


def test_loading_again_refreshes_what_the_shop_knows_and_keeps_what_we_gave(make: Maker) -> None:
    told = order_facts()
    with make.store.begin() as tx:
        order = orders.load(tx, told, NOW)
    case = make.case(order=order)
    intent = refund(case, order, 1500)
    with make.store.begin() as tx:
        effects.intend(tx, case.id, order.id, intent, [for_unit(order, 1500)], now=NOW)
    cheaper = tuple(replace(unit, paid_minor=1, title="Mug, blue") for unit in told.units)
    with make.store.begin() as tx:
        now = orders.load(
            tx, replace(told, units=cheaper, delivered_at=NOW, freight_paid_minor=0), NOW + timedelta(hours=1)
        )
    assert (now.delivered_at, now.units[0].title) == (NOW, "Mug, blue")
    assert (now.units[0].paid_minor, now.units[0].reserved_minor) == (1500, 1500)
    assert (now.units[2].paid_minor, now.freight_paid_minor) == (1, 0)


def test_what_others_refunded_is_not_there_for_us(make: Maker) -> None:
    told = order_facts()
    with make.store.begin() as tx:
        order = orders.load(tx, told, NOW)
    case = make.case(order=order)
    intent = refund(case, order, 1500)
    with make.store.begin() as tx:
        effects.intend(tx, case.id, order.id, intent, [for_unit(order, 1500)], now=NOW)
    seen = []
    for refunded in (0, 1500, 2500):
        payments = (replace(told.payments[0], refunded_minor=refunded),)
        with make.store.begin() as tx:
            card = orders.load(tx, replace(told, payments=payments), NOW).payments[0]
            seen.append((card.elsewhere_minor, card.left_minor))
    assert seen == [(0, 3500), (0, 3500), (1000, 2500)]
    with make.store.begin() as tx:
        effects.done(tx, intent.key, provider_ref="re_1", result=None, now=LATER)
        assert orders.get(tx, order.id).payments[0].left_minor == 2500


def test_an_authorised_payment_can_be_given_up_for_what_is_authorised(make: Maker) -> None:
    told = order_facts()
    payments = (replace(told.payments[0], captured_minor=0),)
    with make.store.begin() as tx:
        order = orders.load(tx, replace(told, payments=payments), NOW)
        assert order.payments[0].left_minor == 5000
        voided = (replace(payments[0], refunded_minor=5000),)
        assert orders.load(tx, replace(told, payments=voided), NOW).payments[0].left_minor == 0


def test_an_order_that_changes_its_currency_is_a_surprise(store: Store) -> None:
    told = order_facts()
    with store.begin() as tx:
        orders.load(tx, told, NOW)
    with store.begin() as tx, pytest.raises(OrderChanged, match="USD"):
        orders.load(tx, replace(told, currency="USD"), NOW)


def test_a_capture_below_what_we_gave_is_a_surprise(make: Maker) -> None:
    told = order_facts()
    with make.store.begin() as tx:
        order = orders.load(tx, told, NOW)
    case = make.case(order=order)
    with make.store.begin() as tx:
        effects.intend(tx, case.id, order.id, refund(case, order, 1500), [for_unit(order, 1500)], now=NOW)
    with make.store.begin() as tx, pytest.raises(OrderChanged, match="card-1"):
        orders.load(tx, replace(told, payments=(replace(told.payments[0], captured_minor=1000),)), NOW)


def test_an_order_is_found_by_a_payment_of_it(store: Store) -> None:
    told = order_facts(
        payments=(
            replace(order_facts().payments[0], ref="ch_7"),
            replace(order_facts().payments[1], ref="ch_8"),
        )
    )
    with store.begin() as tx:
        orders.load(tx, told, NOW)
        found = orders.by_payment(tx, "ch_8")
        assert found is not None
        assert (found.ref, len(found.payments)) == (told.ref, 2)
        assert orders.by_payment(tx, "ch_9") is None
        with pytest.raises(Missing):
            orders.lock(tx, 404)
