"""One leg in a process of its own, for a case that has killed its worker: `python -m flows.apart CASE RUN`.

Without Prefect: the run that started it waits, and ends as the leg ended.
"""

from __future__ import annotations

import contextlib
import json
import logging
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from flows import seam

log = logging.getLogger("makegood.flows")

COMMAND = (sys.executable, "-m", "flows.apart")


def drive(command: Sequence[str], case: str, holder: str) -> seam.Leg | None:
    """None when the process died, by whatever signal; what it broke on is in the case's journal."""
    log.warning("%s has killed its worker before: it gets a process of its own", case)
    done = subprocess.run(
        [*command, case, holder],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        start_new_session=True,  # it outlives a worker that is told to stop
    )
    if done.returncode < 0 or done.returncode == 137:
        log.error("%s has killed its own process, too (%d)", case, done.returncode)
        return None
    if done.returncode != 0:
        raise BrokeApart(done.returncode)
    return read(done.stdout)


class BrokeApart(RuntimeError):
    """The process ended by itself, without having driven the case; its words are in the worker's log."""

    def __init__(self, code: int) -> None:
        super().__init__(f"exit code {code}")
        self.code = f"exit_{code}"


def write(leg: seam.Leg) -> str:
    return json.dumps(asdict(leg))


def read(text: str) -> seam.Leg:
    """The last line: a library may have printed before."""
    told = json.loads(text.strip().splitlines()[-1])
    question = told["question"]
    return seam.Leg(told["end"], told["waits"], seam.Question(**question) if question else None)


def main() -> int:
    """Where memory runs out, the system ends this process before any other."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")
    from flows.real_desk import RealDesk

    case, holder = sys.argv[1:]
    sys.stdout.write(write(RealDesk().drive_apart(case, holder)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
