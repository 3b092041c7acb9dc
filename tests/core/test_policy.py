"""Policy: the last evening of a window, who pays the freight, and what memory may never do."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from makegood.core import calendars, policy
from makegood.core.floor import breaches
from makegood.core.periods import Period, RestDays, never_shorter
from makegood.core.policy import Basis, Claim, Reason, Why
from makegood.core.statutes import Bearer, Figure, Policies, on
from makegood.library import open_library

LIBRARY = open_library(Path(__file__).parents[2] / "sop_definitions")
POLICIES = LIBRARY.policies
MARKETS = sorted(POLICIES.statutes)
WEDNESDAY = date(2026, 9, 2)  # fourteen days later is a Wednesday too, and no holiday anywhere


def claim(market="DE", reason=Reason.CHANGED_MIND, day=0, delivered=WEDNESDAY, **more) -> Claim:
    """Made `day` days after delivery."""
    opened = (delivered or WEDNESDAY) + timedelta(days=day)
    given = {"market": market, "reason": reason, "delivered_on": delivered, "opened_on": opened}
    return Claim(**{"ordered_on": WEDNESDAY - timedelta(days=5), **given, **more})


def judge(policies=POLICIES, **given):
    made = claim(**given)
    return policy.judge(policies, made, made.opened_on)


def statute(market: str, part: str, **figures) -> Policies:
    """The shipped policies with figures of one market changed to unverified or other ones."""
    law = POLICIES.statutes[market]
    changed = getattr(law, part).model_copy(update=figures)
    laws = {**POLICIES.statutes, market: law.model_copy(update={part: changed})}
    return Policies(statutes=laws, house=POLICIES.house)


def figure(value, *, verified=True, effective_from=None):
    when = date(2026, 1, 1)
    return (
        Figure(value=value, source="a test", checked=when, effective_from=effective_from, verified=verified),
    )


@pytest.mark.parametrize(
    ("market", "days", "basis"),
    [("DE", 14, "withdrawal"), ("FR", 14, "withdrawal"), ("GB", 14, "withdrawal"), ("US", 30, "house"),
     ("JP", 14, "house"), ("BR", 14, "house")],
)  # fmt: skip
def test_the_last_day_counts_and_the_day_after_does_not(market, days, basis):
    last, late = judge(market=market, day=days), judge(market=market, day=days + 1)
    assert last.granted
    assert last.basis == basis
    assert last.window_closes_on == WEDNESDAY + timedelta(days=days)
    assert not late.granted
    assert late.verified
    assert late.basis is Basis.NONE
    assert late.why is Why.WINDOW_CLOSED
    assert late.window_closes_on == last.window_closes_on


def test_in_brazil_the_law_gives_seven_days_and_the_house_seven_more():
    assert judge(market="BR", day=7).entitled
    eighth = judge(market="BR", day=8)
    assert (eighth.entitled, eighth.goodwill) == (False, True)


def test_the_day_of_receipt_does_not_count():
    assert judge(day=0).window_closes_on == WEDNESDAY + timedelta(days=14)


def test_the_window_ends_at_midnight_where_the_customer_is():
    """23:59 in Tokyo on the last day is in time, although 15:00 in London the same day is later there."""
    last = WEDNESDAY + timedelta(days=14)
    closes = calendars.end_of_day(last, "Asia/Tokyo")
    before, after = closes - timedelta(minutes=1), closes
    assert calendars.local_day(before, "Asia/Tokyo") == last
    assert judge(market="JP", opened_on=calendars.local_day(before, "Asia/Tokyo")).granted
    assert not judge(market="JP", opened_on=calendars.local_day(after, "Asia/Tokyo")).granted
    assert closes == datetime(2026, 9, 16, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize("market", ["DE", "FR"])
def test_a_window_that_would_end_on_a_weekend_ends_on_the_next_working_day(market):
    saturday = date(2026, 9, 5)  # fourteen days later is a Saturday
    assert judge(market=market, delivered=saturday, day=16).entitled  # Monday
    assert not judge(market=market, delivered=saturday, day=17).granted
    assert judge(market=market, delivered=saturday).window_closes_on == date(2026, 9, 21)


def test_a_holiday_in_any_part_of_the_country_is_a_rest_day():
    # Reformation Day, a holiday in some states only, is a Friday in 2025; All Saints' and Sunday follow
    verdict = judge(delivered=date(2025, 10, 17), ordered_on=date(2025, 10, 1))
    assert verdict.window_closes_on == date(2025, 11, 3)


def test_goods_that_have_not_come_can_be_withdrawn_from():
    verdict = judge(delivered=None, day=40)
    assert verdict.entitled
    assert verdict.why is Why.BEFORE_DELIVERY
    assert verdict.window_closes_on is None


def test_a_buyer_who_was_not_informed_has_twelve_months_more():
    assert judge(day=300, informed=False).why is Why.NOT_INFORMED
    assert judge(day=300, informed=False).entitled
    assert not judge(day=390, informed=False).granted


@pytest.mark.parametrize("market", ["DE", "FR", "GB"])
def test_custom_goods_are_excepted_but_not_when_faulty(market):
    verdict = judge(market=market, category="custom")
    assert not verdict.granted
    assert verdict.verified
    assert verdict.why is Why.CATEGORY_EXCEPTED
    assert judge(market=market, category="custom", reason=Reason.DEFECTIVE).entitled


def test_brazil_knows_no_exception_for_custom_goods():
    assert judge(market="BR", category="custom", day=7).entitled


def test_japan_gives_eight_days_only_where_no_policy_was_stated():
    assert judge(market="JP", day=8, disclosed=False).entitled
    assert judge(market="JP", day=8).basis is Basis.HOUSE


FREIGHT = [
    ("DE", Reason.CHANGED_MIND, True, "customer"),
    ("DE", Reason.CHANGED_MIND, False, "seller"),
    ("FR", Reason.CHANGED_MIND, True, "customer"),
    ("FR", Reason.CHANGED_MIND, False, "seller"),
    ("GB", Reason.CHANGED_MIND, True, "customer"),
    ("GB", Reason.CHANGED_MIND, False, "seller"),
    ("US", Reason.CHANGED_MIND, True, "customer"),
    ("JP", Reason.CHANGED_MIND, True, "customer"),
    ("BR", Reason.CHANGED_MIND, True, "seller"),
    *(
        (market, reason, True, "seller")
        for market in MARKETS
        for reason in (Reason.DEFECTIVE, Reason.WRONG_ITEM)
    ),
]


@pytest.mark.parametrize(("market", "reason", "disclosed", "bearer"), FREIGHT)
def test_return_freight_follows_country_reason_and_disclosure(market, reason, disclosed, bearer):
    assert judge(market=market, reason=reason, disclosed=disclosed).return_freight == bearer


def test_the_house_may_bear_freight_that_the_law_leaves_to_the_customer():
    kinder = POLICIES.house.default.model_copy(
        update={"change_of_mind_return_freight": figure(Bearer.SELLER)}
    )
    house = POLICIES.house.model_copy(update={"default": kinder})
    assert judge(Policies(statutes=POLICIES.statutes, house=house)).return_freight is Bearer.SELLER


def test_outbound_freight_goes_back_where_the_law_says_so():
    assert judge(market="DE").outbound_freight_refunded
    assert judge(market="BR").outbound_freight_refunded
    assert not judge(market="US").outbound_freight_refunded
    assert judge(market="US", reason=Reason.DEFECTIVE).outbound_freight_refunded


def test_terms_of_payment_follow_the_market():
    assert (judge(market="DE").refund_due_days, judge(market="DE").refund_due_in_working_days) == (14, False)
    assert (judge(market="US").refund_due_days, judge(market="US").refund_due_in_working_days) == (7, True)
    assert judge(market="BR").refund_due_days == 0
    assert judge(market="DE").may_withhold_until_returned
    assert not judge(market="BR").may_withhold_until_returned


def test_in_the_united_kingdom_the_money_comes_first_for_thirty_days_then_a_cure():
    early = judge(market="GB", reason=Reason.DEFECTIVE, day=30)
    later = judge(market="GB", reason=Reason.DEFECTIVE, day=31)
    assert (early.basis, early.cure_first) == (Basis.SHORT_TERM_REJECT, False)
    assert (later.basis, later.cure_first, later.entitled) == (Basis.CONFORMITY, True, True)


def test_conformity_lasts_two_years_to_the_day():
    two_years = (date(2028, 9, 2) - WEDNESDAY).days
    assert judge(reason=Reason.DEFECTIVE, day=two_years).entitled
    late = judge(reason=Reason.DEFECTIVE, day=two_years + 1)
    assert not late.granted
    assert late.why is Why.FAULT_TOO_LATE
    assert late.verified


@pytest.mark.parametrize("market", ["GB", "US", "JP"])
def test_where_no_end_of_the_right_is_known_nobody_is_refused_as_late(market):
    verdict = judge(market=market, reason=Reason.DEFECTIVE, day=1500)
    assert not verdict.granted
    assert not verdict.verified
    assert verdict.why is Why.NEEDS_A_PERSON


def test_a_verified_yes_of_the_house_beats_a_yes_from_memory():
    verdict = judge(market="US", reason=Reason.DEFECTIVE, day=100)
    assert (verdict.goodwill, verdict.basis, verdict.verified) == (True, Basis.HOUSE, True)


def test_a_figure_from_memory_never_refuses():
    from_memory = statute("DE", "withdrawal", period=figure(Period(14, "d"), verified=False))
    late = judge(from_memory, day=40)
    assert not late.granted
    assert not late.verified
    assert late.why is Why.NEEDS_A_PERSON
    assert late.unverified == ("period",)


def test_a_figure_from_memory_may_help():
    from_memory = statute("DE", "withdrawal", period=figure(Period(20, "d"), verified=False))
    verdict = judge(from_memory, day=18)
    assert (verdict.entitled, verdict.verified) == (True, False)


def test_an_exception_from_memory_is_not_used_against_the_customer():
    from_memory = statute("DE", "withdrawal", exceptions={"custom": figure(True, verified=False)})
    verdict = judge(from_memory, category="custom")
    assert (verdict.entitled, verdict.unverified) == (True, ("exception",))


def test_a_market_without_a_file_is_never_refused():
    assert judge(market="PL", day=10).goodwill
    late = judge(market="PL", day=100)
    assert (late.granted, late.verified, late.why) == (False, False, Why.NEEDS_A_PERSON)


def test_another_reason_goes_to_a_person_when_it_is_too_late_to_withdraw():
    assert judge(reason=Reason.OTHER, day=3).entitled
    assert not judge(reason=Reason.OTHER, day=100).verified


@pytest.mark.parametrize("market", MARKETS)
def test_what_has_not_been_sent_can_be_called_off_everywhere(market):
    verdict = judge(market=market, reason=Reason.CANCELLED_BEFORE_SHIPMENT, delivered=None, category="custom")
    assert verdict.granted
    assert verdict.why is Why.CANCELLED_BEFORE_SHIPMENT
    assert verdict.return_freight is Bearer.SELLER
    assert not verdict.may_withhold_until_returned


def test_in_the_united_states_thirty_days_without_goods_mean_money_back():
    ordered = date(2026, 9, 1)
    given = {"market": "US", "reason": Reason.NOT_DELIVERED, "delivered": None, "ordered_on": ordered}
    early = judge(**given, opened_on=ordered + timedelta(days=30))
    due = judge(**given, opened_on=ordered + timedelta(days=31))
    assert (early.granted, early.why, early.verified) == (False, Why.NOT_DELIVERED_YET, True)
    assert (due.basis, due.refund_due_days, due.refund_due_in_working_days) == (Basis.NON_DELIVERY, 7, True)


def test_a_stated_day_of_delivery_comes_before_the_thirty_days():
    ordered = date(2026, 9, 1)
    given = {"market": "US", "reason": Reason.NOT_DELIVERED, "delivered": None, "ordered_on": ordered}
    assert judge(**given, promised_on=date(2026, 9, 8), opened_on=date(2026, 9, 9)).granted


def test_a_parcel_that_the_carrier_calls_delivered_goes_to_a_person():
    verdict = judge(reason=Reason.NOT_DELIVERED)
    assert (verdict.granted, verdict.verified) == (False, False)


@given(
    st.sampled_from([*MARKETS, "PL"]), st.sampled_from(Reason), st.integers(0, 900), st.booleans(),
    st.booleans(),
    st.sampled_from(["", "custom", "electronics"]), st.sampled_from([None, WEDNESDAY]),
)  # fmt: skip
def test_every_claim_gets_one_consistent_answer(
    market, reason, day, disclosed, informed, category, delivered
):
    more = {"disclosed": disclosed, "informed": informed, "category": category}
    verdict = judge(market=market, reason=reason, day=day, delivered=delivered, **more)
    assert not (verdict.entitled and verdict.goodwill)
    assert (verdict.basis is Basis.NONE) == (not verdict.granted)
    assert verdict.granted or not verdict.outbound_freight_refunded
    assert policy.Verdict.model_validate(verdict.model_dump(mode="json")) == verdict


@given(st.sampled_from(MARKETS), st.integers(0, 60), st.booleans(), st.sampled_from(["", "custom"]))
def test_an_earlier_claim_is_never_worse(market, day, informed, category):
    more = {"market": market, "informed": informed, "category": category}
    if judge(**more, day=day + 1).granted:
        assert judge(**more, day=day).granted


def test_the_figure_in_force_on_the_day_of_the_order_holds():
    changed = (*figure(1), *figure(2, effective_from=date(2026, 6, 1)))
    assert on(changed, date(2026, 5, 31)).value == 1
    assert on(changed, date(2026, 6, 1)).value == 2
    assert on(figure(2, effective_from=date(2026, 6, 1)), date(2026, 5, 31)) is None


def test_the_shipped_house_is_nowhere_harsher_than_the_law():
    assert breaches(POLICIES) == []


@pytest.mark.parametrize(
    ("rule", "value", "markets"),
    [
        ("change_of_mind_period", Period(10, "d"), {"DE", "FR", "GB", "MX", "TR"}),
        ("change_of_mind_return_freight", Bearer.CUSTOMER, {"BR", "TR", "TW"}),
        ("change_of_mind_outbound_freight_refunded", False, {"DE", "FR", "GB", "BR", "TW"}),
        ("fault_period", Period(1, "y"), {"DE", "FR"}),
        ("fault_return_freight", Bearer.CUSTOMER, {"DE", "FR", "GB", "AU", "KR", "ZA"}),
        ("refund_due", Period(20, "d"), {"DE", "FR", "GB", "TR", "TW"}),
        ("not_delivered_after", Period(45, "d"), {"DE", "FR", "GB", "US"}),
    ],
)
def test_a_harsher_house_is_found_in_each_market(rule, value, markets):
    default = POLICIES.house.default.model_copy(update={rule: figure(value)})
    house = POLICIES.house.model_copy(update={"default": default})
    found = breaches(Policies(statutes=POLICIES.statutes, house=house))
    assert {breach.market for breach in found} == markets
    assert {breach.place for breach in found} == {("default", rule)}


def test_withholding_where_the_law_forbids_it_is_harsher():
    rules = POLICIES.house.markets["BR"].model_copy(update={"may_withhold_until_returned": figure(True)})
    house = POLICIES.house.model_copy(update={"markets": {"BR": rules}})
    found = breaches(Policies(statutes=POLICIES.statutes, house=house))
    assert ("markets", "BR", "may_withhold_until_returned") in {breach.place for breach in found}


def test_periods_are_compared_by_the_days_that_they_end_on():
    rest = RestDays("DE")
    assert never_shorter(Period.parse("2y"), Period.parse("24mo"), rest)
    assert not never_shorter(Period.parse("730d"), Period.parse("2y"), rest)
    assert never_shorter(Period.parse("731d"), Period.parse("2y"), rest)
    assert not never_shorter(Period.parse("14d"), Period.parse("10bd"), rest)


def test_months_end_with_the_month():
    rest = RestDays(None)
    assert Period.parse("1mo").after(date(2026, 1, 31), rest) == date(2026, 2, 28)
    assert Period.parse("1y").after(date(2028, 2, 29), rest) == date(2029, 2, 28)


def test_working_days_pass_over_rest_days():
    assert Period.parse("7bd").after(date(2026, 11, 24), RestDays("US")) == date(2026, 12, 7)  # Thanksgiving


@pytest.mark.parametrize("text", ["14", "14 d", "-1d", "two weeks", 14, None, "14w"])
def test_a_malformed_period_is_refused_with_examples(text):
    with pytest.raises(ValueError, match="expected such as 14d"):
        Period.parse(text)


def test_an_unknown_reason_is_refused():
    with pytest.raises(ValidationError, match="changed_mind"):
        claim(reason="bored")
