"""A case in a driver's hands: its plan, its state, its fence, and the one way to write its journal."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from makegood.core import events as ev
from makegood.core.plan import Plan
from makegood.core.state import State, apply
from makegood.desk import questions
from makegood.desk.desk import Desk
from makegood.store import journal
from makegood.store.memory import Recent
from makegood.store.transaction import Tx


@dataclass(slots=True)
class Hand:
    """What a leg holds. `run_id` is the Prefect run, where one drives; `fence` is its lease's number.

    `troubled`: the case has killed or broken what drove it before. `put_down`: the lease was given up with
    the case's last move. On the monotonic clock, `renewed` is when the lease was taken or renewed, and
    `looked` when nothing was unread at a look; `recent` is what the desk's store remembers since then.
    """

    desk: Desk
    case_id: int
    number: str
    plan: Plan
    state: State
    fence: int
    holder: str
    run_id: str | None = None
    troubled: bool = False
    renewed: float = field(default_factory=time.monotonic)
    looked: float = -math.inf
    put_down: bool = False
    recent: Recent | None = None

    def now(self) -> datetime:
        """Never before the journal's last event: a journal's instants do not run backwards."""
        return max(self.desk.clock.now(), self.state.at)

    def append(self, tx: Tx, event: ev.Event, at: datetime) -> None:
        """Onto the journal, after the last event that was folded."""
        journal.append(tx, self.case_id, [(event, at)], self.fence, after=self.state.seq)


def record(
    hand: Hand, event: ev.Event, with_: Callable[[Tx, int], None] | None = None, *, at: datetime | None = None
) -> int:
    """Journals the event, and in the same transaction what goes with it. Returns its number.

    A question that the event closes has its task or approval closed too, and a run that is suspended on
    it is ordered cancelled. Raises StaleFence when somebody else drives by now; then nothing is written.
    """
    at = at or hand.now()
    with hand.desk.store.begin() as tx:
        seq = write(tx, hand, event, at)
        if with_ is not None:
            with_(tx, seq)
    return seq


def write(tx: Tx, hand: Hand, event: ev.Event, at: datetime) -> int:
    """As `record`, within the caller's transaction."""
    state = apply(hand.state, event, hand.state.seq + 1, at)
    hand.append(tx, event, at)
    questions.follow(tx, hand, event, state, at)
    hand.state = state
    return state.seq


def load(tx: Tx, case_id: int) -> State:
    """The fold over the whole journal."""
    state: State | None = None
    for seq, at, event in journal.read(tx, case_id):
        state = apply(state, event, seq, at)
    assert state is not None, "an open case has a journal"
    return state
