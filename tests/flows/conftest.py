"""A real Prefect server on the session's PostgreSQL, and workers as processes of their own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import httpx
import pytest

from makegood import databases, postgres
from makegood.gateways.prefect import Prefect
from makegood.gateways.prefect_runs import Run
from tests.flows.fake_desk import TABLES, FakeDesk

T = TypeVar("T")
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class PrefectServer:
    api: str
    database: str
    environment: dict[str, str]

    def spawn(self, *arguments: str, log: Path, **further: str) -> subprocess.Popen[bytes]:
        """A Python process that talks to this server."""
        with log.open("ab") as output:
            return subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env=self.environment | further,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )


def until(question: Callable[[], T], seconds: float = 60) -> T:
    """The first answer that is not empty."""
    deadline = time.monotonic() + seconds
    while not (answer := question()):
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.05)
    return answer


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def serve(server: PrefectServer, folder: Path) -> subprocess.Popen[bytes]:
    """Starts Prefect's server and waits until it answers."""
    port = server.api.rsplit(":", 1)[1].removesuffix("/api")
    process = server.spawn("-m", "prefect", "server", "start", "--port", port, log=folder / "server.log")
    until(lambda: process.poll() is not None or _answers(server.api), 90)
    assert process.poll() is None, (folder / "server.log").read_text()[-2000:]
    return process


def _answers(api: str) -> bool:
    try:
        return httpx.get(f"{api}/health", timeout=2).status_code == 200
    except httpx.TransportError:
        return False


def end(process: subprocess.Popen[bytes], patience: float = 20) -> None:
    process.terminate()
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@pytest.fixture(scope="package")
def prefect_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("prefect")


@pytest.fixture(scope="package")
def prefect_server(postgres_server: postgres.Server, prefect_folder: Path) -> Iterator[PrefectServer]:
    """With the deployments applied. Tests keep apart by their cases' numbers.

    It goes after the last of them: its services would work on, beside all other tests.
    """
    databases.create_database(postgres_server.url, "prefect")
    database = postgres_server.database("prefect")
    api = f"http://127.0.0.1:{_free_port()}/api"
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"} | {
        "PREFECT_API_URL": api,
        "PREFECT_HOME": str(prefect_folder / "home"),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": database.replace("+psycopg", "+asyncpg"),
        "MAKEGOOD_HOME": str(prefect_folder / "makegood"),
    }
    server = PrefectServer(api, database, environment)
    process = serve(server, prefect_folder)
    apply = server.spawn("-m", "flows.deployments", log=prefect_folder / "deployments.log")
    assert apply.wait(60) == 0, (prefect_folder / "deployments.log").read_text()
    yield server
    end(process)
    databases.drop_database(postgres_server.url, "prefect")


@pytest.fixture(scope="package")
def prefect(prefect_server: PrefectServer) -> Iterator[Prefect]:
    with httpx.Client() as client:
        yield Prefect(client, prefect_server.api)


@pytest.fixture(scope="module")
def desk(prefect_server: PrefectServer, postgres_server: postgres.Server) -> Iterator[FakeDesk]:
    name = f"fake_{time.monotonic_ns()}"
    databases.create_database(postgres_server.url, name)
    desk = FakeDesk(postgres_server.database(name), prefect_server.api)
    desk.ask(TABLES)
    yield desk
    databases.drop_database(postgres_server.url, name)


StartWorker = Callable[..., AbstractContextManager[subprocess.Popen[bytes]]]


@pytest.fixture(scope="module")
def start_worker(prefect_server: PrefectServer, desk: FakeDesk, prefect_folder: Path) -> StartWorker:
    """A context manager: the real worker over the fake desk, in a process of its own, up and ended after."""

    @contextmanager
    def start(*faults: str) -> Iterator[subprocess.Popen[bytes]]:
        log = prefect_folder / f"worker-{time.monotonic_ns()}.log"
        process = prefect_server.spawn("-m", "tests.flows.fake_worker", desk.url, *faults, log=log)
        try:
            until(lambda: b"worker up" in log.read_bytes() or process.poll() is not None)
            assert process.poll() is None, log.read_text()
            yield process
        finally:
            end(process)

    return start


@pytest.fixture(scope="module")
def run_at(prefect: Prefect, desk: FakeDesk) -> Callable[..., Run]:
    """Waits until a case's run is in one of these states."""

    def wait(case: str, *states: str, form: str | None = None, seconds: float = 60) -> Run:
        def look() -> Run | None:
            run_id = desk.run_of(case)
            run = next(iter(prefect.runs([run_id]).values()), None) if run_id else None  # type: ignore[list-item]
            return run if run and run.state in states and form in (None, run.form) else None

        run = until(look, seconds)
        assert run is not None
        return run

    return wait
