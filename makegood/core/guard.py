"""The contact guard: whether a message goes out now, later, or not at all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from makegood.core import calendars
from makegood.core.calendars import Calendar

_HOUR = timedelta(hours=1)
_TIME = re.compile(r"^([01][0-9]|2[0-3]):[0-5][0-9]$")


class Kind(StrEnum):
    """`reply` answers the customer, `transactional` moves their case on, `survey` is for us."""

    REPLY = "reply"
    TRANSACTIONAL = "transactional"
    SURVEY = "survey"


class Why(StrEnum):
    """Why a message is dropped or held."""

    ERASED = "erased"
    NO_ADDRESS = "no-address"
    NO_CONSENT = "no-consent"
    ALREADY_SENT = "already-sent"
    SURVEYED_LATELY = "surveyed-lately"
    QUIET_HOURS = "quiet-hours"
    REST_DAY = "rest-day"
    TOO_MANY = "too-many"


def _clock_time(value: object) -> object:
    if not isinstance(value, time) and not _TIME.match(str(value)):
        raise ValueError(f"{value!r} is not a time of day such as 21:00")
    return value


TimeOfDay = Annotated[time, BeforeValidator(_clock_time)]


class Rules(BaseModel):
    """`contact:` of service_levels.yaml. Quiet hours run over midnight, in the recipient's zone."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    quiet_from: TimeOfDay = time(21)
    quiet_until: TimeOfDay = time(8)
    immediate_within_hours: int = Field(default=24, ge=0, le=72)
    per_day: int = Field(default=3, ge=1)
    per_week: int = Field(default=8, ge=1)
    survey_every_days: int = Field(default=30, ge=1)


@dataclass(frozen=True, slots=True)
class Outbound:
    """`notice` names this very message (its effect key): the same notice never goes out twice.

    `customer_wrote_at` is when the customer last wrote about this case: what answers them soon is immediate.
    """

    kind: Kind
    message: str
    notice: str
    automatic: bool = True
    customer_wrote_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Recipient:
    """`calendar` is that of the recipient's market; surveys keep to its working days."""

    zone: str
    consent: bool = False
    reachable: bool = True
    erased: bool = False
    calendar: Calendar | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """A message that went to this recipient, in whichever case."""

    notice: str
    message: str
    kind: Kind
    at: datetime
    automatic: bool = True


@dataclass(frozen=True, slots=True)
class Send:
    """Now."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Ask again at `until`, which is UTC; it may be held again."""

    until: datetime
    why: Why


@dataclass(frozen=True, slots=True)
class Drop:
    why: Why


Decision = Send | Hold | Drop


def judge(
    outbound: Outbound,
    recipient: Recipient,
    history: Sequence[Past],
    now: datetime,
    rules: Rules = Rules(),  # noqa: B008  frozen: the shipped rules
) -> Decision:
    """What must never go is dropped; what answers the customer soon is sent; the rest waits its turn."""
    if dropped := _drop(outbound, recipient, history, now, rules):
        return dropped
    if _answers_soon(outbound, now, rules):
        return Send()
    until, why = _not_before(outbound, recipient, history, now, rules)
    return Send() if why is None else Hold(until.astimezone(UTC), why)


def _drop(
    outbound: Outbound, recipient: Recipient, history: Sequence[Past], now: datetime, rules: Rules
) -> Drop | None:
    if recipient.erased:
        return Drop(Why.ERASED)
    if not recipient.reachable:
        return Drop(Why.NO_ADDRESS)
    if any(past.notice == outbound.notice for past in history):
        return Drop(Why.ALREADY_SENT)
    if outbound.kind is Kind.SURVEY:
        if not recipient.consent:
            return Drop(Why.NO_CONSENT)
        lately = now - timedelta(days=rules.survey_every_days)
        if any(past.kind is Kind.SURVEY and past.at > lately for past in history):
            return Drop(Why.SURVEYED_LATELY)
    return None


def _answers_soon(outbound: Outbound, now: datetime, rules: Rules) -> bool:
    if outbound.kind is Kind.SURVEY or outbound.customer_wrote_at is None:
        return False
    return now - outbound.customer_wrote_at <= rules.immediate_within_hours * _HOUR


def _not_before(
    outbound: Outbound, recipient: Recipient, history: Sequence[Past], now: datetime, rules: Rules
) -> tuple[datetime, Why | None]:
    """The first instant that no rule forbids, and the rule that forbade the last one before it."""
    at, why = now, None
    if outbound.automatic and (free := _uncapped(history, at, rules)) > at:
        at, why = free, Why.TOO_MANY
    if (awake := _awake(at, recipient.zone, rules)) > at:
        at, why = awake, Why.QUIET_HOURS
    if outbound.kind is Kind.SURVEY and (working := _working(at, recipient, rules)) > at:
        at, why = working, Why.REST_DAY
    return at, why


def _uncapped(history: Sequence[Past], at: datetime, rules: Rules) -> datetime:
    """Automatic messages only: what a person writes is neither counted nor capped."""
    for days, cap in ((7, rules.per_week), (1, rules.per_day)):
        span = timedelta(days=days)
        recent = sorted(past.at for past in history if past.automatic and past.at > at - span)
        if len(recent) >= cap:
            at = recent[-cap] + span
    return at


def _awake(at: datetime, zone: str, rules: Rules) -> datetime:
    local = at.astimezone(ZoneInfo(zone))
    start, end = rules.quiet_from, rules.quiet_until
    clock = local.time()
    over_midnight = start > end
    quiet = (clock >= start or clock < end) if over_midnight else start <= clock < end
    if not quiet:
        return at
    next_day = over_midnight and clock >= start
    return _at(local.date() + timedelta(days=next_day), end, zone)


def _working(at: datetime, recipient: Recipient, rules: Rules) -> datetime:
    if recipient.calendar is None:
        return at
    day = calendars.local_day(at, recipient.zone)
    if calendars.is_working_day(recipient.calendar, day):
        return at
    for ahead in range(1, 60):
        later = day + timedelta(days=ahead)
        if calendars.is_working_day(recipient.calendar, later):
            return _at(later, rules.quiet_until, recipient.zone)
    return at


def _at(day: date, clock: time, zone: str) -> datetime:
    return datetime.combine(day, clock, ZoneInfo(zone)).astimezone(UTC)
