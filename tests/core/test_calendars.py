"""Calendars: nights, weekends, holidays and changes of clocks, in any zone."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from makegood.core import calendars, durations
from makegood.core.calendars import Calendar, NeverOpens

OFFICE = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "09:00-17:00")
ALWAYS = dict.fromkeys(calendars.WEEKDAYS, "00:00-24:00")
SPLIT = {**dict.fromkeys(("mon", "tue", "wed", "thu"), "08:30-12:00, 13:00-17:30"), "sat": "00:00-03:30"}
# the clocks change at midnight in Santiago, by half an hour on Lord Howe, never in Kathmandu (+05:45)
ZONES = ["Europe/Berlin", "America/Santiago", "Australia/Lord_Howe", "Asia/Kathmandu", "America/New_York"]

BERLIN = Calendar(name="DE", zone="Europe/Berlin", hours=OFFICE, country="DE")


def berlin(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo("Europe/Berlin"))


def due(start: datetime, text: str, calendar: Calendar = BERLIN) -> datetime:
    return calendars.add(calendar, start, durations.parse(text))


instants = st.datetimes(datetime(2024, 1, 1), datetime(2029, 12, 31), timezones=st.just(UTC))
any_calendar = st.builds(
    Calendar,
    name=st.just("x"),
    zone=st.sampled_from(ZONES),
    hours=st.sampled_from([OFFICE, ALWAYS, SPLIT]),
    country=st.sampled_from([None, "DE", "US", "JP", "BR"]),
)


@given(any_calendar, instants, st.integers(0, 200))
def test_business_hours_added_are_the_open_time_between(calendar, start, hours):
    end = due(start, f"{hours}bh", calendar)
    assert calendars.between(calendar, start, end) == timedelta(hours=hours)


@given(any_calendar, instants, st.timedeltas(timedelta(), timedelta(days=20)))
def test_any_open_time_added_is_the_open_time_between(calendar, start, span):
    assert calendars.between(calendar, start, calendars.forward(calendar, start, span)) == span


@given(any_calendar, instants, st.integers(1, 60))
def test_business_days_added_are_the_open_days_between(calendar, start, days):
    assert calendars.business_days(calendar, start, due(start, f"{days}bd", calendar)) == days


@given(any_calendar, instants, st.sampled_from(["0bh", "1bh", "9bh", "1bd", "7bd"]))
def test_business_time_never_lands_outside_open_hours(calendar, start, text):
    end = due(start, text, calendar)
    day = calendars.local_day(end - timedelta(microseconds=1), calendar.zone)
    spans = [span for near in (day, day + timedelta(days=1)) for span in calendars.open_spans(calendar, near)]
    assert any(opens <= end <= closes for opens, closes in spans)


@given(any_calendar, instants, st.timedeltas(timedelta(), timedelta(days=9)), st.sampled_from(durations.Unit))
def test_a_later_start_is_never_due_earlier(calendar, start, later, unit):
    if unit is durations.Unit.DAYS:
        return  # the wall clock repeats an hour in autumn
    text = f"5{unit.value}"
    assert due(start, text, calendar) <= due(start + later, text, calendar)


@given(any_calendar, instants, instants, instants)
def test_open_time_adds_up(calendar, one, two, three):
    one, two, three = sorted((one, two, three))
    parts = calendars.between(calendar, one, two) + calendars.between(calendar, two, three)
    assert parts == calendars.between(calendar, one, three)
    assert calendars.between(calendar, three, one) == -parts


def test_friday_evening_is_due_on_monday_morning():
    assert due(berlin(2026, 11, 20, 18, 0), "2bh") == berlin(2026, 11, 23, 11, 0)


def test_business_time_runs_over_a_night():
    assert due(berlin(2026, 11, 17, 16, 0), "2bh") == berlin(2026, 11, 18, 10, 0)


def test_an_hour_before_closing_is_due_at_closing_and_not_next_morning():
    assert due(berlin(2026, 11, 17, 16, 0), "1bh") == berlin(2026, 11, 17, 17, 0)


def test_holidays_of_the_country_are_passed_over():
    # Good Friday and Easter Monday 2026
    assert due(berlin(2026, 4, 2, 16, 0), "2bh") == berlin(2026, 4, 7, 10, 0)


def test_holidays_of_a_subdivision_are_passed_over():
    bavaria = BERLIN.model_copy(update={"subdivision": "BY"})
    assert not calendars.is_working_day(bavaria, date(2026, 1, 6))
    assert calendars.is_working_day(BERLIN, date(2026, 1, 6))


def test_the_sellers_own_closed_days_are_passed_over():
    closed = BERLIN.model_copy(update={"closed": frozenset({date(2026, 11, 18)})})
    assert due(berlin(2026, 11, 17, 16, 0), "2bh", closed) == berlin(2026, 11, 19, 10, 0)


def test_business_days_are_due_at_closing_and_the_first_day_does_not_count():
    assert due(berlin(2026, 11, 17, 9, 0), "1bd") == berlin(2026, 11, 18, 17, 0)
    assert due(berlin(2026, 11, 20, 23, 0), "3bd") == berlin(2026, 11, 25, 17, 0)


def test_days_keep_the_wall_clock_over_the_change_of_clocks_and_hours_do_not():
    before = berlin(2026, 10, 24, 12, 0)  # clocks go back in the night
    assert due(before, "1d") == berlin(2026, 10, 25, 12, 0)
    assert due(before, "24h") == berlin(2026, 10, 25, 11, 0)


def test_a_day_of_25_hours_has_25_open_hours():
    always = Calendar(name="x", zone="Europe/Berlin", hours=ALWAYS)
    assert calendars.between(always, berlin(2026, 10, 25, 0, 0), berlin(2026, 10, 26, 0, 0)) == timedelta(
        hours=25
    )
    assert calendars.between(always, berlin(2026, 3, 29, 0, 0), berlin(2026, 3, 30, 0, 0)) == timedelta(
        hours=23
    )


def test_a_start_given_in_local_time_is_counted_in_real_time():
    always = Calendar(name="x", zone="Europe/Berlin", hours=ALWAYS)
    start, end = berlin(2026, 10, 25, 0, 30), berlin(2026, 10, 25, 6, 0)  # six and a half real hours
    assert calendars.between(always, start, end) == timedelta(hours=6.5)
    assert due(start, "4bh", always) == berlin(2026, 10, 25, 3, 30)


def test_the_end_of_a_day_is_the_customers_midnight():
    assert calendars.end_of_day(date(2026, 11, 17), "Asia/Tokyo") == datetime(2026, 11, 17, 15, 0, tzinfo=UTC)
    assert calendars.local_day(datetime(2026, 11, 17, 23, 30, tzinfo=UTC), "Europe/Berlin") == date(
        2026, 11, 18
    )


def test_an_instant_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="no time zone"):
        due(datetime(2026, 1, 1), "1h")


def test_a_calendar_that_is_always_closed_says_so_instead_of_searching_for_ever():
    day = date(2026, 1, 1)
    closed = BERLIN.model_copy(update={"closed": frozenset(day + timedelta(days=n) for n in range(500))})
    with pytest.raises(NeverOpens, match="calendar DE"):
        due(berlin(2026, 1, 1, 12), "1bh", closed)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"hours": {}}, "at least one weekday"),
        ({"hours": {"mon": "9-17"}}, "not a span of hours such as 09:00-17:30"),
        ({"hours": {"mon": "22:00-06:00"}}, "within one day"),
        ({"hours": {"mon": "09:00-12:00, 11:00-13:00"}}, "without overlap"),
        ({"hours": {"Monday": "09:00-12:00"}}, "unknown weekday 'Monday'"),
        ({"zone": "Europe/Berlim"}, "unknown time zone 'Europe/Berlim'"),
        ({"country": "ZZ"}, "country 'ZZ'"),
        ({"country": "DE", "subdivision": "XX"}, "no subdivision 'XX' of DE"),
    ],
)
def test_a_malformed_calendar_says_what_was_expected(change, said):
    with pytest.raises(ValidationError, match=said):
        Calendar(**{"name": "x", "zone": "UTC", "hours": OFFICE, **change})
