"""The sandbox's clock: real time plus an offset that only grows."""

from datetime import datetime, timedelta

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from makegood.sandbox.database import Transaction
from makegood.sandbox.errors import Refused

FURTHEST_DAYS = 3650  # of offset: beyond it calendars and certificates have no facts


class Clock(BaseModel):
    model_config = ConfigDict(frozen=True)

    now: datetime
    offset_seconds: int = Field(description="How far ahead of real time the sandbox is.")


class Advance(BaseModel):
    seconds: int | None = Field(None, description="How far to move on.")
    to: AwareDatetime | None = Field(None, description="Or the instant to move on to.")


def read(tx: Transaction) -> Clock:
    row = tx.one("SELECT offset_seconds FROM clock")
    assert row is not None, "the schema puts the clock's only row there"
    return Clock(now=tx.now, offset_seconds=row["offset_seconds"])


def advance(tx: Transaction, move: Advance) -> Clock:
    """Both moves add when two are made at once; neither can take the clock back."""
    seconds = _seconds(tx.now, move)
    if seconds < 0:
        raise Refused(422, "clock_backwards", "The sandbox's clock only moves forward.")
    row = tx.one(
        "UPDATE clock SET offset_seconds = offset_seconds + %(seconds)s"
        " WHERE offset_seconds + %(seconds)s <= %(furthest)s RETURNING offset_seconds",
        {"seconds": seconds, "furthest": FURTHEST_DAYS * 86_400},
    )
    if row is None:
        raise Refused(422, "clock_too_far", f"At most {FURTHEST_DAYS} days ahead of real time.")
    return Clock(now=tx.now + timedelta(seconds=seconds), offset_seconds=row["offset_seconds"])


def _seconds(now: datetime, move: Advance) -> int:
    if (move.seconds is None) == (move.to is None):
        raise Refused(422, "invalid_request", "Give either 'seconds' or 'to'.")
    if move.seconds is not None:
        if abs(move.seconds) > FURTHEST_DAYS * 86_400:
            raise Refused(422, "clock_too_far", f"At most {FURTHEST_DAYS} days ahead of real time.")
        return move.seconds
    assert move.to is not None
    difference = move.to - now
    return -(-difference // timedelta(seconds=1))  # rounded up: at least that instant
