"""What a stretch of work costs: seconds, and CPU seconds of processes and of the database server."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import psycopg

ROOT = Path(__file__).parents[1]


@dataclass
class Spent:
    """`cpu` is the engine's (server and workers), `database` PostgreSQL's, `others` cores busy besides."""

    seconds: float = 0.0
    cpu: float = 0.0
    database: float = 0.0
    others: float = 0.0


@dataclass
class Server:
    """A PostgreSQL server: its address without a database, and its postmaster's process."""

    address: str
    pid: int
    made: list[str] = field(default_factory=list)

    def fresh(self, name: str, template: str | None = None) -> str:
        """An empty database of this name."""
        with psycopg.connect(f"{self.address}/postgres", autocommit=True) as connection:
            connection.execute(f'drop database if exists "{name}" with (force)')
            tail = f' template "{template}"' if template else ""
            connection.execute(f'create database "{name}"{tail}')
        self.made.append(name)
        return f"{self.address}/{name}"

    def drop_all(self) -> None:
        with psycopg.connect(f"{self.address}/postgres", autocommit=True) as connection:
            for name in self.made:
                connection.execute(f'drop database if exists "{name}" with (force)')

    def commits(self, name: str) -> int:
        return int(self.ask("postgres", "select xact_commit from pg_stat_database where datname = %s", name))

    def ask(self, name: str, statement: str, *values: object) -> Any:
        with psycopg.connect(f"{self.address}/{name}", autocommit=True) as connection:
            row = connection.execute(statement, values).fetchone()
        return row[0] if row else None


def cpu(roots: Sequence[int]) -> float:
    """Of these processes, their living descendants, and what they have reaped."""
    total = 0.0
    for root in roots:
        with suppress(psutil.NoSuchProcess):
            process = psutil.Process(root)
            for each in (process, *process.children(recursive=True)):
                with suppress(psutil.NoSuchProcess):
                    total += sum(each.cpu_times()[:4])
    return total


@contextmanager
def measured(roots: Sequence[int], server: Server) -> Iterator[Spent]:
    spent = Spent()
    before, base, busy, start = cpu(roots), cpu([server.pid]), _busy(), time.monotonic()
    yield spent
    spent.seconds = time.monotonic() - start
    spent.cpu, spent.database = cpu(roots) - before, cpu([server.pid]) - base
    rest = _busy() - busy - spent.cpu - spent.database
    spent.others = round(max(rest, 0) / spent.seconds, 2)


def _busy() -> float:
    times = psutil.cpu_times()
    return float(times.user + times.nice + times.system + times.irq + times.softirq)


def spawn(command: Sequence[str], log: Path, **env: str) -> subprocess.Popen[bytes]:
    """With the repository as its folder, in a session of its own; bytecode is written."""
    hushed = {k: v for k, v in os.environ.items() if k not in ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH")}
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env=hushed | env,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def end(process: subprocess.Popen[bytes] | None, patience: float = 20.0) -> None:
    """With everything that it started."""
    if process is None or process.poll() is not None:
        return
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(patience)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
