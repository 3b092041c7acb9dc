"""Due instants: from a start, a duration, and a calendar of open hours, holidays and a time zone."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays
from pydantic import BaseModel, ConfigDict, field_validator, model_validator

from makegood.core.durations import Duration, Unit
from makegood.core.errors import Surprise

_DAY = timedelta(days=1)
_SPAN = re.compile(r"^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)$")
_LONGEST_CLOSURE = 400  # days; a calendar that stays shut longer is a mistake in its file
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Instant = datetime
"""Aware; results are UTC."""


class NeverOpens(Surprise):
    """No open hour within 400 days: the calendar closes every day."""

    def __init__(self, calendar: str, after: date) -> None:
        super().__init__(f"calendar {calendar} has no open hour within {_LONGEST_CLOSURE} days of {after}")
        self.calendar = calendar


class OpenHours(NamedTuple):
    """Minutes of the local day, from inclusive, to exclusive; 24:00 is 1440."""

    start: int
    end: int


class Calendar(BaseModel):
    """Open hours per weekday (`"09:00-12:30, 13:30-18:00"`), and the days on which none of them holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    zone: str
    hours: tuple[tuple[OpenHours, ...], ...]
    country: str | None = None
    subdivision: str | None = None
    closed: frozenset[date] = frozenset()

    @field_validator("hours", mode="before")
    @classmethod
    def _written_hours(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        if unknown := [day for day in value if day not in WEEKDAYS]:
            raise ValueError(f"unknown weekday {unknown[0]!r}; expected one of {', '.join(WEEKDAYS)}")
        return tuple(parse_hours(str(value.get(day) or "")) for day in WEEKDAYS)

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(f"unknown time zone {value!r}; expected a name such as Europe/Berlin") from None
        return value

    @model_validator(mode="after")
    def _opens_at_all(self) -> Calendar:
        if len(self.hours) != 7 or not any(self.hours):
            raise ValueError("at least one weekday needs open hours, such as mon: 09:00-17:00")
        supported = holidays.list_supported_countries()
        if self.country is not None and self.country not in supported:
            raise ValueError(
                f"no holidays are known for country {self.country!r}; expected a code such as DE"
            )
        if self.subdivision is not None and self.subdivision not in supported.get(self.country or "", []):
            raise ValueError(f"no subdivision {self.subdivision!r} of {self.country} is known")
        return self


def parse_hours(text: str) -> tuple[OpenHours, ...]:
    """`"09:00-12:30, 13:30-18:00"`; empty means closed. Raises ValueError for overlap or past midnight."""
    spans = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        found = _SPAN.match(part)
        start, end = (
            (int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])) if found else (0, 0)
        )
        if not start < end <= 1440:
            raise ValueError(f"{part!r} is not a span of hours such as 09:00-17:30 within one day")
        spans.append(OpenHours(start=start, end=end))
    if any(after.start < before.end for before, after in itertools.pairwise(spans)):
        raise ValueError(f"{text!r}: spans must follow one another without overlap")
    return tuple(spans)


def add(calendar: Calendar, start: Instant, duration: Duration) -> Instant:
    """When `duration` after `start` is over, in UTC.

    `s`, `m`, `h` are elapsed time; `d` keeps the wall clock of the calendar's zone. `bh` runs in open
    hours only. `bd` is due when the calendar closes on the n-th open day after the start's own day.
    """
    start = _utc(start)
    match duration.unit:
        case Unit.BUSINESS_HOURS:
            return forward(calendar, start, duration.span)
        case Unit.BUSINESS_DAYS:
            return _close_of_day(calendar, start, duration.amount)
        case Unit.DAYS:
            local = start.astimezone(ZoneInfo(calendar.zone))
            moved = local.replace(tzinfo=None) + duration.span
            return moved.replace(tzinfo=local.tzinfo, fold=local.fold).astimezone(UTC)
        case _:
            return start + duration.span


def forward(calendar: Calendar, start: Instant, open_time: timedelta) -> Instant:
    """When `open_time` of the calendar has passed since `start`; for zero, the next open instant."""
    start = _utc(start)
    rest = max(open_time, timedelta())
    for opens, closes in _spans(calendar, start):
        begin = max(opens, start)
        if closes < begin:
            continue
        if closes - begin >= rest:
            return begin + rest
        rest -= closes - begin
    raise NeverOpens(calendar.name, start.date())


def between(calendar: Calendar, start: Instant, end: Instant) -> timedelta:
    """Open time from `start` to `end`; negative when `end` comes first."""
    start, end = _utc(start), _utc(end)
    if end < start:
        return -between(calendar, end, start)
    passed = timedelta()
    for opens, closes in _spans(calendar, start):
        if opens >= end:
            return passed
        passed += max(min(closes, end) - max(opens, start), timedelta())
    raise NeverOpens(calendar.name, start.date())


def business_days(calendar: Calendar, start: Instant, end: Instant) -> int:
    """Open days after the day of `start`, up to and including the day of `end`."""
    zone = ZoneInfo(calendar.zone)
    day = start.astimezone(zone).date()
    last = (_utc(end) - timedelta.resolution).astimezone(zone).date()  # midnight ends its day
    count = 0
    while day < last:
        day += _DAY
        count += bool(open_spans(calendar, day))
    return count


def is_open(calendar: Calendar, instant: Instant) -> bool:
    day = instant.astimezone(ZoneInfo(calendar.zone)).date()
    return any(opens <= instant < closes for opens, closes in open_spans(calendar, day))


def is_working_day(calendar: Calendar, day: date) -> bool:
    """Open at some hour of that day: neither a rest day of the week nor a holiday."""
    return bool(open_spans(calendar, day))


def local_day(instant: Instant, zone: str) -> date:
    """The date that the calendar on the wall shows there."""
    return _utc(instant).astimezone(ZoneInfo(zone)).date()


def end_of_day(day: date, zone: str) -> Instant:
    """The last moment of `day` there: exclusive, the next midnight, in UTC."""
    return datetime.combine(day + _DAY, time(), ZoneInfo(zone)).astimezone(UTC)


@lru_cache(maxsize=65536)
def open_spans(calendar: Calendar, day: date) -> tuple[tuple[Instant, Instant], ...]:
    """In UTC, so that a day on which the clocks change is as long as it really is."""
    if day in calendar.closed or day in _holidays(calendar.country, calendar.subdivision, day.year):
        return ()
    zone = ZoneInfo(calendar.zone)
    spans = ((_at(day, span.start, zone), _at(day, span.end, zone)) for span in calendar.hours[day.weekday()])
    return tuple((opens, closes) for opens, closes in spans if opens < closes)


def _spans(calendar: Calendar, start: Instant) -> Iterator[tuple[Instant, Instant]]:
    """Open spans from the local day of `start` on; ends after 400 closed days in a row."""
    day = start.astimezone(ZoneInfo(calendar.zone)).date()
    shut = 0
    while shut < _LONGEST_CLOSURE:
        spans = open_spans(calendar, day)
        yield from spans
        shut = 0 if spans else shut + 1
        day += _DAY


def _close_of_day(calendar: Calendar, start: Instant, days: int) -> Instant:
    day = local_day(start, calendar.zone)
    if days == 0:
        return forward(calendar, start, timedelta())
    shut = 0
    while shut < _LONGEST_CLOSURE:
        day += _DAY
        spans = open_spans(calendar, day)
        shut = 0 if spans else shut + 1
        days -= bool(spans)
        if days == 0:
            return spans[-1][1]
    raise NeverOpens(calendar.name, day)


def _at(day: date, minutes: int, zone: ZoneInfo) -> Instant:
    """A wall-clock minute that the change of clocks skips is read by the clock before the change."""
    if minutes == 1440:
        day, minutes = day + _DAY, 0
    return datetime.combine(day, time(minutes // 60, minutes % 60), zone).astimezone(UTC)


@lru_cache(maxsize=4096)
def _holidays(country: str | None, subdivision: str | None, year: int) -> frozenset[date]:
    if country is None:
        return frozenset()
    return frozenset(holidays.country_holidays(country, subdiv=subdivision, years=year))


def _utc(instant: Instant) -> Instant:
    """Arithmetic within one zone would follow the wall clock, so all of it is done in UTC."""
    if instant.tzinfo is None:
        raise ValueError(f"{instant} has no time zone")
    return instant.astimezone(UTC)
