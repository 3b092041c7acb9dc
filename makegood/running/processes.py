"""Processes by id and birth: a recycled id is never taken for ours, and so never ended."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

_LOG_LIMIT = 20_000_000  # bytes; a longer log is set aside at the next start


@dataclass(frozen=True)
class Process:
    """`born` is when the system says that the process started, in seconds since 1970."""

    pid: int
    born: float

    def is_alive(self) -> bool:
        return self._find() is not None

    def ask_to_end(self) -> None:
        """SIGTERM. One that is gone is no error."""
        if (found := self._find()) is not None:
            with contextlib.suppress(psutil.NoSuchProcess):
                found.terminate()

    def end(self, timeout: float) -> None:
        """Asks, waits, then ends it and what it started."""
        self.ask_to_end()
        if self.wait(timeout):
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)  # `spawn` made it the leader of a group of its own
        self.wait(5)

    def wait(self, timeout: float) -> bool:
        """True when it ended within `timeout` seconds; a zombie that nobody reaps has ended."""
        deadline = time.monotonic() + timeout
        while self.is_alive():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True

    def _find(self) -> psutil.Process | None:
        try:
            process = psutil.Process(self.pid)
            # the system's clock ticks are coarse; a recycled id is seconds younger
            if abs(process.create_time() - self.born) > 1 or process.status() == psutil.STATUS_ZOMBIE:
                return None
        except psutil.NoSuchProcess:
            return None
        return process


def identify(pid: int) -> Process:
    """Of a process that runs now; raises psutil.NoSuchProcess otherwise."""
    return Process(pid, psutil.Process(pid).create_time())


def spawn(arguments: Sequence[str], environment: Mapping[str, str], folder: Path, log: Path) -> Process:
    """Starts Python with these arguments, apart from the terminal, writing to `log`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > _LOG_LIMIT:
        log.replace(log.with_suffix(".old.log"))
    # not readable by others: logs of the engine name cases and steps
    with os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as output:
        child = subprocess.Popen(
            [sys.executable, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(environment),
            cwd=folder,
            start_new_session=True,  # Ctrl-C is for the supervisor alone
        )
    _children.append(child)
    return identify(child.pid)


_children: list[subprocess.Popen[bytes]] = []  # kept, so that Python does not warn of lost children


def reap() -> None:
    """Lets go of children that ended, so that none stays behind as a zombie."""
    _children[:] = [child for child in _children if child.poll() is None]


def tail(log: Path, lines: int = 25) -> str:
    """The end of a log."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return "(no log)"
