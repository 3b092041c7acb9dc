"""Policy, market by market: the last instant of each window where the customer is, and what differs there."""

from datetime import UTC, date, datetime, timedelta

import pytest

from makegood.core import complaints
from makegood.core.calendars import end_of_day, local_day
from makegood.core.claims import Failure
from makegood.core.floor import breaches
from makegood.core.periods import Period, RestDays
from makegood.core.policy import Basis, Reason, Why
from makegood.core.statutes import Bearer
from tests.core.test_policy import LIBRARY, MARKETS, POLICIES, WEDNESDAY, figure, judge, statute

INSTANT = timedelta(microseconds=1)

# market, the customer's zone, delivered on, the last day that the law gives
WINDOWS = [
    ("BR", "America/Sao_Paulo", WEDNESDAY, date(2026, 9, 9)),
    ("CL", "America/Santiago", WEDNESDAY, date(2026, 9, 12)),
    ("CL", "America/Santiago", date(2026, 8, 26), date(2026, 9, 5)),  # that midnight, the clocks skip an hour
    ("CN", "Asia/Shanghai", WEDNESDAY, date(2026, 9, 9)),
    ("DE", "Europe/Berlin", WEDNESDAY, date(2026, 9, 16)),
    ("DE", "Europe/Berlin", date(2026, 10, 11), date(2026, 10, 26)),  # over the change of clocks and a Sunday
    ("FR", "America/Guadeloupe", WEDNESDAY, date(2026, 9, 16)),
    ("GB", "Europe/London", WEDNESDAY, date(2026, 9, 16)),
    ("KR", "Asia/Seoul", WEDNESDAY, date(2026, 9, 9)),
    ("MX", "America/Mexico_City", WEDNESDAY, date(2026, 9, 9)),
    ("MX", "America/Tijuana", date(2026, 9, 11), date(2026, 9, 21)),  # over Independence Day, a Wednesday
    ("MX", "America/Mexico_City", date(2026, 11, 13), date(2026, 11, 23)),  # over Revolution Day, a Monday
    ("TR", "Europe/Istanbul", WEDNESDAY, date(2026, 9, 16)),
    ("TW", "Asia/Taipei", WEDNESDAY, date(2026, 9, 9)),
    ("ZA", "Africa/Johannesburg", WEDNESDAY, date(2026, 9, 9)),
]


@pytest.mark.parametrize(("market", "zone", "delivered", "last"), WINDOWS)
def test_the_law_holds_to_the_last_instant_of_the_last_day_where_the_customer_is(
    market, zone, delivered, last
):
    midnight = end_of_day(last, zone)
    given = {"market": market, "delivered": delivered, "ordered_on": delivered - timedelta(days=5)}
    in_time = judge(**given, opened_on=local_day(midnight - INSTANT, zone))
    too_late = judge(**given, opened_on=local_day(midnight, zone))
    assert (in_time.entitled, in_time.basis, in_time.verified) == (True, Basis.WITHDRAWAL, True)
    assert in_time.window_closes_on == last
    assert not too_late.entitled


HOUSE_WINDOWS = [
    ("AU", "Australia/Lord_Howe"),
    ("CL", "Pacific/Easter"),
    ("CN", "Asia/Urumqi"),
    ("IN", "Asia/Kolkata"),
    ("KR", "Asia/Seoul"),
    ("MX", "America/Cancun"),
    ("TW", "Asia/Taipei"),
    ("ZA", "Africa/Johannesburg"),
]


@pytest.mark.parametrize(("market", "zone"), HOUSE_WINDOWS)
def test_the_house_gives_fourteen_days_where_the_law_gives_less_or_nothing(market, zone):
    last = WEDNESDAY + timedelta(days=14)
    midnight = end_of_day(last, zone)
    in_time = judge(market=market, opened_on=local_day(midnight - INSTANT, zone))
    too_late = judge(market=market, opened_on=local_day(midnight, zone))
    assert (in_time.goodwill, in_time.basis, in_time.window_closes_on) == (True, Basis.HOUSE, last)
    assert (too_late.granted, too_late.verified, too_late.why) == (False, True, Why.WINDOW_CLOSED)


@pytest.mark.parametrize("market", MARKETS)
def test_whoever_claims_on_the_last_day_of_the_law_is_granted_on_every_day_of_the_year(market):
    law = POLICIES.statutes[market]
    period = law.withdrawal.period if law.withdrawal else None
    for delivered in (date(2026, 1, 1) + timedelta(days=n) for n in range(365 if period else 0)):
        last = period[0].value.after(delivered, law.rest)
        ordered = delivered - timedelta(days=5)
        assert judge(market=market, delivered=delivered, ordered_on=ordered, opened_on=last).granted


@pytest.mark.parametrize("market", ["AU", "IN"])
def test_where_the_law_is_known_to_give_no_right_only_the_house_gives(market):
    assert judge(market=market).goodwill
    without = POLICIES.house.default.model_copy(update={"change_of_mind_period": None})
    house = POLICIES.house.model_copy(update={"default": without})
    refused = judge(POLICIES.model_copy(update={"house": house}), market=market)
    assert (refused.granted, refused.verified) == (False, True)


def test_in_saudi_arabia_nobody_is_refused_on_an_article_that_was_not_read():
    late = judge(market="SA", day=15)
    assert (late.granted, late.verified, late.why) == (False, False, Why.NEEDS_A_PERSON)
    custom = judge(market="SA", category="custom", day=7)
    assert (custom.entitled, custom.verified, custom.unverified) == (True, False, ("period", "exception"))


def test_in_chile_a_purchase_that_was_not_confirmed_in_writing_can_be_withdrawn_from_for_ninety_days():
    last = judge(market="CL", day=90, confirmed=False)
    late = judge(market="CL", day=91, confirmed=False)
    assert (last.entitled, last.why) == (True, Why.NOT_CONFIRMED)
    assert last.window_closes_on == late.window_closes_on == WEDNESDAY + timedelta(days=90)
    assert (late.granted, late.verified) == (False, True)
    assert not judge(market="CL", day=90).granted
    assert judge(market="CL", day=10, confirmed=False).why is Why.WITHDRAWAL_OPEN


def test_in_taiwan_a_buyer_who_was_not_informed_has_four_months_after_the_seven_days():
    last = date(2027, 1, 9)
    assert judge(market="TW", informed=False, opened_on=last).why is Why.NOT_INFORMED
    assert not judge(market="TW", informed=False, opened_on=last + timedelta(days=1)).granted


@pytest.mark.parametrize(
    ("market", "category"),
    [("TW", "custom"), ("TW", "hygiene-unsealed"), ("CN", "newspaper"), ("CN", "media-unsealed")],
)
def test_goods_that_the_law_excepts_are_refused(market, category):
    refused = judge(market=market, category=category)
    assert (refused.granted, refused.verified, refused.why) == (False, True, Why.CATEGORY_EXCEPTED)


def test_what_china_lets_a_buyer_confirm_away_the_house_still_takes_back():
    verdict = judge(market="CN", category="confirmed-at-purchase")
    assert (verdict.entitled, verdict.goodwill) == (False, True)


# who pays


@pytest.mark.parametrize(
    ("market", "bearer"),
    [
        ("AU", "seller"),  # the law has no such return, and the house named nobody
        ("CL", "seller"),
        ("CN", "customer"),
        ("IN", "seller"),
        ("KR", "customer"),
        ("MX", "customer"),
        ("SA", "seller"),  # that the customer pays is from memory
        ("TR", "seller"),
        ("TW", "seller"),
        ("ZA", "customer"),
    ],
)
def test_return_freight_for_a_change_of_mind_follows_the_market(market, bearer):
    assert judge(market=market).return_freight == bearer
    assert judge(market=market, reason=Reason.DAMAGED).return_freight is Bearer.SELLER


def test_in_taiwan_everything_goes_back_and_in_south_africa_the_goods():
    assert judge(market="TW", day=7).outbound_freight_refunded
    assert not judge(market="ZA", day=7).outbound_freight_refunded


# when the money is due


def test_a_term_that_runs_from_the_return_stands_beside_the_one_that_runs_from_the_claim():
    china, korea, germany = judge(market="CN"), judge(market="KR"), judge(market="DE")
    assert (china.refund_due_days, china.refund_due_after_return) == (14, Period(7, "d"))
    assert korea.refund_due_after_return == Period(3, "bd")
    assert germany.refund_due_after_return is None
    assert judge(market="CN", reason=Reason.CANCELLED_BEFORE_SHIPMENT).refund_due_after_return is None


def test_three_working_days_after_a_return_pass_over_chuseok():
    due = judge(market="KR").refund_due_after_return
    assert due.after(date(2026, 9, 23), RestDays("KR")) == date(
        2026, 9, 30
    )  # Thursday to Saturday are holidays


def test_the_house_pays_south_africans_sooner_than_in_thirty_days():
    assert judge(market="ZA").refund_due_days == 14


def test_a_house_that_pays_later_after_the_return_than_the_law_is_found():
    slow = harsher(refund_due_after_return=Period(10, "d"))
    assert {(breach.market, breach.rule) for breach in slow} == {
        ("CN", "refund_due_after_return"),
        ("KR", "refund_due_after_return"),
    }


def harsher(**rules):
    changed = {name: figure(value) for name, value in rules.items()}
    house = POLICIES.house.model_copy(update={"default": POLICIES.house.default.model_copy(update=changed)})
    return breaches(POLICIES.model_copy(update={"house": house}))


# goods that are not as they should be, and goods that come late


@pytest.mark.parametrize(
    ("failure", "cure_first"), [(Failure.MINOR, True), (Failure.MAJOR, False), (Failure.UNSAID, False)]
)
def test_in_australia_only_a_minor_failure_is_repaired_first(failure, cure_first):
    verdict = judge(market="AU", reason=Reason.DEFECTIVE, failure=failure, day=40)
    assert (verdict.basis, verdict.cure_first) == (Basis.CONFORMITY, cure_first)


@pytest.mark.parametrize("market", ["CL", "ZA"])
def test_for_six_months_the_customer_chooses_the_remedy(market):
    last = judge(market=market, reason=Reason.DEFECTIVE, opened_on=date(2027, 3, 2))
    after = judge(market=market, reason=Reason.DEFECTIVE, opened_on=date(2027, 3, 3))
    assert (last.basis, last.cure_first, last.window_closes_on) == (
        Basis.CONFORMITY,
        False,
        date(2027, 3, 2),
    )
    assert (after.entitled, after.goodwill) == (False, True)


@pytest.mark.parametrize("market", ["AU", "CN", "IN", "KR", "MX", "SA", "TR", "TW"])
def test_where_the_end_of_a_right_was_not_read_a_person_looks_at_old_faults(market):
    old = judge(market=market, reason=Reason.DEFECTIVE, day=1500)
    assert (old.granted, old.verified, old.why) == (False, False, Why.NEEDS_A_PERSON)


def test_in_india_goods_that_came_late_can_be_sent_back_after_the_houses_fourteen_days():
    late = judge(market="IN", day=100, promised_on=WEDNESDAY - timedelta(days=1))
    punctual = judge(market="IN", day=100, promised_on=WEDNESDAY)
    assert (late.entitled, late.basis, late.why) == (True, Basis.NON_DELIVERY, Why.NOT_DELIVERED)
    assert (punctual.granted, punctual.verified) == (False, True)
    ages_later = judge(market="IN", day=1500, promised_on=WEDNESDAY - timedelta(days=1))
    assert (ages_later.granted, ages_later.verified) == (False, False)


def test_an_order_that_has_not_come_to_india_is_no_case_for_late_goods():
    given = {"market": "IN", "reason": Reason.NOT_DELIVERED, "delivered": None, "day": 0}
    assert judge(**given, promised_on=WEDNESDAY - timedelta(days=1)).why is Why.NOT_DELIVERED
    assert not judge(**given, promised_on=WEDNESDAY).granted


def test_in_saudi_arabia_fifteen_days_without_goods_end_the_contract_unless_another_day_was_agreed():
    ordered = date(2026, 9, 1)
    given = {"market": "SA", "reason": Reason.NOT_DELIVERED, "delivered": None, "ordered_on": ordered}
    early = judge(**given, opened_on=ordered + timedelta(days=15))
    due = judge(**given, opened_on=ordered + timedelta(days=16))
    agreed = judge(**given, opened_on=ordered + timedelta(days=16), promised_on=ordered + timedelta(days=30))
    assert early.basis is not Basis.NON_DELIVERY
    assert (due.entitled, due.basis, due.verified) == (True, Basis.NON_DELIVERY, True)
    assert agreed.basis is not Basis.NON_DELIVERY


# complaints


def test_in_india_a_complaint_is_acknowledged_in_48_hours_and_put_right_in_a_month():
    received = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)  # half past one on the 21st in Kolkata
    found = complaints.deadlines(POLICIES.statutes["IN"], received, "Asia/Kolkata")
    assert found == (datetime(2026, 11, 22, 20, 0, tzinfo=UTC), date(2026, 12, 21))


def test_where_no_such_rule_was_read_a_complaint_has_no_deadline_of_the_law():
    received = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
    assert complaints.deadlines(POLICIES.statutes["DE"], received, "Europe/Berlin") == (None, None)
    assert complaints.deadlines(None, received, "Europe/Berlin") == (None, None)


def test_what_the_house_promises_is_kept_before_the_law_of_india_asks_for_it():
    slowest = max(level.resolution.amount for level in LIBRARY.service_levels.levels)
    for received in (datetime(2026, 1, 1, 20, tzinfo=UTC) + timedelta(days=n) for n in range(365)):
        law = complaints.deadlines(POLICIES.statutes["IN"], received, "Asia/Kolkata")
        solved = LIBRARY.calendars.add(received, f"{slowest}bh", "IN")
        assert local_day(solved, "Asia/Kolkata") <= law.redress_by


def test_a_figure_from_memory_that_the_customer_pays_costs_nobody_anything():
    remembered = statute("CN", "withdrawal", return_freight=figure(Bearer.CUSTOMER, verified=False))
    assert judge(remembered, market="CN").return_freight is Bearer.SELLER
    helpful = statute("CN", "withdrawal", return_freight=figure(Bearer.SELLER, verified=False))
    assert judge(helpful, market="CN").return_freight is Bearer.SELLER
