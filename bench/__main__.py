"""`make bench`: one interleaved run, one table, raw rows in bench/results/, and a line of JSON at the end.

BENCH_SCALE=0.1 makes every count smaller, for a try; BENCH_ONLY=bulk,sweep runs some parts only.
"""

from __future__ import annotations

import functools
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import bulk, growth, http, legs, sweep, table
from bench.measure import Server
from bench.peers import homes
from bench.peers.homes import Peers
from makegood import postgres

RESULTS = Path(__file__).parent / "results"
SCALE = float(os.environ.get("BENCH_SCALE", "1"))
ONLY = set(filter(None, os.environ.get("BENCH_ONLY", "").split(",")))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "2"))


def main() -> None:
    peers, rows, answer = homes.find(say), table.Rows(say), table.Answer()
    with (
        tempfile.TemporaryDirectory(prefix="makegood-bench-") as folder,
        _server(peers, Path(folder)) as server,
    ):
        try:
            for part in (_bulk, _http, _legs, _growth, _sweep):
                if not ONLY or part.__name__.removeprefix("_") in ONLY:
                    part(server, peers, Path(folder), rows, answer)
        finally:
            server.drop_all()
    RESULTS.mkdir(exist_ok=True)
    file = RESULTS / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows.kept))
    say(f"rows: bench/results/{file.name}")
    say(rows.markdown())
    sys.stdout.write(json.dumps(asdict(answer)) + "\n")


def say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def _many(count: int) -> int:
    return max(int(count * SCALE), 4)


def _bulk(server: Server, peers: Peers, folder: Path, rows: table.Rows, answer: table.Answer) -> None:
    """Each round: the bare loop, ours, Restate, DBOS."""
    counts = {"bare": _many(1000), "restate": _many(600), "dbos": _many(300)}
    for _ in range(ROUNDS):
        for engine in ("bare", "ours", "restate", "dbos"):
            if engine == "ours":
                rows.add("bulk", "makegood bulk", bulk.ours(server, _many(2000), folder / "bulk.log"))
            else:
                rows.add("bulk", engine, peers.by_rule(engine, counts[engine]))
    mine = rows.median("makegood bulk", bulk.rate)
    answer.bulk_vs_bare = table.ratio(mine, rows.median("bare", bulk.rate))
    answer.bulk_vs_restate = table.ratio(mine, rows.median("restate", bulk.rate))
    answer.bulk_vs_dbos = table.ratio(mine, rows.median("dbos", bulk.rate))


def _http(server: Server, peers: Peers, folder: Path, rows: table.Rows, answer: table.Answer) -> None:
    """The second table: refund and notice are POSTs to the sandbox, which one process serves to all."""
    many = _many(300)
    for engine in ("bare", "ours", "restate", "dbos"):
        with http.sandbox(server, 8699, folder) as address:
            if engine == "ours":
                plant = functools.partial(http.plant, address)
                log = folder / "http.log"
                rows.add(
                    "http",
                    "makegood bulk, HTTP",
                    bulk.ours(server, many, log, seller=f"http://{address}", plant=plant),
                )
            else:
                mark = f"{engine}-"
                http.plant(
                    address, [f"w-{mark}{n}" for n in range(5)] + [f"a-{mark}{n}" for n in range(many)]
                )
                rows.add("http", f"{engine}, HTTP", peers.by_rule(engine, many, address, mark))


def _legs(server: Server, peers: Peers, folder: Path, rows: table.Rows, answer: table.Answer) -> None:
    """Each round: ours without and with task runs, `prefect serve` as documented, and at its fastest poll."""
    for number in range(ROUNDS):
        for tasks in (False, True):
            name = "legs, tasks" if tasks else "legs"
            home = folder / f"{name}-{number}"
            home.mkdir()
            rows.add("legs", name, legs.run(server, _many(60), _many(10), tasks, home))
        rows.add("legs", "serve", peers.prefect("serve-pg", _many(8), 3))
    rows.add("legs", "servefast", peers.prefect("servefast-pg", 0, _many(5)))
    mine, shown, serve = (rows.only(name) for name in ("legs", "legs, tasks", "serve"))
    answer.legs_start_vs_serve = table.ratio(mine("start_per_s"), serve("start_per_s"))
    answer.legs_close_vs_serve = table.ratio(mine("close_per_s"), serve("close_per_s"))
    both = [
        table.ratio(shown("start_per_s"), serve("start_per_s")),
        table.ratio(shown("close_per_s"), serve("close_per_s")),
    ]
    answer.legs_tasks_vs_serve = min((each for each in both if each is not None), default=None)
    latency = mine("lat_p50_ms")
    answer.legs_latency_vs_serve = table.ratio(serve("lat_p50_ms"), latency)
    answer.legs_latency_vs_servefast = table.ratio(rows.only("servefast")("lat_p50_ms"), latency)
    answer.legs_cpu_vs_serve = table.ratio(_cpu(serve), _cpu(mine))


def _cpu(of: Any) -> float | None:
    engine, database = of("cpu_per_case"), of("pg_cpu_per_case")
    return None if engine is None or database is None else engine + database


def _growth(server: Server, peers: Peers, folder: Path, rows: table.Rows, answer: table.Answer) -> None:
    sizes = (_many(1000), _many(100_000))
    small, large = growth.run(server, sizes, _many(1000), ROUNDS, folder / "growth.log")
    for row in (small, large):
        rows.add("growth", f"beside {row['store']}", row)
    answer.growth_100k = table.ratio(large["cpu_ms_per_case"], small["cpu_ms_per_case"])


def _sweep(server: Server, peers: Peers, folder: Path, rows: table.Rows, answer: table.Answer) -> None:
    row = sweep.run(server, _many(1_000_000), _many(10_000))
    rows.add("sweep", "sweep", row)
    answer.sweep_idle_ms = round(statistics.median(row["idle_ms"]), 2)
    answer.sweep_10k_s = row["seconds"]


@contextmanager
def _server(peers: Peers, folder: Path) -> Iterator[Server]:
    """The peers' own, so that all share one; without peers, the embedded one."""
    known = homes.postmaster(peers.home) if peers.home is not None else None
    if known is not None:
        pid, port = known
        yield Server(f"postgresql://postgres@127.0.0.1:{port}", pid)
        return
    started = postgres.start(folder / "postgres" / "data")
    try:
        address = started.url.replace("+psycopg", "").rsplit("/", 1)[0]
        yield Server(address, started.pid)
    finally:
        postgres.stop(started)


if __name__ == "__main__":
    main()
