"""Money: no cent is lost, no currency is mixed, and rounding favours the side that is named."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from makegood.core import money
from makegood.core.errors import UnknownName
from makegood.core.money import BadAmount, CurrencyMismatch, Money, NoRate, Rates

cents = st.integers(0, 10**12)
RATES = Rates(
    base="EUR",
    stated_on=date(2026, 11, 2),
    source="set by finance",
    per_base={"USD": Decimal("1.10"), "JPY": Decimal("165")},
)


def eur(minor: int) -> Money:
    return Money(minor=minor, currency="EUR")


def test_two_currencies_are_never_added():
    with pytest.raises(CurrencyMismatch, match="EUR and USD"):
        eur(1) + Money(minor=1, currency="USD")


def test_currencies_are_never_compared_either():
    with pytest.raises(CurrencyMismatch):
        assert eur(1) < Money(minor=1, currency="USD")


@pytest.mark.parametrize("minor", [19.99, 19.0, "1999", True])
def test_only_whole_numbers_are_minor_units(minor):
    with pytest.raises(ValidationError):
        Money(minor=minor, currency="EUR")


def test_a_share_is_rounded_up_for_the_customer():
    assert eur(1999).share(20) == eur(400)  # 399.8
    assert eur(1).share(1) == eur(1)
    assert eur(100).share(Fraction(1, 3)) == eur(34)


@given(cents, st.integers(0, 100))
def test_a_share_never_exceeds_the_whole_and_is_exact_to_a_unit(minor, percent):
    share = eur(minor).share(percent)
    assert 0 <= share.minor <= minor
    assert 0 <= share.minor - Fraction(minor * percent, 100) < 1


@pytest.mark.parametrize("part", [101, -1, Fraction(3, 2)])
def test_a_share_beyond_the_whole_is_refused(part):
    with pytest.raises(ValueError, match="between 0 and 100"):
        eur(10).share(part)


@given(cents, st.lists(st.integers(0, 10**6), min_size=1, max_size=20).filter(any))
def test_an_allocation_loses_nothing(minor, weights):
    parts = eur(minor).allocate(weights)
    assert sum(part.minor for part in parts) == minor
    assert all(part.minor == 0 for part, weight in zip(parts, weights, strict=True) if weight == 0)


@given(st.lists(cents, min_size=1, max_size=10).filter(any), st.integers(0, 100))
def test_a_share_split_over_what_was_paid_never_exceeds_a_unit(paid, percent):
    parts = eur(sum(paid)).share(percent).allocate(paid)
    assert all(part.minor <= unit for part, unit in zip(parts, paid, strict=True))


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [("12.34", "EUR", 1234), ("12,34", "EUR", 1234), ("12.3", "EUR", 1230), (" 12 ", "EUR", 1200),
     ("12.34 EUR", "EUR", 1234), ("1234", "JPY", 1234), ("1.234", "KWD", 1234), ("0", "EUR", 0)],
)  # fmt: skip
def test_amounts_are_read_from_forms(text, currency, minor):
    assert money.parse(text, currency) == Money(minor=minor, currency=currency)


@pytest.mark.parametrize(
    ("text", "currency"),
    [("12.345", "EUR"), ("1,234.50", "EUR"), ("1.234,50", "EUR"), ("1.234", "EUR"), ("12.5", "JPY"),
     ("-3", "EUR"), ("", "EUR"), ("ten", "EUR"), ("1e3", "EUR"), ("12.34 USD", "EUR"), (".5", "EUR"),
     ("١٢", "EUR")],
)  # fmt: skip
def test_ambiguous_or_foreign_amounts_are_refused_with_an_example(text, currency):
    with pytest.raises(BadAmount, match=r"expected digits with .* as 1234"):
        money.parse(text, currency)


@given(cents, st.sampled_from(["EUR", "JPY", "KWD", "RSD", "CLF"]))
def test_what_is_written_can_be_read_back(minor, currency):
    amount = Money(minor=minor, currency=currency)
    assert money.parse(str(amount), currency) == amount


def test_an_unknown_currency_is_refused():
    with pytest.raises(UnknownName, match="'XQQ'"):
        money.parse("1", "XQQ")


def test_amounts_are_written_as_the_locale_does():
    assert eur(123456).format("de") == "1.234,56\N{NO-BREAK SPACE}€"
    assert eur(123456).format("en-GB") == "€1,234.56"
    assert Money(minor=1999, currency="JPY").format("ja") == "￥1,999"
    assert Money(minor=1999, currency="CNY").format("zh-CN") == "¥19.99"
    assert Money(minor=123456, currency="INR").format("hi-IN") == "₹1,234.56"


def test_decimals_follow_iso_and_not_usage():
    assert Money(minor=1234, currency="RSD").format("en") == "RSD12.34"
    assert Money(minor=1234, currency="KWD").format("en") == "KWD1.234"
    assert Money(minor=-5, currency="EUR").format("de") == "-0,05\N{NO-BREAK SPACE}€"


def test_conversion_rounds_up_so_that_no_limit_is_slipped_under():
    assert money.convert(Money(minor=1, currency="JPY"), "EUR", RATES) == eur(1)  # 0.6 cents
    assert money.convert(Money(minor=11000, currency="USD"), "EUR", RATES) == eur(10000)
    assert money.convert(Money(minor=1, currency="JPY"), "EUR", RATES, down=True) == eur(0)
    assert money.convert(eur(100), "JPY", RATES) == Money(minor=165, currency="JPY")


def test_a_currency_without_a_rate_is_refused_with_the_known_ones():
    with pytest.raises(NoRate, match="known: EUR, JPY, USD"):
        money.convert(Money(minor=1, currency="BRL"), "EUR", RATES)
