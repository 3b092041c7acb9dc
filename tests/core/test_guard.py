"""The contact guard: nobody is woken, pestered, or told the same thing twice."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makegood.core import calendars, guard
from makegood.core.calendars import Calendar
from makegood.core.guard import Drop, Hold, Kind, Outbound, Past, Recipient, Rules, Send, Why

TOKYO = ZoneInfo("Asia/Tokyo")
OFFICE = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "09:00-17:00")
JAPAN = Calendar(name="JP", zone="Asia/Tokyo", hours=OFFICE, country="JP")
NOON = datetime(2026, 11, 17, 12, 0, tzinfo=TOKYO)
NIGHT = datetime(2026, 11, 17, 23, 30, tzinfo=TOKYO)


def letter(kind=Kind.TRANSACTIONAL, notice="MG-2026-000001:confirm:1", **more) -> Outbound:
    return Outbound(kind, "refund-confirmed", notice, **more)


def reader(**more) -> Recipient:
    return Recipient(**{"zone": "Asia/Tokyo", "consent": True, "calendar": JAPAN, **more})


def past(at, notice="other", kind=Kind.TRANSACTIONAL, automatic=True) -> Past:
    return Past(notice, "reminder", kind, at, automatic)


def test_a_transactional_message_goes_at_noon():
    assert guard.judge(letter(), reader(consent=False), [], NOON) == Send()


def test_at_night_it_waits_for_the_readers_morning():
    assert guard.judge(letter(), reader(), [], NIGHT) == Hold(
        datetime(2026, 11, 17, 23, 0, tzinfo=UTC), Why.QUIET_HOURS
    )


def test_before_dawn_it_waits_for_the_same_morning():
    dawn = datetime(2026, 11, 17, 5, 0, tzinfo=TOKYO)
    assert guard.judge(letter(), reader(), [], dawn) == Hold(
        datetime(2026, 11, 16, 23, 0, tzinfo=UTC), Why.QUIET_HOURS
    )


@pytest.mark.parametrize(
    ("hour", "minute", "goes"), [(7, 59, False), (8, 0, True), (20, 59, True), (21, 0, False)]
)
def test_quiet_hours_begin_and_end_to_the_minute(hour, minute, goes):
    at = NOON.replace(hour=hour, minute=minute)
    assert (guard.judge(letter(), reader(), [], at) == Send()) is goes


def test_whoever_wrote_in_the_night_is_answered_in_the_night():
    answer = letter(Kind.REPLY, customer_wrote_at=NIGHT - timedelta(minutes=1))
    assert guard.judge(answer, reader(consent=False), [], NIGHT) == Send()


def test_an_old_message_does_not_excuse_a_call_at_night():
    answer = letter(Kind.REPLY, customer_wrote_at=NIGHT - timedelta(hours=25))
    assert isinstance(guard.judge(answer, reader(), [], NIGHT), Hold)


def test_a_survey_needs_consent():
    assert guard.judge(letter(Kind.SURVEY), reader(consent=False), [], NOON) == Drop(Why.NO_CONSENT)
    assert guard.judge(letter(Kind.SURVEY), reader(), [], NOON) == Send()


def test_a_survey_is_never_an_answer_to_anything():
    survey = letter(Kind.SURVEY, customer_wrote_at=NIGHT)
    assert isinstance(guard.judge(survey, reader(), [], NIGHT), Hold)


def test_nobody_is_surveyed_twice_in_a_month():
    history = [past(NOON - timedelta(days=29), kind=Kind.SURVEY)]
    assert guard.judge(letter(Kind.SURVEY), reader(), history, NOON) == Drop(Why.SURVEYED_LATELY)
    assert guard.judge(letter(Kind.SURVEY), reader(), history, NOON + timedelta(days=1)) == Send()


def test_a_survey_keeps_to_working_days():
    labour_thanksgiving = datetime(2026, 11, 23, 12, 0, tzinfo=TOKYO)  # a Monday
    held = guard.judge(letter(Kind.SURVEY), reader(), [], labour_thanksgiving)
    assert held == Hold(datetime(2026, 11, 23, 23, 0, tzinfo=UTC), Why.REST_DAY)


def test_the_same_notice_never_goes_twice():
    history = [past(NOON - timedelta(days=400), notice=letter().notice)]
    answer = letter(customer_wrote_at=NOON)
    assert guard.judge(answer, reader(), history, NOON) == Drop(Why.ALREADY_SENT)


def test_an_erased_customer_is_never_written_to():
    assert guard.judge(letter(customer_wrote_at=NOON), reader(erased=True), [], NOON) == Drop(Why.ERASED)
    assert guard.judge(letter(), reader(reachable=False), [], NOON) == Drop(Why.NO_ADDRESS)


def test_the_fourth_automatic_message_of_a_day_waits():
    history = [past(NOON - timedelta(hours=hours), f"n{hours}") for hours in (1, 2, 3)]
    assert guard.judge(letter(), reader(), history, NOON) == Hold(
        (NOON + timedelta(hours=21)).astimezone(UTC), Why.TOO_MANY
    )
    assert guard.judge(letter(automatic=False), reader(), history, NOON) == Send()
    assert guard.judge(letter(), reader(), [*history[:2], past(NOON, "p", automatic=False)], NOON) == Send()


def test_the_weekly_cap_holds_until_the_oldest_is_a_week_old():
    history = [past(NOON - timedelta(days=1 + day * 0.7), f"n{day}") for day in range(8)]
    held = guard.judge(letter(), reader(), history, NOON)
    assert held == Hold((min(each.at for each in history) + timedelta(days=7)).astimezone(UTC), Why.TOO_MANY)


@given(
    st.sampled_from(Kind),
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC)),
    st.lists(st.timedeltas(timedelta(), timedelta(days=9)), max_size=12),
    st.sampled_from(["Asia/Tokyo", "Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe"]),
)
def test_what_is_held_goes_in_the_end_and_never_into_the_night(kind, now, ages, zone):
    outbound, recipient = letter(kind), reader(zone=zone)
    history = [past(now - age, f"n{at}") for at, age in enumerate(ages)]
    decision = guard.judge(outbound, recipient, history, now)
    for _ in range(5):
        if not isinstance(decision, Hold):
            break
        assert decision.until > now
        now = decision.until
        decision = guard.judge(outbound, recipient, history, now)
    assert decision == Send()
    assert 8 <= now.astimezone(ZoneInfo(zone)).hour < 21


def test_quiet_hours_may_lie_within_a_day():
    siesta = Rules(quiet_from="13:00", quiet_until="15:00")
    at = NOON.replace(hour=14)
    assert guard.judge(letter(), reader(), [], at, siesta) == Hold(
        datetime(2026, 11, 17, 6, 0, tzinfo=UTC), Why.QUIET_HOURS
    )
    assert guard.judge(letter(), reader(), [], NIGHT, siesta) == Send()


def test_the_recipients_zone_decides_and_not_the_calendars():
    assert calendars.local_day(NIGHT, "America/Sao_Paulo").day == 17
    assert guard.judge(letter(), reader(zone="America/Sao_Paulo"), [], NIGHT) == Send()
