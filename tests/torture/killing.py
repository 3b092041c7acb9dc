"""Killing: now and then, at a moment of the ledger's protocol, or not quite: SIGSTOP, and SIGCONT later."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import urlsplit

from tests.torture import moments
from tests.torture.line import POSTGRES, PREFECT, Line, holder_of, is_alive, is_at_work, is_worker
from tests.torture.moments import Held, Moment
from tests.torture.people import AWAY

ANYWHERE = "anywhere"
GRACE = 2.0  # seconds that a part gets to do some work before it is killed


@dataclass
class Killer:
    """`kills` counts by what was killed and where; `stops` by how long it was stopped.

    `at` are the moments that this line can be held at, `anywhere` is how many kills go with one round of
    them; `missed` are those at which nobody came by.
    """

    line: Line
    chance: random.Random
    at: Sequence[Moment]
    weights: dict[str, float]
    anywhere: int = 8
    grace: float = GRACE
    kills: Counter[tuple[str, str]] = field(default_factory=Counter)
    stops: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    _bag: list[Callable[[], None]] = field(default_factory=list)
    _seen: dict[int, float] = field(default_factory=dict)  # process id: since when it is known
    _stopped: dict[int, float] = field(default_factory=dict)  # process id: when it goes on

    @property
    def count(self) -> int:
        return sum(self.kills.values())

    def once(self) -> bool:
        """One attempt, from a bag in which each kind lies as often as it should come: nothing is left out.
        False when nobody was killed."""
        self.wake_up()
        if not self._bag:
            self._bag = [partial(self._at_a_moment, moment) for moment in self.at]
            self._bag += [partial(self._sweeper, moment) for moment in moments.SWEEP]
            self._bag += [self._anybody] * self.anywhere + [self._stop]
            self.chance.shuffle(self._bag)
        before = self.count
        with suppress(*AWAY):  # the server is away: killed by ourselves a moment ago
            self._bag.pop()()
        return self.count > before

    def wake_up(self, *, all_of_them: bool = False) -> None:
        for pid, until in list(self._stopped.items()):
            if all_of_them or time.monotonic() >= until:
                del self._stopped[pid]
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)

    def _ready(self) -> dict[str, int]:
        """Parts that have been at work for a while, and are not stopped."""
        now, port = time.monotonic(), urlsplit(self.line.addresses["store"]).port or 0
        parts = {n: p for n, p in self.line.parts().items() if is_alive(p) and is_at_work(n, p, port)}
        self._seen = {pid: self._seen.get(pid, now) for pid in parts.values()}
        return {
            name: pid
            for name, pid in parts.items()
            if now - self._seen[pid] >= self.grace and pid not in self._stopped
        }

    def _anybody(self) -> None:
        ready = self._ready()
        weights = [self.weights.get(name.split("-")[0], 1.0) for name in ready]
        if ready:
            self._kill(self.chance.choices(list(ready), weights)[0], ready, ANYWHERE)

    def _at_a_moment(self, moment: Moment, again: bool = True) -> None:
        ready = self._ready()
        if not self._can_come(moment, ready):
            self._later(partial(self._at_a_moment, moment, again))
            return
        # who presses Resume writes where we look for who suspends
        quiet = self.line.people.pressing if moment.who != "its process" else nullcontext()
        with quiet, moments.held(self.line.addresses, moment, partial(holder_of, parts=ready)) as who:
            if who is None:
                self._nobody(moment, again)
                return
            self._strike(moment, who, ready)

    def _later(self, attempt: Callable[[], None]) -> None:
        """Two may be down at the same time; but who kills the database while the engine starts, or workers
        all the while, never sees anybody at a moment."""
        self._bag.insert(0, attempt)
        workers = {name: pid for name, pid in self._ready().items() if is_worker(name)}
        if workers and self.chance.random() < 0.15:
            self._kill(self.chance.choice(list(workers)), workers, ANYWHERE)

    def _nobody(self, moment: Moment, again: bool) -> None:
        self.missed[moment.name] += 1
        if again:
            self._bag.insert(0, partial(self._at_a_moment, moment, False))

    def _can_come(self, moment: Moment, ready: dict[str, int]) -> bool:
        """Without an engine no leg begins, and nobody comes by anywhere."""
        has_engine = PREFECT in ready or PREFECT not in self.line.parts()
        return has_engine and any(map(is_worker, ready))

    def _strike(self, moment: Moment, who: Held, ready: dict[str, int]) -> None:
        """Mostly whoever is held; now and then the database under it, or they sleep there."""
        draw = self.chance.random()
        if POSTGRES in ready and draw < 0.04:
            self._kill(POSTGRES, ready, moment.name)
            return
        match moment.who:
            case "prefect":
                self._kill(PREFECT, ready, moment.name)
            case "a worker":  # which one cannot be told: all of them, and one is counted here
                where = moment.name
                for name in filter(is_worker, ready):
                    self._kill(name, ready, where)
                    where = ANYWHERE
            case "its process" if is_worker(who.by) and draw > 0.94:
                self._pause(ready[who.by], self.line.lease() + 3)
            case "its process":
                self._kill(who.by, ready, moment.name)
        if moment.unsaid:
            who.unsay()

    def _sweeper(self, moment: Moment, again: bool = True) -> None:
        """A sweep is asked for, and held on its way."""
        ready, store = self._ready(), self.line.addresses["store"]
        if not self._can_come(moment, ready):
            self._later(partial(self._sweeper, moment, again))
            return

        def who_sweeps(port: int) -> str | None:
            name = holder_of(port, ready)
            return name if name in {holder_of(each, ready) for each in moments.sweeping(store)} else None

        gate = moment.gates[0]
        asking = threading.Thread(target=self._ask, daemon=True)
        asking.start()
        with moments.closed(store, gate) as locker:
            name = moments.waits_at(store, gate, locker, who_sweeps, 2 * moments.PATIENCE)
            if name is not None:
                self._kill(name, ready, moment.name)
        if name is None:
            self.missed[moment.name] += 1
            if again:
                self._bag.insert(0, partial(self._sweeper, moment, False))

    def _ask(self) -> None:
        with suppress(*AWAY):
            self.line.sweep()

    def _stop(self) -> None:
        workers = {name: pid for name, pid in self._ready().items() if is_worker(name)}
        if workers:
            name = self.chance.choice(list(workers))
            self._pause(workers[name], self.chance.choice((0.5, 2.0, self.line.lease() + 3)))

    def _pause(self, pid: int, seconds: float) -> None:
        """It sleeps through the end of its leases, or not; then it goes on as if nothing had happened."""
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGSTOP)
            self._stopped[pid] = time.monotonic() + seconds
            self.stops["longer than a lease" if seconds > self.line.lease() else "shorter than a lease"] += 1

    def _kill(self, name: str, ready: dict[str, int], where: str) -> None:
        if not is_alive(ready[name]):
            return
        os.kill(ready[name], signal.SIGKILL)
        self.kills[name.split("-")[0], where] += 1
