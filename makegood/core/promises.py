"""Service promises: reply and resolution clocks in business hours, paused while the customer has the ball."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from makegood.core import calendars, durations
from makegood.core.calendars import Calendar
from makegood.core.durations import Duration, Unit
from makegood.core.errors import Surprise

ANY = "any"


def _business_hours(value: object) -> Duration:
    duration = value if isinstance(value, Duration) else durations.parse(str(value))
    if duration.unit is not Unit.BUSINESS_HOURS or duration.amount == 0:
        raise ValueError(f"{value!r}: a promise is kept in business hours, such as 8bh")
    return duration


BusinessHours = Annotated[Duration, BeforeValidator(_business_hours)]


def _passes(value: object) -> Duration:
    duration = value if isinstance(value, Duration) else durations.parse(str(value))
    if duration.amount == 0:
        raise ValueError(f"{value!r}: some time has to pass, such as 1h")
    return duration


Lasting = Annotated[Duration, BeforeValidator(_passes)]


class Level(BaseModel):
    """One row: for whom, and how soon. `any` fits everything."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tier: str = ANY
    channel: str = ANY
    market: str = ANY
    first_reply: BusinessHours
    resolution: BusinessHours

    @property
    def fits_all(self) -> bool:
        return (self.tier, self.channel, self.market) == (ANY, ANY, ANY)

    def fits(self, tier: str, channel: str, market: str) -> bool:
        pairs = (self.tier, tier), (self.channel, channel), (self.market, market)
        return all(mine in (ANY, theirs) for mine, theirs in pairs)

    def covers(self, other: Level) -> bool:
        """Every case that `other` fits, this fits too."""
        return self.fits(other.tier, other.channel, other.market)


class ServiceLevels(BaseModel):
    """Rows are read from the top; the first that fits holds.

    `unknown_for` is how long nobody may know whether something was done before a person is told.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    warn_at_percent: int = Field(default=75, ge=1, le=99)
    unknown_for: Lasting = durations.parse("1h")
    levels: tuple[Level, ...] = Field(min_length=1)

    def level(self, tier: str, channel: str, market: str) -> Level:
        for level in self.levels:
            if level.fits(tier, channel, market):
                return level
        raise Surprise(f"no service level fits {tier}, {channel}, {market}; the last row must fit all")


class Standing(StrEnum):
    """Where a promise stands. A breach stays one, also when the answer came after it."""

    RUNNING = "running"
    PAUSED = "paused"
    WARNED = "warned"
    MET = "met"
    BREACHED = "breached"


@dataclass(frozen=True, slots=True)
class Clock:
    """One promise of one case, derived from its journal.

    `pauses` are the times in which the customer had the ball; `None` as the end means: still. They may
    overlap and come in any order. `stopped_at` is when the promise was kept.
    """

    name: Literal["first_reply", "resolution"]
    opened_at: datetime
    budget: Duration
    pauses: Sequence[tuple[datetime, datetime | None]] = ()
    stopped_at: datetime | None = None
    warn_at_percent: int = 75


@dataclass(frozen=True, slots=True)
class Reading:
    """`due` and `warn_at` are None while a pause holds them off."""

    standing: Standing
    due: datetime | None
    warn_at: datetime | None
    spent: timedelta


def due(clock: Clock, calendar: Calendar) -> datetime | None:
    """When the budget is spent, in UTC; None when an unfinished pause comes first."""
    return _spent_by(clock, calendar, clock.budget.span)


def warn_at(clock: Clock, calendar: Calendar) -> datetime | None:
    """When the warning share of the budget is spent."""
    return _spent_by(clock, calendar, clock.budget.span * clock.warn_at_percent / 100)


def read(clock: Clock, calendar: Calendar, now: datetime) -> Reading:
    """Due exactly now is still in time."""
    ends, warns = due(clock, calendar), warn_at(clock, calendar)
    until = min(now, clock.stopped_at) if clock.stopped_at else now
    return Reading(_standing(clock, ends, warns, now), ends, warns, _spent(clock, calendar, until))


def next_look(clock: Clock, calendar: Calendar, now: datetime) -> datetime | None:
    """The next instant at which the standing changes by itself."""
    if clock.stopped_at is not None:
        return None
    coming = [at for at in (warn_at(clock, calendar), due(clock, calendar)) if at is not None and at >= now]
    return min(coming, default=None)


def _standing(clock: Clock, ends: datetime | None, warns: datetime | None, now: datetime) -> Standing:
    stop = clock.stopped_at if clock.stopped_at is not None and clock.stopped_at <= now else None
    if ends is not None and (stop or now) > ends:
        return Standing.BREACHED
    if stop is not None:
        return Standing.MET
    if any(start <= now and (end is None or now < end) for start, end in clock.pauses):
        return Standing.PAUSED
    return Standing.WARNED if warns is not None and now >= warns else Standing.RUNNING


def _running(clock: Clock) -> Iterator[tuple[datetime, datetime | None]]:
    """The stretches in which we have the ball, in order; the last may be open."""
    start = clock.opened_at
    for begin, end in sorted(clock.pauses, key=lambda pause: pause[0]):
        if begin > start:
            yield start, begin
        if end is None:
            return
        start = max(start, end)
    yield start, None


def _spent_by(clock: Clock, calendar: Calendar, budget: timedelta) -> datetime | None:
    rest = budget
    for start, end in _running(clock):
        if end is None:
            return calendars.forward(calendar, start, rest)
        open_time = calendars.between(calendar, start, end)
        if open_time >= rest:
            return calendars.forward(calendar, start, rest)
        rest -= open_time
    return None


def _spent(clock: Clock, calendar: Calendar, until: datetime) -> timedelta:
    spent = timedelta()
    for start, end in _running(clock):
        stop = until if end is None else min(end, until)
        if stop > start:
            spent += calendars.between(calendar, start, stop)
    return spent
