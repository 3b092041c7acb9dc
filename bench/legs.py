"""Legs with the human approval, through a Prefect server and our worker, beside `prefect serve`."""

from __future__ import annotations

import socket
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from subprocess import Popen
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pyotp

from bench import measure
from bench.measure import Server
from bench.refund8 import desk as refund8
from makegood.core.money import Money
from makegood.desk.desk import Desk
from makegood.gateways.http import open_client
from makegood.gateways.prefect import Prefect
from makegood.running import parts
from makegood.store import people
from makegood.store.people import NewPerson
from makegood.store.words import Role

_WAITING = (
    "select a.run_id from approvals a join cases c on c.id = a.case_id"
    " where a.status = 'open' and a.run_id is not null and c.status = 'suspended'"
    " and c.order_ref = any(%s)"
)
_SUSPENDED = "select count(*) from flow_run where id = any(%s) and state_type = 'PAUSED'"
_CLOSED = "select count(*) from cases where status = 'closed' and order_ref = any(%s)"


@dataclass
class Line:
    """What is running: a desk of our own, connections to look with into the ticket store and into Prefect's
    database, and the processes whose CPU counts. Prefect's API is not asked where runs stand: its answers
    would be its CPU."""

    desk: Desk
    prefect: Prefect
    cases: psycopg.Connection[Any]
    runs: psycopg.Connection[Any]
    server: Popen[bytes]
    worker: Popen[bytes]
    secrets: list[tuple[str, str]]

    @property
    def roots(self) -> list[int]:
        return [self.server.pid, self.worker.pid]


def run(server: Server, many: int, latencies: int, tasks: bool, folder: Path) -> dict[str, Any]:
    """Started, approved, closed; then single approvals on an idle line."""
    with _line(server, many + latencies + 4, tasks, folder) as line:
        _through(line, ["pw-1", "pw-2"])
        refs = [f"p-{n}" for n in range(many)]
        line.desk.shop.books.add(refs)  # type: ignore[attr-defined]  # the bench's own shop
        with measure.measured(line.roots, server) as started:
            refund8.accept(line.desk, refs)
            waiting = _until_waiting(line, refs)
        with measure.measured(line.roots, server) as closed:
            _approve(line, waiting)
            count = _until_closed(line, refs)
        spent = [_latency(line, f"pl-{n}") for n in range(latencies)]
        return {
            "engine": f"makegood legs{' with task runs' if tasks else ''}",
            "cases": many,
            "closed": count,
            "start_seconds": round(started.seconds, 3),
            "close_seconds": round(closed.seconds, 3),
            "start_per_s": round(many / started.seconds, 3),
            "close_per_s": round(count / closed.seconds, 3),
            "cpu_per_case": round((started.cpu + closed.cpu) / many, 4),
            "pg_cpu_per_case": round((started.database + closed.database) / many, 4),
            "lat_p50_ms": round(statistics.median(spent) * 1000, 1) if spent else None,
            "other_cores": max(started.others, closed.others),
        }


@contextmanager
def _line(server: Server, approvers: int, tasks: bool, folder: Path) -> Iterator[Line]:
    store, books = server.fresh("bench_legs"), server.fresh("bench_legs_books")
    own = server.fresh("bench_prefect")
    engine = own.replace("postgresql://", "postgresql+asyncpg://")
    refund8.prepare(store, books)
    ahead, port = refund8.until_noon(), _free_port()
    api = f"http://127.0.0.1:{port}/api"
    env = {
        **parts.PREFECT_TUNING,
        "PREFECT_API_URL": api,
        "PREFECT_HOME": str(folder / "prefect"),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": engine,
        "DO_NOT_TRACK": "1",
        "MAKEGOOD_HOME": str(folder / "home"),
        "MAKEGOOD_DATABASE_URL": store,
        "MAKEGOOD_MASTER_KEY": refund8.KEY,
        "MAKEGOOD_SOPS": str(refund8.SOPS),
        "MAKEGOOD_PREFECT_API_URL": api,
        "MAKEGOOD_STEPS_AS_TASK_RUNS": str(tasks).lower(),
    }
    desk = refund8.make(refund8.settings(store), books, ahead)
    prefect = Prefect(open_client(), api)
    started: list[Popen[bytes]] = []
    try:
        command = [sys.executable, "-m", "flows.prefect_server", "server", "start", "--port", str(port)]
        started.append(measure.spawn(command, folder / "server.log", **env))
        _until(lambda: _answers(api), 120, "Prefect's server")
        apply = measure.spawn([sys.executable, "-m", "flows.deployments"], folder / "apply.log", **env)
        assert apply.wait(120) == 0, (folder / "apply.log").read_text()[-800:]
        told = [books, str(ahead.total_seconds())]
        log = folder / "worker.log"
        started.append(measure.spawn([sys.executable, "-m", "bench.refund8.worker", *told], log, **env))
        _until(lambda: b"worker up" in log.read_bytes(), 60, "the worker")
        with psycopg.connect(store, autocommit=True) as cases, psycopg.connect(own, autocommit=True) as runs:
            yield Line(desk, prefect, cases, runs, started[0], started[1], _hire(desk, approvers))
    finally:
        for process in reversed(started):
            measure.end(process)
        desk.store.close()


def _hire(desk: Desk, many: int) -> list[tuple[str, str]]:
    """As many supervisors as approvals: a one-time code is good for one."""
    hired = []
    with desk.store.begin() as tx:
        for n in range(many):
            limit = Money(minor=50_000, currency="EUR")
            new = NewPerson(
                id=f"sup-{n}", name=f"Sup {n}", role=Role.SUPERVISOR, limit=limit, markets=("DE",)
            )
            parsed = pyotp.parse_uri(people.add(tx, new, desk.now()).uri)
            hired.append((new.id, parsed.secret))
    return hired


def _approve(line: Line, waiting: Sequence[UUID]) -> None:
    """Each by another person, sixteen at once, as the peers' driver does."""

    def one(run: UUID) -> None:
        person, secret = line.secrets.pop()
        code = pyotp.TOTP(secret).at(datetime.now(UTC))
        line.prefect.resume(
            run, {"decision": "approve", "amount": "", "approver": person, "code": code, "note": ""}
        )

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(one, waiting))


def _through(line: Line, refs: list[str]) -> None:
    line.desk.shop.books.add(refs)  # type: ignore[attr-defined]  # the bench's own shop
    refund8.accept(line.desk, refs)
    _approve(line, _until_waiting(line, refs))
    assert _until_closed(line, refs) == len(refs)


def _latency(line: Line, ref: str) -> float:
    line.desk.shop.books.add([ref])  # type: ignore[attr-defined]  # the bench's own shop
    refund8.accept(line.desk, [ref])
    waiting = _until_waiting(line, [ref])
    time.sleep(0.5)
    begun = time.monotonic()
    _approve(line, waiting)
    _until_closed(line, [ref], 0.002)
    return time.monotonic() - begun


def _until_waiting(line: Line, refs: list[str], patience: float = 600) -> list[UUID]:
    """Suspended in Prefect's database, and in our store."""
    deadline = time.monotonic() + patience
    while True:
        runs = [run for (run,) in line.cases.execute(_WAITING, [refs])]
        if len(runs) == len(refs) and line.runs.execute(_SUSPENDED, [runs]).fetchone() == (len(runs),):
            return runs
        assert time.monotonic() < deadline, f"{len(runs)} of {len(refs)} wait"
        time.sleep(0.02)


def _until_closed(line: Line, refs: list[str], every: float = 0.02, patience: float = 600) -> int:
    deadline = time.monotonic() + patience
    while True:
        (count,) = line.cases.execute(_CLOSED, [refs]).fetchone() or (0,)
        if count == len(refs) or time.monotonic() > deadline:
            return count
        time.sleep(every)


def _answers(api: str) -> bool:
    try:
        return httpx.get(f"{api}/health", timeout=2).status_code == 200
    except httpx.TransportError:
        return False


def _until(holds: Callable[[], bool], patience: float, what: str) -> None:
    deadline = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < deadline, f"{what} did not come up within {patience:.0f} s"
        time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
