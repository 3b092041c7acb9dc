"""Deadlines that the law sets for a complaint: until when it is acknowledged, until when put right."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from makegood.core.calendars import local_day
from makegood.core.statutes import Statute, on


class Deadlines(NamedTuple):
    """`acknowledge_by` is an instant, in UTC; `redress_by` the last day, in the customer's own zone."""

    acknowledge_by: datetime | None
    redress_by: date | None


def deadlines(statute: Statute | None, received_at: datetime, zone: str) -> Deadlines:
    """Hours run on from the instant of receipt, days from the day after it; None where no law was read."""
    rule = statute.complaint if statute else None
    if statute is None or rule is None:
        return Deadlines(None, None)
    day = local_day(received_at, zone)
    hours, term = on(rule.acknowledge, day), on(rule.redress, day)
    return Deadlines(
        received_at + hours.value.span if hours else None,
        term.value.after(day, statute.rest) if term else None,
    )
