"""Periods of the law: `14d`, `5bd`, `12mo`, `2y`, counted in whole days from the day after an event."""

from __future__ import annotations

import calendar
import itertools
import re
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

import holidays
from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

_WRITTEN = re.compile(r"^([0-9]{1,4})(d|bd|mo|y)$")
_DAY = timedelta(days=1)
_SATURDAY = 5


class RestDays(NamedTuple):
    """Saturdays, Sundays and public holidays of a country, those of any of its parts included.

    An order does not say in which part its buyer lives, so a holiday anywhere in the country counts.
    """

    country: str | None

    def is_rest(self, day: date) -> bool:
        return day.weekday() >= _SATURDAY or day in _holidays(self.country, day.year)

    def roll(self, day: date) -> date:
        """The day itself, or the next one that is not a rest day."""
        while self.is_rest(day):
            day += _DAY
        return day


class Period(NamedTuple):
    """`d` calendar days, `bd` working days, `mo` months, `y` years. `str()` gives back what `parse` reads."""

    amount: int
    unit: str

    def __str__(self) -> str:
        return f"{self.amount}{self.unit}"

    def after(self, day: date, rest: RestDays) -> date:
        """The last day that still counts; the day of the event itself does not."""
        match self.unit:
            case "d":
                return day + timedelta(days=self.amount)
            case "bd":
                return _working_days(day, self.amount, rest)
            case "mo":
                return _months(day, self.amount)
            case _:
                return _months(day, 12 * self.amount)

    @classmethod
    def parse(cls, text: object) -> Period:
        found = _WRITTEN.match(text) if isinstance(text, str) else None
        if found is None:
            raise ValueError(
                f"{text!r} is not a period; expected such as 14d, 5bd (working days), 12mo or 2y"
            )
        return cls(int(found[1]), found[2])

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            lambda value: value if isinstance(value, cls) else cls.parse(value),
            serialization=core_schema.plain_serializer_function_ser_schema(str),
        )


def never_shorter(one: Period, other: Period, rest: RestDays) -> bool:
    """Whether `one` ends no earlier than `other`, whatever day of four years they begin on."""
    days = (date(2024, 1, 1) + timedelta(days=n) for n in range(1461))
    return all(one.after(day, rest) >= other.after(day, rest) for day in days)


def _working_days(day: date, amount: int, rest: RestDays) -> date:
    following = (day + timedelta(days=n) for n in itertools.count(1))
    working = (each for each in following if not rest.is_rest(each))
    return next(itertools.islice(working, amount - 1, None)) if amount else day


def _months(day: date, amount: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + amount, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


@lru_cache(maxsize=1024)
def _holidays(country: str | None, year: int) -> frozenset[date]:
    if country is None:
        return frozenset()
    parts: list[str | None] = [None, *holidays.list_supported_countries().get(country, [])]
    days = (holidays.country_holidays(country, subdiv=part, years=year) for part in parts)
    return frozenset(itertools.chain.from_iterable(days))
