"""Killing: now and then, at a moment of the ledger's protocol, or not quite: SIGSTOP, and SIGCONT later."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import urlsplit

from tests.torture import moments
from tests.torture.line import POSTGRES, PREFECT, Line, holder_of, is_alive, is_at_work, is_worker
from tests.torture.moments import Moment
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

    def _at_a_moment(self, moment: Moment) -> None:
        ready = self._ready()
        if not any(map(is_worker, ready)):
            self._bag.insert(0, partial(self._at_a_moment, moment))  # later, when there is one
            self._anybody()
            return
        with moments.held(self.line.addresses, moment) as port:
            if port is None:
                self.missed[moment.name] += 1
                return
            for name in self._who(moment, port, ready):
                self._kill(name, ready, moment.name)

    def _who(self, moment: Moment, port: int, ready: dict[str, int]) -> list[str]:
        """Mostly whoever is held; now and then the database or the engine under it."""
        draw = self.chance.random()
        if POSTGRES in ready and draw < 0.1:
            return [POSTGRES]
        match moment.who:
            case "prefect":
                return [PREFECT] if PREFECT in ready else []
            case "a worker":
                return [name for name in ready if is_worker(name)]
            case "its process":
                name = holder_of(port, ready)
                if name is not None and draw > 0.9:
                    self._pause(ready[name], self.line.lease() + 3)
                    return []
                return [name] if name is not None else []

    def _sweeper(self, moment: Moment) -> None:
        """A sweep is asked for, and held on its way."""
        ready = self._ready()
        asking = threading.Thread(target=self._ask, daemon=True)
        with moments.closed(self.line.addresses["store"], moment.gates[0]):
            asking.start()  # it may be held, too: it asks in the database that is locked
            deadline = time.monotonic() + moments.PATIENCE
            while (sweeper := moments.sweeping(self.line.addresses["store"])) is None:
                if time.monotonic() > deadline:
                    self.missed[moment.name] += 1
                    return
                time.sleep(0.05)
            name = holder_of(sweeper, ready)
            if name is not None:
                self._kill(name, ready, moment.name)

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
