"""Putting down: how a case of a batch is left, with its timers and promises."""

from __future__ import annotations

from datetime import datetime, timedelta

from makegood.desk import promises
from makegood.desk.bulk.hands import BulkHand, Rest
from makegood.store.batch import resting

LOOK_AGAIN = timedelta(days=1)
ASKED = timedelta(minutes=2)
"""When a leg that was asked for and did not come is asked for again."""


def rest_of(hand: BulkHand, want: Rest, now: datetime) -> resting.Rest:
    """As `resting.park` and `resting.close` leave one case."""
    if want.asks:
        return resting.Rest(
            case_id=hand.case_id,
            step=hand.state.step,
            waits_on=want.waits_on,
            wake_at=now + ASKED,
            asks=True,
        )
    standings, looks = promises.projected(hand)
    if want.outcome is not None:
        return resting.Rest(case_id=hand.case_id, step=None, outcome=want.outcome, standings=standings)
    own = [(name, at, f"{hand.state.step}: {name}") for name, at in want.timers]
    timers = own + [(name, at, "service level") for name, at in looks]
    return resting.Rest(
        case_id=hand.case_id,
        step=hand.state.step,
        waits_on=want.waits_on,
        wake_at=min([at for _, at, _ in timers], default=now + LOOK_AGAIN),
        timers=timers,
        standings=standings,
    )
