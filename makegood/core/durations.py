"""Durations as ops write them: `3d`, `48h`, `8bh`, `3bd`, `30m`, `30s`; each says which clock it runs on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import lru_cache

from makegood.core.errors import BadInput


class Unit(StrEnum):
    """`h` and shorter are elapsed time, `d` keeps the wall clock, `bh` and `bd` count open time only."""

    SECONDS = "s"
    MINUTES = "m"
    HOURS = "h"
    DAYS = "d"
    BUSINESS_HOURS = "bh"
    BUSINESS_DAYS = "bd"


BUSINESS = frozenset({Unit.BUSINESS_HOURS, Unit.BUSINESS_DAYS})
_WRITTEN = re.compile(r"^([0-9]{1,6})(s|m|h|d|bh|bd)$")
_SECONDS = {Unit.SECONDS: 1, Unit.MINUTES: 60, Unit.HOURS: 3600, Unit.DAYS: 86400, Unit.BUSINESS_HOURS: 3600}


class BadDuration(BadInput, ValueError):
    """Text that is not a duration; also a ValueError, so that pydantic reports it at its place."""

    def __init__(self, text: object) -> None:
        super().__init__("duration", f"{text!r} is not a duration", "such as 30s, 30m, 48h, 3d, 8bh or 3bd")
        self.text = text


@dataclass(frozen=True, slots=True)
class Duration:
    """`str()` gives back what `parse` reads."""

    amount: int
    unit: Unit

    def __str__(self) -> str:
        return f"{self.amount}{self.unit.value}"

    @property
    def business(self) -> bool:
        return self.unit in BUSINESS

    @property
    def span(self) -> timedelta:
        """The length in hours or fixed days; of business hours, the open time. Business days have none."""
        if self.unit is Unit.BUSINESS_DAYS:
            raise ValueError(f"{self} has no fixed length: it takes a calendar")
        return timedelta(seconds=self.amount * _SECONDS[self.unit])


@lru_cache(maxsize=1024)
def parse(text: str) -> Duration:
    """Raises BadDuration, which is a ValueError too."""
    found = _WRITTEN.match(text.strip()) if isinstance(text, str) else None
    if found is None:
        raise BadDuration(text)
    return Duration(int(found[1]), Unit(found[2]))
