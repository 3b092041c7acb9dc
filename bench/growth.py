"""Growth: what a case costs in the bulk lane beside a thousand cases, and beside a hundred thousand."""

from __future__ import annotations

import statistics
from pathlib import Path
from typing import Any

from sqlalchemy import text

from bench import bulk
from bench.measure import Server
from bench.refund8 import desk as refund8
from makegood.desk import bulk as lane
from makegood.desk.desk import Desk

_COPIES = Path(__file__).with_suffix(".sql")


def run(server: Server, sizes: tuple[int, int], many: int, rounds: int, log: Path) -> list[dict[str, Any]]:
    """Rounds alternate between the stores. Rows carry the median cost of a case, in ms of CPU and of time."""
    names = {size: f"bench_growth_{size}" for size in sizes}
    for size, name in names.items():
        _fill(server, name, size)
    rows: dict[int, list[dict[str, Any]]] = {size: [] for size in sizes}
    for number in range(rounds):
        for size, name in names.items():
            rows[size].append(_beside(server, many, log, name, number))
    return [_told(size, found) for size, found in rows.items()]


def _beside(server: Server, many: int, log: Path, store: str, number: int) -> dict[str, Any]:
    books = f"bench_growth_books_{number}"
    return bulk.ours(server, many, log, store=store, books=books, mark=str(number), kept=True)


def _told(size: int, found: list[dict[str, Any]]) -> dict[str, Any]:
    cost = [(row["cpu"] + row["database_cpu"]) * 1000 / row["closed"] for row in found]
    time = [row["seconds"] * 1000 / row["closed"] for row in found]
    return {
        "engine": "makegood bulk",
        "store": size,
        "rounds": found,
        "cpu_ms_per_case": round(statistics.median(cost), 3),
        "ms_per_case": round(statistics.median(time), 3),
    }


def _fill(server: Server, name: str, size: int) -> None:
    store, books = server.fresh(name), server.fresh("bench_growth_books")
    refund8.prepare(store, books)
    desk = refund8.make(refund8.settings(store), books, refund8.until_noon())
    desk.shop.books.add(["seed"])  # type: ignore[attr-defined]  # the bench's own shop
    refund8.accept(desk, ["seed"])
    lane.drain(desk, "seed")
    _copy(desk, size)
    desk.store.close()


def _copy(desk: Desk, size: int) -> None:
    with desk.store.begin() as tx:
        seed = tx.session.execute(text("select id, customer_id, order_id from cases")).one()
        values = {"case": seed.id, "customer": seed.customer_id, "order": seed.order_id, "many": size}
        for statement in filter(str.strip, _COPIES.read_text().split(";\n")):
            wanted = {name: value for name, value in values.items() if f":{name}" in statement}
            tx.session.execute(text(statement), wanted)
    with desk.store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum analyze"))
