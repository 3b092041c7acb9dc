"""Money under attack: partial failures, lost answers and races must neither pay twice nor forget a cent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from makegood.core.decisions import Do
from makegood.core.money import Money
from makegood.desk import intake, legs
from makegood.desk.actions.shop import order_facts
from makegood.desk.hearing import Report, hear
from makegood.gateways.outcomes import Unavailable
from makegood.gateways.results import Payment
from makegood.store import cases, effects, orders
from tests.desk.bench import Bench, make_bench
from tests.desk.test_nothing_twice import until_keep_offer
from tests.desk.test_refund import euro, templates
from tests.fakes import order


def two_payments() -> Any:
    """A gift card of 5 EUR, the rest by card: a keep-offer of 8.00 goes through both."""
    gift = Payment(
        ref="pay-gift",
        kind="gift_card",
        authorised=euro(500),
        captured=euro(500),
        refunded=euro(0),
        voided=euro(0),
    )
    plain = order()
    card = plain.payments[0].model_copy(update={"authorised": euro(3988), "captured": euro(3988)})
    return plain.model_copy(update={"payments": (gift, card)})


def status(bench: Bench, key: str) -> tuple[str, set[str]]:
    with bench.desk.store.begin() as tx:
        row = effects.get(tx, key)
        assert row is not None
        return row.status, {line.status for line in effects.reservations(tx, key)}


def down_for(bench: Bench, away: str) -> Any:
    """That payment's acquirer alone is away."""
    real = bench.world.payments.refund

    def refund(payment: str, amount: Money, *, reason: str, key: str) -> Any:
        if payment == away:
            raise Unavailable("a fake", "memory", "is away")
        return real(payment, amount, reason=reason, key=key)

    bench.world.payments.refund = refund  # type: ignore[method-assign]
    return real


def test_a_refund_of_which_one_part_went_out_keeps_its_reservation_until_the_rest_did(store_url: str) -> None:
    bench = make_bench(store_url, two_payments())
    number = until_keep_offer(bench)
    real = down_for(bench, "pay-A-1")
    assert bench.drive(number).end == "parked"
    assert [refund.amount for refund in bench.world.payments.refunds] == [euro(500)]
    assert status(bench, f"{number}:refund:1") == ("unknown", {"reserved"}), "5 EUR have gone out"
    intake.reply(bench.desk, number, text="I keep it", channel="email", external_id="r-1", intent="withdraw")
    bench.drive(number)
    assert bench.case(number).outcome is None, "nothing is withdrawn while money is half paid"
    bench.world.payments.refund = real  # type: ignore[method-assign]
    bench.wait(minutes=30)
    bench.drive(number)
    assert [refund.amount for refund in bench.world.payments.refunds] == [euro(500), euro(300)]
    assert status(bench, f"{number}:refund:1") == ("done", {"consumed"})
    bench.desk.store.close()


def test_a_part_that_was_found_is_not_paid_again_when_its_key_has_expired(store_url: str) -> None:
    bench = make_bench(store_url, two_payments())
    payments = bench.world.payments
    payments.key_lifetime = timedelta(hours=24)
    number = until_keep_offer(bench)
    real = payments.refund
    started = bench.desk.now()

    def refund(payment: str, amount: Money, *, reason: str, key: str) -> Any:
        if bench.desk.now() - started > payments.key_lifetime:
            return payments._give_back(payment, amount, key)  # the key is forgotten: a second refund
        return real(payment, amount, reason=reason, key=key)

    payments.refund = refund  # type: ignore[method-assign]
    payments.lose_request(f"{number}:refund:1:2")
    bench.drive(number)
    assert [refund.amount for refund in payments.refunds] == [euro(500)]
    looks = payments.find_refund
    payments.find_refund = _away  # type: ignore[method-assign]
    bench.wait(hours=30)
    bench.drive(number)
    payments.find_refund = looks  # type: ignore[method-assign]
    payments.payments["pay-gift"] = two_payments().payments[0]  # the card was loaded anew: it could pay again
    bench.wait(hours=2)
    bench.drive(number)
    assert sorted(refund.amount.minor for refund in payments.refunds) == [300, 500]
    bench.desk.store.close()


def _away(payment: str, *, key: str) -> Any:
    raise Unavailable("a fake", "memory", "is away")


def test_an_unknown_refund_stays_unknown_when_the_second_call_does_not_get_through(bench: Bench) -> None:
    """The first call may still arrive: its money stays reserved, and nothing interrupts it."""
    number = until_keep_offer(bench)
    bench.world.payments.lose_request(f"{number}:refund:1")
    bench.drive(number)
    real = down_for(bench, "pay-A-1")
    bench.wait(seconds=10)
    bench.drive(number)
    assert status(bench, f"{number}:refund:1") == ("unknown", {"reserved"})
    bench.world.payments.refund = real  # type: ignore[method-assign]
    bench.wait(hours=1)
    bench.drive(number)
    assert [refund.amount for refund in bench.world.payments.refunds] == [euro(800)]


def placed(**changes: Any) -> Any:
    plain = order()
    payment = plain.payments[0].model_copy(update={"captured": euro(0)})
    return plain.model_copy(
        update={
            "status": "placed",
            "fulfilment": "not_started",
            "payment_status": "authorised",
            "shipped_at": None,
            "delivered_at": None,
            "payments": (payment,),
            "parcels": (),
            **changes,
        }
    )


def captured_now(bench: Bench) -> None:
    payment = bench.world.payments.payments["pay-A-1"]
    bench.world.payments.payments["pay-A-1"] = payment.model_copy(update={"captured": payment.authorised})


def small_placed() -> Any:
    plain = placed()
    paid = {"authorised": euro(2489), "captured": euro(0)}
    return plain.model_copy(
        update={
            "lines": (plain.lines[0].model_copy(update={"quantity": 1}),),
            "payments": (plain.payments[0].model_copy(update=paid),),
        }
    )


def test_an_authorisation_that_was_captured_meanwhile_is_refunded_by_itself(store_url: str) -> None:
    bench = make_bench(store_url, small_placed())
    number = bench.open(procedure="cancel", reason="changed_mind")
    real = bench.world.payments.void

    def void(payment: str, *, key: str) -> Any:
        captured_now(bench)
        return real(payment, key=key)

    bench.world.payments.void = void  # type: ignore[method-assign]
    bench.drive(number)
    assert bench.case(number).outcome == "resolved", bench.state(number).step
    assert [refund.amount for refund in bench.world.payments.refunds] == [euro(2489)]
    bench.desk.store.close()


def test_a_void_of_nothing_is_not_told_as_money_back(store_url: str) -> None:
    """Another case has read the order anew: the books say captured, this case's facts do not yet."""
    bench = make_bench(store_url, small_placed())
    number = bench.open(procedure="cancel", reason="changed_mind")
    real = bench.world.shop.cancel

    def cancel(order: str, *, key: str) -> Any:
        captured_now(bench)
        known = bench.world.shop.load(order)
        assert known is not None
        with bench.desk.store.begin() as tx:
            orders.load(tx, order_facts(known), bench.desk.now())
        return real(order, key=key)

    bench.world.shop.cancel = cancel  # type: ignore[method-assign]
    bench.drive(number)
    assert [refund.amount for refund in bench.world.payments.refunds] == [euro(2489)], templates(bench)
    bench.desk.store.close()


def _disputed(bench: Bench, number: str) -> None:
    report = Report(
        source="bank",
        id="d-1",
        name="dispute.opened",
        order="A-1",
        match="pay-A-1",
        facts={},
        occurred_at=bench.desk.now(),
    )
    hear(bench.desk, report)


def _withdrawn(bench: Bench, number: str) -> None:
    intake.reply(bench.desk, number, text="I keep it", channel="email", external_id="r-1", intent="withdraw")


def _given_by_another(bench: Bench, number: str) -> None:
    with bench.desk.store.begin() as tx:
        tx.session.execute(text("update order_units set reserved_minor = paid_minor"))


def _taken_over(bench: Bench, number: str) -> None:
    with bench.desk.store.begin() as tx:
        cases.bump_fence(tx, bench.case(number).id)


@pytest.mark.parametrize(
    ("happens", "before"),
    [
        (_disputed, "payout"),
        (_disputed, "refund"),
        (_withdrawn, "payout"),
        (_given_by_another, "payout"),
        (_given_by_another, "refund"),
        (_taken_over, "payout"),
        (_taken_over, "refund"),
    ],
)
def test_what_happens_after_a_legs_last_look_keeps_its_money_back(
    bench: Bench, happens: Callable[[Bench, str], None], before: str
) -> None:
    """Within a second of a look, while the leg knows case and order from before it."""
    number, begun = until_keep_offer(bench), list[str]()

    def performer(do: Do, call: Callable[[], None]) -> None:
        begun.append(do.step)
        if do.step == before:
            happens(bench, number)
        call()

    legs.drive(bench.desk, number, "leg", performer)
    assert before in begun
    assert not bench.world.payments.refunds
