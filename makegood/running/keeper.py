"""Keeping parts alive: what dies is started again, with growing pauses, until we are told to stop.

In the terminal this is what `up` does until Ctrl-C; after `up --detach` it is a process of its own.
"""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

from makegood.core.errors import MakegoodError
from makegood.running import instance, parts, preparation, processes, startup
from makegood.running.instance import Instance
from makegood.running.startup import Say
from makegood.settings import Settings, home_folder

_EVERY = 1.0  # seconds between looks
LONGEST_PAUSE = 60.0
_STEADY = 120.0  # seconds after which a part that died is forgiven


Find = Callable[[str, Instance], parts.Part]


def _part(name: str, running: Instance) -> parts.Part:
    return parts.all_parts(running)[name]


@dataclass
class Keeper:
    """Of one instance. `longest` is the longest pause, in seconds, before another start."""

    home: Path
    say: Say
    find: Find = _part
    longest: float = LONGEST_PAUSE
    stopping: Event = field(default_factory=Event)
    _deaths: dict[str, int] = field(default_factory=dict)
    _last_start: dict[str, float] = field(default_factory=dict)
    _again: dict[str, float] = field(default_factory=dict)  # when to try

    def keep(self) -> None:
        """Until `stopping` is set, or the instance was stopped from elsewhere."""
        while not self.stopping.wait(_EVERY):
            processes.reap()
            running = instance.read(self.home)
            if running is None:
                return
            for part in sorted(running.dead, key=parts.ORDER.index):
                self._revive(part, running)
                running = instance.read(self.home) or running

    def _revive(self, part: str, running: Instance) -> None:
        now = time.monotonic()
        if part not in self._again:
            if now - self._last_start.get(part, 0.0) > _STEADY:
                self._deaths[part] = 0
            pause = min(2.0 ** self._deaths.get(part, 0) - 1, self.longest)
            self._deaths[part] = self._deaths.get(part, 0) + 1
            self._again[part] = now + pause
            self.say(part, f"died; starting it again in {pause:.0f} s")
        if now < self._again[part]:
            return
        del self._again[part]
        self._last_start[part] = now
        try:
            process = self._start(part, running)
        except (MakegoodError, OSError) as error:
            self.say(part, f"did not start: {error}")
            return
        instance.write(self.home, running.with_process(part, process))
        self.say(part, f"started again, process {process.pid}")

    def _start(self, part: str, running: Instance) -> processes.Process:
        if part == "postgres":
            return preparation.restart_embedded(self.home, running.database_url)
        return startup.spawn(self.home, self.find(part, running), parts.environment(self.home, running))


def detach(home: Path, running: Instance) -> Instance:
    """Leaves a keeper behind, in a process of its own."""
    environment = parts.environment(home, running)
    log = startup.log_of(home, "keeper")
    process = processes.spawn(("-m", "makegood.running.keeper"), environment, parts.CHECKOUT, log)
    kept = running.with_keeper(process)
    instance.write(home, kept)
    return kept


def main() -> int:
    """Ends at SIGTERM, leaving the parts to whoever sent it."""

    def say(part: str, text: str) -> None:
        sys.stdout.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {part}: {text}\n")
        sys.stdout.flush()

    keeper = Keeper(home_folder(), say, longest=Settings().restart_pause)
    signal.signal(signal.SIGTERM, lambda *_: keeper.stopping.set())
    keeper.keep()
    return 0


if __name__ == "__main__":
    sys.exit(main())
