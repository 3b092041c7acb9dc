"""Drains the bulk lane apart from who measures: `python -m bench.refund8.drain STORE BOOKS AHEAD [options]`.

What is measured from outside is this process with its children; what it closed is counted in the database.
It says `ready`, goes at the next line of its input, says its counts, and ends with its input.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from bench.refund8 import desk
from makegood.desk import bulk
from makegood.desk.desk import Desk
from makegood.running import collecting

WARM = 5
"""Cases that each process is warmed up with, as the peers are."""


def main() -> None:
    told = _told()
    if told.share:
        made = _made(told)
        if not told.cold:
            warm_up(made)
        collecting.rarely(collecting.BATCHES)
        bulk.serve(lambda name, tell, stop: _drain(made, told, name, tell, stop))
        return
    with _driver(told) as drain:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        begun = time.monotonic()
        drained = drain("bench")
        answer = {"counts": drained.counts, "died": drained.died, "seconds": time.monotonic() - begun}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
        sys.stdin.readline()


def _told() -> argparse.Namespace:
    told = argparse.ArgumentParser()
    told.add_argument("store")
    told.add_argument("books")
    told.add_argument("ahead", type=float, help="seconds by which the cases' clock is ahead")
    told.add_argument("--lease", type=float, default=60.0)
    told.add_argument("--size", type=int, default=bulk.SIZE)
    told.add_argument("--lanes", type=int, help="as in a bulk run, unless told")
    told.add_argument("--calls", type=int, default=bulk.CALLS)
    told.add_argument("--processes", type=int, default=1)
    told.add_argument("--seller", default="", help="address of a Seller API, instead of the books")
    told.add_argument("--cold", action="store_true", help="begin at once, with nothing driven before")
    told.add_argument("--share", action="store_true", help="one of the processes of another's run")
    return told.parse_args()


def _made(told: argparse.Namespace) -> Desk:
    settings = desk.settings(told.store, told.seller)
    made = desk.make(settings, told.books, timedelta(seconds=told.ahead), told.seller)
    return dataclasses.replace(made, lease=timedelta(seconds=told.lease))


@contextmanager
def _driver(told: argparse.Namespace) -> Iterator[Callable[[str], bulk.Drained]]:
    """As `bulk.share` has it, with the processes up before anything is measured, as the peers' are."""
    if told.processes == 1:
        made = _made(told)
        if not told.cold:
            warm_up(made)
        yield lambda name: _drain(made, told, name)
        return
    command = [sys.executable, "-m", "bench.refund8.drain", *sys.argv[1:], "--share"]
    with bulk.started(command, told.processes) as shares:
        if not told.cold:
            shares.drain("warm-up")
        yield shares.drain


def _drain(
    made: Desk,
    told: argparse.Namespace,
    name: str,
    tell: bulk.Tell | None = None,
    stop: threading.Event | None = None,
) -> bulk.Drained:
    lanes = told.lanes or (bulk.SHARED_LANES if told.share else bulk.LANES)
    how = {"size": told.size, "lanes": lanes, "calls": told.calls}
    return bulk.drain(made, name, **how, tell=tell, stop=stop)


def warm_up(made: Desk) -> None:
    """With one batch, and no more: the other processes have theirs."""
    stop = threading.Event()
    bulk.drain(made, "warm-up", size=WARM, lanes=1, tell=lambda _: stop.set(), stop=stop)


if __name__ == "__main__":
    main()
