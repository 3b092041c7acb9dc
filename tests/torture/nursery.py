"""A nursery of workers: `python -m tests.torture.nursery` imports everything once, and forks for each start.

Each that is born is `flows.worker`, as `makegood up` starts it; only its imports were done before. So it can
be killed every few seconds: a start from nothing costs four seconds of a processor.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parents[2]


class Nursery:
    """The other side: starts the process above, or another that speaks like it, and asks it for children."""

    def __init__(self, module: str, *arguments: str, log: Path, environment: Mapping[str, str]) -> None:
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                cwd=ROOT,
                env=dict(environment),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=output,
                text=True,
            )

    def bear(self) -> int:
        """The process id of a new worker."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("one more\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        """Its children see that it is gone, and go, too."""
        self._process.kill()
        self._process.wait()


def serve(work: Callable[[], object]) -> None:
    """For each line that comes in a child is born that does `work`, and its process id goes out."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead are buried by the system
    for _ in sys.stdin:
        pid = os.fork()
        if pid == 0:
            _live(work)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


def _live(work: Callable[[], object]) -> NoReturn:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.dup2(2, 1)  # what it says is for the log
    threading.Thread(target=_orphaned, args=(os.getppid(),), daemon=True).start()
    try:
        work()
    finally:
        os._exit(0)


def _orphaned(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(0)


def main() -> None:
    from flows import worker
    from makegood import wiring

    worker.prepare(wiring.settings())
    from flows import bulk, crew, prefect_patches, procedures, real_desk, sweep

    assert all((bulk, crew, prefect_patches, procedures, real_desk, sweep))
    wiring.desk()  # definitions are read; nothing is connected yet
    serve(worker.main)


if __name__ == "__main__":
    main()
