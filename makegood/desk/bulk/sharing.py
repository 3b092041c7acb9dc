"""Sharing: several processes take batches of their own in one bulk run, and their counts are added up.

What is said between them is a line each. A process is given the name to hold its cases under, and says its
counts after every batch. When its input ends it finishes the batch in hand and ends, too: none outlives the
run that it works for, however that one died.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from queue import SimpleQueue
from typing import IO, Any

from makegood.desk.bulk.draining import SIZE, Drained, Tell, drain, ready
from makegood.desk.desk import Desk

log = logging.getLogger("makegood.bulk")

PATIENCE = 30.0  # seconds for the batches in hand, when a run is broken off

Drain = Callable[[str, Tell, threading.Event], Drained]
"""Takes the name to hold cases under, whom to tell, and the event that says to stop."""


def share(
    desk: Desk,
    holder: str,
    command: Sequence[str],
    *,
    processes: int | None = None,
    size: int = SIZE,
    tell: Tell | None = None,
) -> Drained:
    """As `drain`, in processes that `command` starts; in this one, where there is work for one alone.

    `processes` are the desk's unless told.
    """
    many = min(processes or desk.bulk_processes, -(-ready(desk) // size))
    if many <= 1:
        return drain(desk, holder, size=size, tell=tell)
    with started(command, many) as shares:
        return shares.drain(holder, tell)


class AllDied(RuntimeError):
    """Every process of a bulk run has died: whatever kills them, another run would meet it again."""

    code = "all_died"


class Shares:
    """The processes of a run. One that dies is not replaced: what it held is ready when its leases end."""

    def __init__(self, processes: Sequence[subprocess.Popen[bytes]]) -> None:
        self._processes = processes
        self._living = set(range(len(processes)))
        self._said: SimpleQueue[tuple[int, dict[str, Any] | None]] = SimpleQueue()
        for number, process in enumerate(processes):
            listener = threading.Thread(target=self._listen, args=(number, process.stdout), daemon=True)
            listener.start()

    def drain(self, holder: str, tell: Tell | None = None) -> Drained:
        """Until each has found nothing ready any more, or has died. Raises AllDied."""
        counts: list[Mapping[str, int]] = [{} for _ in self._processes]
        busy = set(self._living)
        for number in busy:
            with suppress(BrokenPipeError):  # its listener says so
                _write(self._processes[number].stdin, f"{holder}/{number}\n")
        while busy:
            number, said = self._said.get()
            if said is None:
                self._bury(number)
            else:
                counts[number] = said["counts"]
            if said is None or said["ended"]:
                busy.discard(number)
            if tell is not None:
                tell(_sum(counts))
        if not self._living:
            raise AllDied
        return Drained(_sum(counts), len(self._processes) - len(self._living))

    def _listen(self, number: int, lines: IO[bytes] | None) -> None:
        assert lines is not None
        for line in lines:
            with suppress(ValueError):  # half a line, as it died while it spoke; what a library has printed
                self._said.put((number, json.loads(line)))
        self._said.put((number, None))

    def _bury(self, number: int) -> None:
        self._living.discard(number)
        code = self._processes[number].wait()
        log.error("process %d of the bulk run has died (%d); its cases' leases run out", number, code)


@contextmanager
def started(command: Sequence[str], many: int) -> Iterator[Shares]:
    """At the end, also of an error's making, each finishes its batch and ends."""
    processes = [_start(command) for _ in range(many)]
    try:
        yield Shares(processes)
    finally:
        try:
            for process in processes:
                _close(process)
            for process in processes:
                process.wait(PATIENCE)
        finally:
            for process in processes:
                process.kill()
                process.wait()


def _start(command: Sequence[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is for the run, which ends its processes in order
    )


def _close(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    with suppress(BrokenPipeError):
        process.stdin.close()


def _write(pipe: IO[bytes] | None, words: str) -> None:
    assert pipe is not None
    pipe.write(words.encode())
    pipe.flush()


def _sum(counts: Sequence[Mapping[str, int]]) -> Mapping[str, int]:
    whole: Counter[str] = Counter()
    for each in counts:
        whole.update(each)
    return dict(whole)


def serve(work: Drain) -> None:
    """What a process of a run does: drains once for each line of its input, until that ends."""
    said, sys.stdout = sys.stdout, sys.stderr  # whatever prints must not break into our lines
    stop, names = threading.Event(), SimpleQueue[str | None]()

    def listen() -> None:
        # unbuffered: a thread in a buffered read would not let the process end
        with open(sys.stdin.fileno(), "rb", buffering=0, closefd=False) as lines:
            for line in lines:
                names.put(line.decode().strip())
        stop.set()
        names.put(None)

    def say(counts: Mapping[str, int], *, ended: bool = False) -> None:
        said.write(json.dumps({"counts": counts, "ended": ended}) + "\n")
        said.flush()

    threading.Thread(target=listen, daemon=True).start()
    with suppress(BrokenPipeError):  # nobody listens any more
        for name in iter(names.get, None):
            say(work(name, say, stop).counts, ended=True)
