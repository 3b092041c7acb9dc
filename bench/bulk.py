"""The bulk lane beside the bare loop, DBOS and Restate: refund-8 with the approval given by rule."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import measure
from bench.measure import Server
from bench.refund8 import desk as refund8
from bench.refund8.seller import Books

_REFUNDS = "select count(*) from refunds where case_id not like 'w%%'"


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
) -> dict[str, Any]:
    """Both databases are made anew, save a store that is filled already."""
    told = _addresses(server, store, books)
    ahead = refund8.until_noon()
    desk = refund8.make(refund8.settings(told[0]), told[1], ahead)
    warm = [f"w{mark}-{store}-{n}" for n in range(5)]  # as the peers are warmed up
    refs = [f"a{mark}-{store}-{n}" for n in range(many)]
    if plant is not None:
        plant(warm + refs)
    desk.shop.books.add(warm + refs)  # type: ignore[attr-defined]  # the bench's own shop
    refund8.accept(desk, warm)
    command = [sys.executable, "-m", "bench.refund8.drain", told[0], told[1], str(ahead.total_seconds())]
    process = subprocess.Popen(
        [*command, *(["--seller", seller] if seller else [])],
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
    before = _closed(server, store)
    with measure.measured([process.pid], server) as spent:
        process.stdin.write(b"go\n")
        process.stdin.flush()
        answer = process.stdout.readline()
    process.wait()
    closed = _closed(server, store) - before
    result = json.loads(answer)
    return {
        "engine": "makegood bulk",
        "cases": many,
        "closed": closed,
        "seconds": round(spent.seconds, 4),
        "accept_seconds": round(accepted.seconds, 4),
        "cpu": round(float(result["cpu"]), 3),
        "database_cpu": round(spent.database, 3),
        "other_cores": spent.others,
        "commits_per_case": round((server.commits(store) - commits[0]) / many, 3),
        "effects_commits_per_case": round((server.commits(books) - commits[1]) / many, 3),
        "counts": result["counts"],
        "refunds": None if seller else server.ask(books, _REFUNDS),
    }


def _addresses(server: Server, store: str, books: str) -> tuple[str, str]:
    kept = store in server.made
    told = (f"{server.address}/{store}" if kept else server.fresh(store)), server.fresh(books)
    if not kept:
        refund8.prepare(*told)
    Books(told[1]).make()
    return told


def _closed(server: Server, store: str) -> int:
    return int(server.ask(store, "select count(*) from cases where outcome = 'refunded'"))


def rate(row: dict[str, Any]) -> float:
    """Cases closed in a second. For a peer whichever is better: from the first case handed over, or what
    was left to do after the last."""
    whole = row["closed"] / row["seconds"]
    early = row.get("closed_while_accepting")
    left = row["seconds"] - row["accept_seconds"]
    if early is None or left <= 0:
        return float(whole)
    return float(max(whole, (row["closed"] - early) / left))
