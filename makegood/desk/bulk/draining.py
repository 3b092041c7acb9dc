"""Draining: batch after batch, until no case is ready any more."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from makegood.desk import ruling
from makegood.desk.bulk import alone, calling, rounds
from makegood.desk.bulk.batch import Batch, take
from makegood.desk.bulk.calling import Calls
from makegood.desk.bulk.hands import Rest
from makegood.desk.desk import Desk
from makegood.store.batch import taking

log = logging.getLogger("makegood.bulk")

Tell = Callable[[Mapping[str, int]], None]
"""Called with the counts by ending, after every batch."""

SIZE, LANES, CALLS = 200, 2, 8
SHARED_LANES = 1
"""Of each process that shares a run: others work while it waits, and lanes in turns cost a sixth more."""


@dataclass(frozen=True, slots=True)
class Drained:
    """How a run ended: the counts by ending, and how many of its processes have died."""

    counts: Mapping[str, int]
    died: int = 0


@dataclass
class Tally:
    """Counts by ending: closed, parked, person (a run of its own asks), stepped_back, broke."""

    counts: Counter[str] = field(default_factory=Counter)
    left: set[int] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, case_id: int, word: str) -> None:
        with self._lock:
            self.counts[word] += 1
            if word != "closed":
                self.left.add(case_id)  # not taken again: it would be due for ever

    def passed(self) -> list[int]:
        with self._lock:
            return list(self.left)


def drain(
    desk: Desk,
    holder: str,
    *,
    size: int = SIZE,
    lanes: int = LANES,
    calls: int = CALLS,
    tell: Tell | None = None,
    stop: threading.Event | None = None,
) -> Drained:
    """Takes every ready case, `size` together on each of `lanes`, with `calls` to the outside at once.

    Killed at any line it may be run again: what it held is ready when its leases have run out. Once `stop`
    is set, no further batch is taken.
    """
    tally, stop = Tally(), stop or threading.Event()

    def lane(pool: Calls, name: str) -> None:
        while not stop.is_set() and (batch := take(ruling.current(desk), name, size, tally.passed())):
            _run(batch, pool, tally)
            if tell is not None:
                tell(dict(tally.counts))

    with calling.started(calls) as pool, ThreadPoolExecutor(lanes) as threads:
        running = [threads.submit(lane, pool, f"{holder}/{number}") for number in range(lanes)]
        for each in running:
            each.result()
    return Drained(dict(tally.counts))


def ready(desk: Desk) -> int:
    """How many cases wait for a driver now."""
    with desk.store.begin() as tx:
        return taking.ready(tx, desk.now())


def _run(batch: Batch, calls: Calls, tally: Tally) -> None:
    ended: dict[int, rounds.Ended] = {}
    while batch.hands:
        try:
            done = rounds.go(batch, calls)
        except Exception:
            log.exception("a batch of %d cases came apart; each is driven alone", len(batch.hands))
            for hand in list(batch.hands.values()):
                batch.leave(hand)
            break
        for case_id, rest in done.rested.items():
            tally.add(case_id, _word(rest))
        ended |= {each.hand.case_id: each for each in done.ended}
    for taken in batch.alone:
        word = alone.drive(batch.desk, taken, batch.holder, ended.get(taken.id))
        tally.add(taken.id, "person" if word == "suspended" else word)


def _word(rest: Rest) -> str:
    if rest.outcome is not None:
        return "closed"
    return "person" if rest.asks else "parked"
