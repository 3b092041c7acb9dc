"""The money lock: whatever is tried, in whatever order and at once, no more is given than was paid."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text

from makegood.store import Store, effects, orders
from makegood.store.errors import OrderBusy, OverCompensated
from makegood.store.models import Case, Order
from makegood.store.words import EffectStatus
from tests.store.rows import LATER, NOW, Maker, at_once, for_unit, freight, goodwill, refund

CAPS = {"unit": 2500, "freight": 500, "goodwill": 600}


def given(order: Order) -> int:
    return sum(unit.given_minor for unit in order.units) + order.freight_given_minor


def test_refunds_of_one_order_at_once_never_exceed_what_was_paid(make: Maker) -> None:
    """Each wants the whole mug, from a case of its own: one gets it, the others wait or are refused."""

    def pay(case: Case, order: Order) -> str:
        intent = refund(case, order, 1500)
        with make.store.begin() as tx:
            effects.intend(tx, case.id, order.id, intent, [for_unit(order, 1500)], now=NOW)
        with make.store.begin() as tx:
            effects.done(tx, intent.key, provider_ref="re", result={}, now=LATER)
        return "paid"

    for _ in range(6):
        order = make.order()
        several = [make.case(order=order, problem=f"p{n}") for n in range(3)]
        results = at_once(*[lambda case=case, order=order: pay(case, order) for case in several])
        assert results.count("paid") == 1
        assert all(isinstance(r, OrderBusy | OverCompensated) for r in results if r != "paid")
        with make.store.begin() as tx:
            assert given(orders.get(tx, order.id)) == 1500


def test_one_effect_intended_by_four_workers_at_once_is_reserved_once(make: Maker) -> None:
    order = make.order()
    case = make.case(order=order)

    def intend() -> bool:
        with make.store.begin() as tx:
            intent = refund(case, order, 1500)
            return effects.intend(tx, case.id, order.id, intent, [for_unit(order, 1500)], now=NOW).fresh

    assert sorted(at_once(*[intend] * 4)) == [False, False, False, True]  # type: ignore[type-var]
    with make.store.begin() as tx:
        assert orders.get(tx, order.id).units[0].reserved_minor == 1500


def test_workers_that_lock_case_and_order_in_every_way_do_not_deadlock(make: Maker) -> None:
    order = make.order()
    several = [make.case(order=order, problem=f"p{n}") for n in range(4)]

    def work(n: int) -> int:
        paid = 0
        for visit in range(1, 6):
            intent = refund(several[n], order, 10, visit)
            try:
                with make.store.begin() as tx:
                    effects.intend(tx, several[n].id, order.id, intent, [for_unit(order, 10)], now=NOW)
                with make.store.begin() as tx:
                    effects.done(tx, intent.key, provider_ref="r", result=None, now=LATER)
                paid += 10
            except OrderBusy:
                continue
        return paid

    results = at_once(*[lambda n=n: work(n) for n in range(4)])
    assert all(isinstance(r, int) for r in results), results
    with make.store.begin() as tx:
        assert given(orders.get(tx, order.id)) == sum(results)  # type: ignore[arg-type]


class Till(RuleBasedStateMachine):
    """Two cases of one order intend, fail, lose and finish payments; a plain dictionary is the model."""

    store: Store
    make: Maker

    def __init__(self) -> None:
        super().__init__()
        self.order = self.make.order()
        self.cases = [self.make.case(order=self.order, problem=p) for p in ("refund", "cancel")]
        self.open: str | None = None
        self.minor: dict[str, tuple[str, int]] = {}
        self.done: dict[str, int] = {"unit": 0, "freight": 0, "goodwill": 0}
        self.visits = 0

    @rule(
        n=st.integers(0, 1), what=st.sampled_from(["unit", "freight", "goodwill"]), minor=st.integers(1, 2600)
    )
    def intend(self, n: int, what: str, minor: int) -> None:
        self.visits += 1
        intent = refund(self.cases[n], self.order, minor, self.visits)
        line = {
            "unit": for_unit(self.order, minor, unit=2),
            "freight": freight(self.order, minor),
            "goodwill": goodwill(self.order, minor),
        }[what]
        fits = minor <= min(CAPS[what] - self.done[what], 5000 - sum(self.done.values()))
        try:
            with self.store.begin() as tx:
                effects.intend(tx, self.cases[n].id, self.order.id, intent, [line], now=NOW)
        except OrderBusy:
            assert self.open is not None
        except OverCompensated:
            assert self.open is None
            assert not fits
        else:
            assert self.open is None
            assert fits
            self.open = intent.key
            self.minor[intent.key] = (what, minor)

    @precondition(lambda self: self.open)
    @rule(end=st.sampled_from(["done", "failed", "unknown"]))
    def settle(self, end: str) -> None:
        key = self.open
        assert key is not None
        with self.store.begin() as tx:
            if end == "done":
                effects.done(tx, key, provider_ref=key, result=None, now=LATER)
                what, minor = self.minor[key]
                self.done[what] += minor
            elif end == "failed":
                effects.failed(tx, key, error="declined", now=LATER)
            else:
                effects.unknown(tx, key, error="timeout", look_at=LATER + timedelta(minutes=1), now=LATER)
                return
        self.open = None

    @invariant()
    def the_books_are_those_of_the_model(self) -> None:
        with self.store.begin() as tx:
            order = orders.get(tx, self.order.id)
            held = effects.get(tx, self.open) if self.open else None
        lamp, card = order.units[2], order.payments[0]
        found = {
            "unit": lamp.given_minor,
            "freight": order.freight_given_minor,
            "goodwill": order.goodwill_given_minor,
        }
        assert found == self.done
        assert card.refunded_minor == sum(self.done.values())
        reserved = 0 if self.open is None else self.minor[self.open][1]
        assert card.reserved_minor == reserved
        assert lamp.reserved_minor + order.freight_reserved_minor + order.goodwill_reserved_minor == reserved
        assert held is None or held.status in (EffectStatus.INTENDED, EffectStatus.UNKNOWN)


def test_the_books_follow_the_model_through_any_history(make: Maker) -> None:
    class Bound(Till):
        pass

    Bound.store, Bound.make = make.store, make
    limits = settings(
        max_examples=15, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(Bound, settings=limits)
    with make.store.begin() as tx:
        broken = tx.session.scalar(text("select count(*) from order_units where given_minor > paid_minor"))
    assert broken == 0
