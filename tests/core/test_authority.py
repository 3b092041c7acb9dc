"""Authority: who may say yes, up to what, and to whose case."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from makegood.core import authority
from makegood.core.authority import Authority, Person, Why
from makegood.core.money import Money

RATES = {
    "base": "EUR",
    "stated_on": date(2026, 11, 2),
    "source": "finance",
    "per_base": {"USD": Decimal("1.1"), "JPY": "165"},
}
GIVEN = {
    "house_currency": "EUR",
    "rates": RATES,
    "auto": [
        {"remedy": "coupon", "limit": "20.00 EUR"},
        {"market": "JP", "limit": "30.00 EUR"},
        {"limit": "50.00 EUR"},
    ],
    "roles": {
        "supervisor": {"remedies": "any", "limit": "500.00 EUR"},
        "finance": {"remedies": ["refund"], "limit": "10000.00 EUR"},
    },
}
RULES = Authority.model_validate(GIVEN)


def eur(minor: int) -> Money:
    return Money(minor=minor, currency="EUR")


def may(person: Person, remedy="refund", minor=10000, market="DE", owner=None) -> Why:
    return authority.may(RULES, person, remedy, eur(minor), market, owner).why


def test_the_first_limit_that_fits_holds():
    assert authority.auto_limit(RULES, "DE", "coupon") == eur(2000)
    assert authority.auto_limit(RULES, "JP", "refund") == eur(3000)
    assert authority.auto_limit(RULES, "DE", "refund") == eur(5000)


def test_a_limit_is_inclusive():
    supervisor = Person("ana", "supervisor")
    assert may(supervisor, minor=50000) is Why.ALLOWED
    assert may(supervisor, minor=50001) is Why.ABOVE_LIMIT


def test_a_persons_own_limit_narrows_and_never_widens():
    assert may(Person("ana", "supervisor", limit=eur(9999))) is Why.ABOVE_LIMIT
    assert may(Person("ana", "supervisor", limit=eur(10**9)), minor=50001) is Why.ABOVE_LIMIT


def test_nobody_approves_their_own_case():
    assert may(Person("ana", "supervisor"), owner="ana") is Why.OWNER_OF_THE_CASE
    assert may(Person("ana", "supervisor"), owner="bo") is Why.ALLOWED


@pytest.mark.parametrize(
    ("person", "remedy", "market", "why"),
    [
        (Person("a", "agent"), "refund", "DE", Why.ROLE_MAY_NOT_APPROVE),
        (Person("a", "finance"), "reship", "DE", Why.NOT_THIS_REMEDY),
        (Person("a", "supervisor", markets=("FR",)), "refund", "DE", Why.NOT_THIS_MARKET),
        (Person("a", "supervisor", markets=("FR", "DE")), "refund", "DE", Why.ALLOWED),
        (Person("a", "supervisor", active=False), "refund", "DE", Why.INACTIVE),
    ],
)
def test_role_remedy_and_market_each_can_refuse(person, remedy, market, why):
    assert may(person, remedy, market=market) is why


@given(st.integers(0, 10**7), st.integers(0, 10**7))
def test_no_limit_in_another_currency_is_slipped_under(limit, amount):
    """Exactly: an amount in yen is allowed only if the yen limit covers it."""
    person = Person("a", "finance", limit=Money(minor=limit, currency="JPY"))
    house = authority.in_house(RULES, Money(minor=amount, currency="JPY"))
    if authority.may(RULES, person, "refund", house, "JP", None).allowed:
        assert amount <= limit


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"auto": [{"limit": "50.00 USD"}]}, "house currency EUR"),
        ({"auto": [{"market": "DE", "limit": "50.00 EUR"}]}, "must fit any market and any remedy"),
        ({"auto": [{"limit": "50"}]}, "such as 500.00 EUR"),
        ({"auto": [{"limit": "50.001 EUR"}]}, "at most 2 decimals"),
        ({"auto": [{"limit": 50}]}, "Money"),
        ({"house_currency": "USD"}, "house currency USD"),
        ({"rates": {**RATES, "per_base": {"USD": "0"}}}, "greater than 0"),
        ({"roles": {"x": {"remedies": [], "limit": "1.00 EUR"}}}, "at least 1"),
    ],
)
def test_a_malformed_file_says_what_was_expected(change, said):
    with pytest.raises(ValidationError, match=said):
        Authority.model_validate({**GIVEN, **change})


LARGE = Authority.model_validate(
    {
        **GIVEN,
        "large": [{"above": "1000.00 EUR", "people": 2}, {"above": "5000.00 EUR", "people": 3}],
        "roles": {"supervisor": {"remedies": "any", "limit": "500.00 EUR", "customer_90d": "600.00 EUR"}},
    }
)


@pytest.mark.parametrize(("minor", "people"), [(0, 1), (100_000, 1), (100_001, 2), (500_001, 3)])
def test_a_large_amount_takes_several_people(minor, people):
    assert authority.people_needed(LARGE, eur(minor)) == people


def test_what_a_customer_was_given_in_90_days_counts_towards_a_roles_limit_for_them():
    sam = Person("sam", "supervisor")
    told = (LARGE, sam, "refund", eur(40_000), "DE", None)
    assert authority.may(*told).allowed
    assert authority.may(*told, eur(20_000)).allowed
    assert authority.may(*told, eur(20_001)).why is Why.CUSTOMER_ABOVE_LIMIT
