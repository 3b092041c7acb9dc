"""Warranty: free repairs, who says so, and within how many days."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from makegood import library
from makegood.core import floor, warranty
from makegood.core.claims import Claim, Reason
from makegood.core.periods import Period
from makegood.core.statutes import on

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def policies():
    return library.open_library(Path(__file__).parents[2] / "sop_definitions").policies


def claim(market: str, bought: date) -> Claim:
    reason = Reason.CHANGED_MIND  # what the customer wrote does not matter: the question is the fault
    return Claim(market=market, reason=reason, ordered_on=bought, opened_on=TODAY, delivered_on=bought)


def test_a_fault_within_two_years_is_repaired_for_nothing_in_germany(policies):
    found = warranty.check(policies, claim("DE", date(2025, 6, 1)), TODAY)
    assert (found.in_warranty, found.basis, found.verified) == (True, "conformity", True)
    assert found.ends_on == date(2027, 6, 1)


def test_after_that_it_is_not(policies):
    found = warranty.check(policies, claim("DE", date(2024, 6, 3)), TODAY)
    assert (found.in_warranty, found.basis, found.verified) == (False, "none", True)


def test_the_house_repairs_where_the_law_is_silent(policies):
    found = warranty.check(policies, claim("US", date(2026, 6, 1)), TODAY)
    assert (found.in_warranty, found.basis) == (True, "house")


def test_a_market_whose_law_is_not_known_is_not_refused_by_a_rule(policies):
    found = warranty.check(policies, claim("TR", date(2020, 6, 1)), TODAY)
    assert not found.in_warranty
    assert not found.verified


@pytest.mark.parametrize("market", ["FR", "BR", "DE", "US", "TR"])
def test_repairs_are_watched_for_thirty_days_at_most(policies, market):
    assert warranty.check(policies, claim(market, date(2026, 6, 1)), TODAY).repair_days == 30


def test_the_house_may_not_take_longer_than_the_law(policies):
    slow = on(policies.house.default.repair_within, TODAY).model_copy(update={"value": Period(45, "d")})
    default = policies.house.default.model_copy(update={"repair_within": (slow,)})
    house = policies.house.model_copy(update={"default": default})
    found = floor.breaches(policies.model_copy(update={"house": house}))
    assert {(each.market, each.rule) for each in found} == {("BR", "repair_within"), ("FR", "repair_within")}
