"""The sweep over a million open cases: with nothing due, and with ten thousand timers due."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

from sqlalchemy import event, text

from bench.measure import Server
from bench.refund8 import desk as refund8
from makegood.desk import auditing, sweeping
from makegood.desk.desk import Desk

_FILL = text(
    "insert into cases (number, customer_id, order_ref, procedure, version, problem, reason, market, locale,"
    " zone, channel, tier, status, opened_at, wake_at, head, seq, legs)"
    " select 'MG-2026-' || lpad((500000 + n)::text, 7, '0'), c.customer_id, 'S-' || n, c.procedure,"
    " c.version, c.problem, c.reason, c.market, c.locale, c.zone, c.channel, c.tier, 'parked', c.opened_at,"
    " cast(:later as timestamptz) + n * interval '1 second', c.head, 1, 1"
    " from generate_series(1, :many) as n, (select * from cases where number = :like) as c"
)
_ASKED = text(
    "insert into outbox (case_id, verb, dedupe_key, payload, due_at, sent_at)"
    " select id, 'start-leg', 'start-leg:' || number || '\\:1',"
    " jsonb_build_object('case', number, 'leg', 1), :now, :now from cases where legs = 1"
)
_TIMED = text(
    "insert into timers (case_id, name, due, meaning) select id, 'timeout', wake_at, 'approval: timeout'"
    " from cases where legs = 1"
)
_DUE = text(
    "update cases set wake_at = :at where id in (select id from cases where legs = 1 order by id limit :many)"
)


def run(server: Server, cases: int, due: int) -> dict[str, Any]:
    """Milliseconds of database time of a sweep with nothing due, seconds of one with `due` timers due."""
    store, books = server.fresh("bench_million"), server.fresh("bench_books_million")
    refund8.prepare(store, books)
    desk = refund8.make(refund8.settings(store), books, timedelta())
    desk.shop.books.add(["s-1"])  # type: ignore[attr-defined]  # the bench's own shop
    _fill(desk, cases)
    spent: list[float] = []
    _listen(desk, spent)
    idle = []
    for _ in range(5):
        spent.clear()
        sweeping.sweep(desk)
        idle.append(sum(spent) * 1000)
    with desk.store.begin() as tx:
        tx.session.execute(_DUE, {"at": desk.now() - timedelta(hours=1), "many": due})
    begun = time.monotonic()
    counts = sweeping.sweep(desk)
    seconds = time.monotonic() - begun
    asked = int(server.ask("bench_million", "select count(*) from outbox where sent_at is null"))
    desk.store.close()
    return {
        "engine": "makegood sweep",
        "cases": cases,
        "idle_ms": [round(each, 2) for each in idle],
        "due": due,
        "seconds": round(seconds, 3),
        "legs_asked_for": asked,
        "counts": dict(counts or {}),
    }


def _fill(desk: Desk, cases: int) -> None:
    (like,) = refund8.accept(desk, ["s-1"])
    auditing.keep_daily(desk)  # the day's checkpoint of all journals is no idle sweep's
    now = desk.now()
    with desk.store.begin() as tx:
        tx.session.execute(_FILL, {"later": now + timedelta(days=2), "many": cases, "like": like})
        tx.session.execute(_ASKED, {"now": now})
        tx.session.execute(_TIMED)
        tx.session.execute(
            text("update cases set status = 'parked', wake_at = :later where number = :like"),
            {"later": now + timedelta(days=2), "like": like},
        )
        tx.session.execute(text("update outbox set sent_at = :now where sent_at is null"), {"now": now})
    with desk.store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum analyze"))


def _listen(desk: Desk, spent: list[float]) -> None:
    """Time between a statement's start and its end, as its caller sees it."""
    begun: list[float] = []

    def before(*_: object) -> None:
        begun.append(time.perf_counter())

    def after(*_: object) -> None:
        spent.append(time.perf_counter() - begun.pop())

    event.listen(desk.store.engine, "before_cursor_execute", before)
    event.listen(desk.store.engine, "after_cursor_execute", after)
