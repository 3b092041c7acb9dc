"""The bulk lane beside the bare loop, DBOS and Restate: refund-8 with the approval given by rule."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import measure
from bench.measure import Server
from bench.refund8 import desk as refund8
from bench.refund8.drain import WARM
from bench.refund8.seller import Books

_REFUNDS = "select count(*) from refunds where case_id not like 'w%%' and attempts = 1"
_PAID = "select count(*) from effects where action = 'payment.refund' and status = 'done'"
PROCESSES = min(os.cpu_count() or 1, 4)
"""As many as `makegood bulk` has by itself."""


def ours(
    server: Server,
    many: int,
    log: Path,
    *,
    store: str = "bench_store",
    books: str = "bench_books",
    seller: str = "",
    mark: str = "",
    plant: Callable[[list[str]], None] | None = None,
    kept: bool = False,
) -> dict[str, Any]:
    """Both databases are made anew, save a store that is to be `kept` with what it is filled with.

    `mark` then tells this round's orders from another's.
    """
    told = _addresses(server, store, books, kept=kept)
    ahead = refund8.until_noon()
    desk = refund8.make(refund8.settings(told[0]), told[1], ahead)
    warm = [f"w{mark}-{store}-{n}" for n in range(WARM * PROCESSES)]  # as the peers are
    refs = [f"a{mark}-{store}-{n}" for n in range(many)]
    if plant is not None:
        plant(warm + refs)
    desk.shop.books.add(warm + refs)  # type: ignore[attr-defined]  # the bench's own shop
    refund8.accept(desk, warm)
    command = [sys.executable, "-m", "bench.refund8.drain", told[0], told[1], str(ahead.total_seconds())]
    process = subprocess.Popen(
        [*command, "--processes", str(PROCESSES), *(["--seller", seller] if seller else [])],
        cwd=measure.ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log.open("ab"),
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    with measure.measured([], server) as accepted:
        refund8.accept(desk, refs)
    desk.store.close()
    commits = server.commits(store), server.commits(books)
    before = _closed(server, store), _paid(server, store)
    with measure.measured([process.pid], server) as spent:
        process.stdin.write(b"go\n")
        process.stdin.flush()
        answer = process.stdout.readline()
    process.stdin.close()
    process.wait()
    closed, paid = _closed(server, store) - before[0], _paid(server, store) - before[1]
    refunds = paid if seller else server.ask(books, _REFUNDS)
    assert closed == paid == refunds == many, f"{closed} of {many} closed, {paid} paid, {refunds} refunds"
    result = json.loads(answer)
    return {
        "engine": "makegood bulk",
        "cases": many,
        "closed": closed,
        "seconds": round(spent.seconds, 4),
        "accept_seconds": round(accepted.seconds, 4),
        "processes": PROCESSES,
        "cpu": round(spent.cpu, 3),
        "database_cpu": round(spent.database, 3),
        "other_cores": spent.others,
        "commits_per_case": round((server.commits(store) - commits[0]) / many, 3),
        "effects_commits_per_case": round((server.commits(books) - commits[1]) / many, 3),
        "counts": result["counts"],
        "refunds": refunds,
    }


def _addresses(server: Server, store: str, books: str, *, kept: bool) -> tuple[str, str]:
    told = (f"{server.address}/{store}" if kept else server.fresh(store)), server.fresh(books)
    if not kept:
        refund8.prepare(*told)
    Books(told[1]).make()
    return told


def _closed(server: Server, store: str) -> int:
    return int(server.ask(store, "select count(*) from cases where outcome = 'refunded'"))


def _paid(server: Server, store: str) -> int:
    return int(server.ask(store, _PAID))


def rate(row: dict[str, Any]) -> float:
    """Cases closed in a second. For a peer whichever is better: from the first case handed over, or what
    was left to do after the last."""
    whole = row["closed"] / row["seconds"]
    early = row.get("closed_while_accepting")
    left = row["seconds"] - row["accept_seconds"]
    if early is None or left <= 0:
        return float(whole)
    return float(max(whole, (row["closed"] - early) / left))
