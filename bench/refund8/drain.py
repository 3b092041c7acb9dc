"""Drains the bulk lane in a process of its own: `python -m bench.refund8.drain STORE BOOKS AHEAD [options]`.

What is measured from outside is this process; what it closed is counted in the database.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
import time
from datetime import timedelta

from bench.refund8 import desk
from makegood.desk import bulk


def main() -> None:
    told = argparse.ArgumentParser()
    told.add_argument("store")
    told.add_argument("books")
    told.add_argument("ahead", type=float, help="seconds by which the cases' clock is ahead")
    told.add_argument("--lease", type=float, default=60.0)
    told.add_argument("--size", type=int, default=bulk.SIZE)
    told.add_argument("--lanes", type=int, default=bulk.LANES)
    told.add_argument("--calls", type=int, default=bulk.CALLS)
    told.add_argument("--seller", default="", help="address of a Seller API, instead of the books")
    told.add_argument("--cold", action="store_true", help="begin at once, with nothing loaded before")
    wanted = told.parse_args()
    made = desk.make(
        desk.settings(wanted.store, wanted.seller),
        wanted.books,
        timedelta(seconds=wanted.ahead),
        wanted.seller,
    )
    made = dataclasses.replace(made, lease=timedelta(seconds=wanted.lease))
    if not wanted.cold:
        bulk.drain(made, "warm-up")
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    begun, cpu = time.monotonic(), time.process_time()
    counts = bulk.drain(made, "bench", size=wanted.size, lanes=wanted.lanes, calls=wanted.calls)
    spent = {"seconds": time.monotonic() - begun, "cpu": time.process_time() - cpu}
    sys.stdout.write(json.dumps({"counts": dict(counts), **spent}) + "\n")


if __name__ == "__main__":
    main()
