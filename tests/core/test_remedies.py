"""Quotes: to the cent, never more than is left, and every line says what it is for."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makegood.core import policy, remedies
from makegood.core.errors import UnknownName
from makegood.core.money import Money
from makegood.core.policy import Claim, Reason
from makegood.core.remedies import LineKind, NothingLeft, OrderFigures, Remedy, Unit
from makegood.library import open_library

LIBRARY = open_library(Path(__file__).parents[2] / "sop_definitions")
DELIVERED = date(2026, 9, 2)


def verdict(market="DE", reason=Reason.CHANGED_MIND) -> policy.Verdict:
    claim = Claim(
        market=market,
        reason=reason,
        ordered_on=DELIVERED - timedelta(days=4),
        opened_on=DELIVERED,
        delivered_on=DELIVERED,
    )
    return policy.judge(LIBRARY.policies, claim, DELIVERED)


def eur(minor: int) -> Money:
    return Money(minor=minor, currency="EUR")


def order(*paid: int, given: int = 0, freight: int = 495, freight_given: int = 0) -> OrderFigures:
    units = tuple(Unit(f"line-1:{at}", eur(minor), eur(given)) for at, minor in enumerate(paid, 1))
    return OrderFigures("EUR", units, eur(freight), eur(freight_given))


def quote(figures, remedy=Remedy.REFUND, share=100, units=(), said=None, **more):
    return remedies.quote(figures, remedy, share, units, said or verdict(), LIBRARY.authority, **more)


def test_a_full_refund_gives_goods_and_outbound_freight():
    full = quote(order(1999, 500))
    assert full.pays == eur(2994)
    assert full.of(LineKind.GOODS) == eur(2499)
    assert full.of(LineKind.OUTBOUND_FREIGHT) == eur(495)
    assert full.gives_house == eur(2994)


def test_whoever_keeps_something_keeps_its_delivery():
    assert quote(order(1999, 500), units=["line-1:1"]).pays == eur(1999)


def test_the_last_unit_to_come_back_brings_the_freight():
    units = (Unit("a", eur(1999), eur(1999)), Unit("b", eur(500), eur(0)))
    assert quote(OrderFigures("EUR", units, eur(495), eur(0)), units=["b"]).pays == eur(995)


def test_freight_is_given_back_once():
    assert quote(order(1999, freight_given=495)).pays == eur(1999)


def test_freight_stays_where_the_verdict_says_so():
    assert quote(order(1999), said=verdict("US")).pays == eur(1999)


def test_a_share_is_rounded_once_in_the_customers_favour():
    third = quote(order(333, 333, 333), Remedy.KEEP_OFFER, 20)
    assert third.pays == eur(200)  # 199.8
    assert [line.amount.minor for line in third.lines] == [67, 67, 66]


def test_a_partial_refund_brings_no_freight():
    assert quote(order(1999), Remedy.PARTIAL_REFUND, 50).pays == eur(1000)


def test_a_deduction_is_a_line_of_its_own_and_spares_the_freight():
    used = quote(order(1999), deduction=30)
    assert used.of(LineKind.GOODS) == eur(1999)
    assert used.of(LineKind.DEDUCTION) == eur(-599)  # 30 % is 599.7: the customer's part is rounded up
    assert used.pays == eur(1999 - 599 + 495)


def test_our_label_is_taken_off_only_where_the_customer_bears_the_freight():
    assert quote(order(1999), return_label=eur(450)).of(LineKind.RETURN_FREIGHT) == eur(-450)
    faulty = verdict(reason=Reason.DEFECTIVE)
    assert quote(order(1999), said=faulty, return_label=eur(450)).of(LineKind.RETURN_FREIGHT) == eur(0)


def test_a_label_never_makes_the_customer_pay():
    assert quote(order(100, freight=0), return_label=eur(450)).pays == eur(0)


def test_what_was_given_before_is_not_given_again():
    assert quote(order(1000, given=400, freight=0)).pays == eur(600)
    with pytest.raises(NothingLeft, match="line-1:1"):
        quote(order(1000, given=1000))


def test_goods_sent_again_are_worth_their_price_and_move_no_money():
    again = quote(order(1999), Remedy.RESHIP, 0)
    assert again.pays == eur(0)
    assert again.gives == eur(1999)
    assert again.gives_house == eur(1999)


def test_a_coupon_is_goodwill():
    coupon = quote(order(1999), Remedy.COUPON, goodwill=eur(1000))
    assert (coupon.pays, coupon.gives) == (eur(0), eur(1000))


@pytest.mark.parametrize("remedy", [Remedy.NONE, Remedy.REPAIR])
def test_nothing_is_paid_for_nothing(remedy):
    assert quote(order(1999), remedy).gives == eur(0)


def test_a_free_order_can_be_quoted():
    assert quote(order(0, freight=0)).pays == eur(0)


def test_an_unknown_unit_is_refused_with_the_known_ones():
    with pytest.raises(UnknownName, match="line-1:1"):
        quote(order(1999), units=["line-9:1"])


@given(
    st.lists(st.integers(0, 10**6), min_size=1, max_size=6).filter(any),
    st.integers(0, 100), st.integers(0, 100), st.integers(0, 10**4),
)  # fmt: skip
def test_no_quote_gives_more_than_was_paid(paid, share, deduction, freight):
    said = quote(order(*paid, freight=freight), Remedy.REFUND, share, deduction=deduction)
    assert 0 <= said.pays.minor <= sum(paid) + freight
    assert said.pays.minor == sum(line.amount.minor for line in said.lines)
    for unit, minor in zip(order(*paid).units, paid, strict=True):
        assert 0 <= sum(line.amount.minor for line in said.lines if line.unit == unit.ref) <= minor


@given(st.integers(0, 10**9), st.integers(0, 100))
def test_a_deduction_and_what_is_left_are_the_whole(minor, percent):
    kept, taken = remedies.deduct(eur(minor), percent)
    assert kept + taken == eur(minor)
    assert kept.minor * 100 >= minor * (100 - percent)
