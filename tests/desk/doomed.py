"""A worker as a process: drives one case of a test's database, and dies over it when it is told to.

    python -m tests.desk.doomed [--as HOW] URL [--apart] CASE HOLDER

HOW is `segfault`, `killed` or `out-of-memory`; it strikes in the first call to the shop, which is where
the case's lease is held and nothing of the call is journalled yet.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import resource
import signal
import sys
from datetime import timedelta
from typing import Any

from flows.apart import write
from flows.real_desk import RealDesk
from makegood.desk import legs
from tests.desk.bench import make_bench, perform
from tests.fakes import order

LEASE, CALL = timedelta(seconds=3), timedelta(milliseconds=200)


def _segfault(*_: Any) -> Any:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    ctypes.string_at(0)


def _killed(*_: Any) -> Any:
    os.kill(os.getpid(), signal.SIGKILL)


def _out_of_memory(*_: Any) -> Any:
    """What the kernel does to the process that took too much; taking it for real would end others, too."""
    taken = [bytearray(1_000_000) for _ in range(50)]
    os.kill(os.getpid(), signal.SIGKILL)
    return taken


DEATHS = {"segfault": _segfault, "killed": _killed, "out-of-memory": _out_of_memory}


def main() -> int:
    told = argparse.ArgumentParser()
    told.add_argument("--as", dest="how")
    told.add_argument("url")
    told.add_argument("--apart", action="store_true")
    told.add_argument("case")
    told.add_argument("holder")
    given = told.parse_args()
    bench = make_bench(given.url, order(), order("B-1"), lease=LEASE, call_time=CALL)
    if given.how:
        bench.world.shop.load = DEATHS[given.how]  # type: ignore[method-assign]
    if given.apart:
        desk = RealDesk(bench.desk)
        sys.stdout.write(write(desk.drive_apart(given.case, given.holder)) + "\n")
    else:
        legs.drive(bench.desk, given.case, given.holder, perform)
    return 0


if __name__ == "__main__":
    sys.exit(main())
