"""Promises: business hours of the market, paused while the customer has the ball."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from makegood.core import calendars, durations, promises
from makegood.core.calendars import Calendar
from makegood.core.errors import Surprise
from makegood.core.promises import Clock, ServiceLevels, Standing

HOURS = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "09:00-17:00")
BERLIN = Calendar(name="DE", zone="Europe/Berlin", hours=HOURS, country="DE")
EVERY_DAY = Calendar(name="x", zone="Europe/Berlin", hours=dict.fromkeys(calendars.WEEKDAYS, "00:00-24:00"))


def berlin(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo("Europe/Berlin"))


def clock(opened: datetime, budget="8bh", pauses=(), stopped=None) -> Clock:
    return Clock("resolution", opened, durations.parse(budget), tuple(pauses), stopped)


TUESDAY = berlin(2026, 11, 17, 9, 0)


def test_a_case_of_the_night_starts_in_the_morning():
    assert promises.due(clock(berlin(2026, 11, 17, 3, 0), "2bh"), BERLIN) == berlin(2026, 11, 17, 11, 0)


def test_a_case_of_friday_evening_is_due_on_monday():
    assert promises.due(clock(berlin(2026, 11, 20, 16, 0), "2bh"), BERLIN) == berlin(2026, 11, 23, 10, 0)


def test_a_holiday_does_not_count():
    assert promises.due(clock(berlin(2026, 12, 24, 16, 0), "2bh"), BERLIN) == berlin(2026, 12, 28, 10, 0)


def test_the_change_of_clocks_moves_no_promise():
    assert promises.due(clock(berlin(2026, 10, 23, 16, 0), "2bh"), BERLIN) == berlin(2026, 10, 26, 10, 0)
    night = clock(berlin(2026, 10, 25, 0, 0), "4bh")
    assert promises.due(night, EVERY_DAY) == berlin(2026, 10, 25, 3, 0)  # one hour happens twice


def test_the_warning_comes_at_three_quarters():
    assert promises.warn_at(clock(TUESDAY), BERLIN) == berlin(2026, 11, 17, 15, 0)


def test_a_pause_over_the_weekend_stops_the_clock_for_its_open_hours_only():
    pause = (berlin(2026, 11, 20, 15, 0), berlin(2026, 11, 23, 11, 0))  # two hours on Friday, two on Monday
    friday = berlin(2026, 11, 20, 9, 0)
    assert promises.due(clock(friday, pauses=[pause]), BERLIN) == berlin(2026, 11, 23, 13, 0)


def test_a_pause_without_end_leaves_nothing_due():
    paused = clock(TUESDAY, pauses=[(berlin(2026, 11, 17, 11, 0), None)])
    reading = promises.read(paused, BERLIN, TUESDAY + timedelta(days=9))
    assert reading.standing is Standing.PAUSED
    assert reading.due is None
    assert reading.spent == timedelta(hours=2)


def test_a_pause_that_begins_after_the_promise_was_broken_does_not_mend_it():
    late = clock(TUESDAY, "2bh", pauses=[(berlin(2026, 11, 17, 12, 0), None)])
    assert promises.read(late, BERLIN, berlin(2026, 11, 17, 13, 0)).standing is Standing.BREACHED


def test_overlapping_pauses_count_once():
    pauses = [
        (berlin(2026, 11, 17, 10, 0), berlin(2026, 11, 17, 12, 0)),
        (berlin(2026, 11, 17, 11, 0), berlin(2026, 11, 17, 13, 0)),
    ]
    assert promises.due(clock(TUESDAY, "2bh", pauses), BERLIN) == berlin(2026, 11, 17, 14, 0)


@pytest.mark.parametrize(
    ("hour", "minute", "standing"),
    [
        (9, 0, Standing.RUNNING),
        (10, 29, Standing.RUNNING),
        (10, 30, Standing.WARNED),
        (11, 0, Standing.WARNED),
        (11, 1, Standing.BREACHED),
    ],
)
def test_a_promise_is_warned_of_and_broken_to_the_minute(hour, minute, standing):
    reading = promises.read(clock(TUESDAY, "2bh"), BERLIN, berlin(2026, 11, 17, hour, minute))
    assert reading.standing is standing


def test_an_answer_in_time_keeps_the_promise_for_ever():
    kept = clock(TUESDAY, "2bh", stopped=berlin(2026, 11, 17, 11, 0))
    assert promises.read(kept, BERLIN, berlin(2027, 1, 1, 12, 0)).standing is Standing.MET
    assert promises.read(kept, BERLIN, berlin(2027, 1, 1, 12, 0)).spent == timedelta(hours=2)
    assert promises.next_look(kept, BERLIN, TUESDAY) is None


def test_an_answer_after_the_breach_leaves_it_broken():
    late = clock(TUESDAY, "2bh", stopped=berlin(2026, 11, 17, 12, 0))
    assert promises.read(late, BERLIN, berlin(2026, 11, 18, 12, 0)).standing is Standing.BREACHED


def test_the_next_look_is_the_warning_then_the_due_instant():
    running = clock(TUESDAY, "2bh")
    assert promises.next_look(running, BERLIN, TUESDAY) == berlin(2026, 11, 17, 10, 30)
    assert promises.next_look(running, BERLIN, berlin(2026, 11, 17, 10, 31)) == berlin(2026, 11, 17, 11, 0)


instants = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))
spans = st.tuples(instants, st.timedeltas(timedelta(), timedelta(days=10))).map(lambda p: (p[0], p[0] + p[1]))


@given(instants, st.lists(spans, max_size=5), st.integers(1, 60))
def test_a_pause_never_brings_a_promise_forward(opened, pauses, hours):
    budget = f"{hours}bh"
    paused, plain = clock(opened, budget, pauses), clock(opened, budget)
    assert promises.due(paused, BERLIN) >= promises.due(plain, BERLIN)
    assert promises.warn_at(paused, BERLIN) <= promises.due(paused, BERLIN)


@given(instants, st.lists(spans, max_size=5), st.integers(1, 60))
def test_at_the_due_instant_the_budget_is_spent_exactly(opened, pauses, hours):
    running = clock(opened, f"{hours}bh", pauses)
    due = promises.due(running, BERLIN)
    assert promises.read(running, BERLIN, due).spent == timedelta(hours=hours)


LEVELS = ServiceLevels(
    levels=[
        {"tier": "vip", "channel": "chat", "first_reply": "1bh", "resolution": "16bh"},
        {"tier": "vip", "first_reply": "2bh", "resolution": "24bh"},
        {"market": "JP", "first_reply": "4bh", "resolution": "32bh"},
        {"first_reply": "8bh", "resolution": "40bh"},
    ]
)


@pytest.mark.parametrize(
    ("case", "first_reply"),
    [
        (("vip", "chat", "JP"), "1bh"),
        (("vip", "email", "JP"), "2bh"),
        (("standard", "email", "JP"), "4bh"),
        (("standard", "email", "DE"), "8bh"),
    ],
)
def test_the_first_level_that_fits_holds(case, first_reply):
    assert str(LEVELS.level(*case).first_reply) == first_reply


def test_a_promise_is_kept_in_business_hours_only():
    with pytest.raises(ValidationError, match="business hours, such as 8bh"):
        ServiceLevels(levels=[{"first_reply": "4h", "resolution": "3bd"}])


def test_no_level_for_a_case_is_a_defect_of_the_file():
    with pytest.raises(Surprise, match="the last row must fit all"):
        ServiceLevels(levels=[{"tier": "vip", "first_reply": "1bh", "resolution": "2bh"}]).level(
            "a", "b", "c"
        )
