"""Moments: a process is held from outside where it is about to write, so that it can be killed right there.

Nothing in the product knows of this: a table is locked in PostgreSQL, and whoever waits for the lock with
the statement that we look for stands at the moment that we want.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Literal

import psycopg

from tests.acceptance.watching import plain

Database = Literal["store", "prefect"]
PATIENCE = 5.0  # seconds in which somebody comes by
_LOOK = 0.03
_WAITING = """
    SELECT pid, client_port FROM pg_stat_activity
    WHERE %s = ANY(pg_blocking_pids(pid)) AND query ~* %s AND client_port > 0 ORDER BY query_start LIMIT 1
"""


@dataclass(frozen=True)
class Gate:
    """Whoever runs `statement` (a regular expression) is stopped by a lock on `table`."""

    table: str
    statement: str
    database: Database = "store"
    mode: str = "EXCLUSIVE"


@dataclass(frozen=True)
class Moment:
    """The last of `gates` is where a process is held. Gates before it bring it there: each is closed, then
    opened once somebody waits at it and the next one is closed. `who` is killed there."""

    name: str
    gates: tuple[Gate, ...]
    who: Literal["its process", "a worker", "prefect"] = "its process"


_INTEND = Gate("effects", r"^INSERT INTO effects")
_SCHEMA = Gate("flow_run_input", r"INSERT INTO flow_run_input", "prefect")
LEDGER = (
    Moment("before intend", (_INTEND,)),
    Moment(
        "between intend and call",
        (_INTEND, Gate("leases", r"^\s*select 1 from leases l join cases", mode="ACCESS EXCLUSIVE")),
    ),
    Moment("after call, before its outcome", (Gate("effects", r"^SELECT effects"),)),
    Moment("before commit of the journal", (Gate("journal", r"^INSERT INTO journal"),)),
)
CASE = (
    Moment("before a case is put down", (Gate("timers", r"timers"),)),
    Moment("before an answer is in the inbox", (Gate("inbox", r"^INSERT INTO inbox"),)),
    Moment("leg asked for, not yet noted as sent", (Gate("outbox", r"^UPDATE outbox"),)),
)
ENGINE = (
    Moment("between suspend and schema", (_SCHEMA,), "a worker"),
    Moment("between suspend and schema, engine", (_SCHEMA,), "prefect"),
    Moment(
        "between schema and Suspended",
        (_SCHEMA, Gate("flow_run_state", r"INSERT INTO flow_run_state", "prefect")),
        "a worker",
    ),
)
SWEEP = (
    Moment("sweep, reading", (Gate("cases", r"cases", mode="ACCESS EXCLUSIVE"),)),
    Moment("sweep, waking cases", (Gate("outbox", r"outbox"),)),
)


@contextmanager
def held(addresses: dict[Database, str], moment: Moment, patience: float = PATIENCE) -> Iterator[int | None]:
    """The local TCP port of the connection that is held at the moment; None when nobody came by.

    All gates are open when the block ends, also when the server was killed in it.
    """
    with ExitStack() as stack:
        opened_next: list[ExitStack] = []
        port = None
        for gate in moment.gates:
            inner = stack.enter_context(ExitStack())
            locker = inner.enter_context(closed(addresses[gate.database], gate))
            if opened_next:
                opened_next[-1].close()  # who waits there goes on, to here
            opened_next.append(inner)
            port = _waits_at(addresses[gate.database], gate, locker, patience)
            if port is None:
                break
        yield port


@contextmanager
def closed(address: str, gate: Gate) -> Iterator[int]:
    """The backend that locks."""
    connection = psycopg.connect(plain(address), connect_timeout=3)
    try:
        connection.execute("SET lock_timeout = '3s'")
        connection.execute(f"LOCK TABLE {gate.table} IN {gate.mode} MODE")
        yield connection.info.backend_pid
    finally:
        with suppress(psycopg.Error):
            connection.rollback()
        connection.close()


def _waits_at(address: str, gate: Gate, locker: int, patience: float) -> int | None:
    with psycopg.connect(plain(address), autocommit=True, connect_timeout=3) as eye:
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            found = eye.execute(_WAITING, (locker, gate.statement)).fetchone()
            if found is not None:
                return int(found[1])
            time.sleep(_LOOK)
    return None


def sweeping(address: str) -> int | None:
    """The local TCP port of who runs the sweep and is held, by the sweep's lock; None when nobody does."""
    query = """
        SELECT a.client_port FROM pg_locks l JOIN pg_stat_activity a USING (pid)
        WHERE l.locktype = 'advisory' AND l.granted AND cardinality(pg_blocking_pids(a.pid)) > 0
        AND (l.classid::bigint << 32) + l.objid::bigint = hashtextextended('makegood-sweep', 0)
    """
    with psycopg.connect(plain(address), autocommit=True, connect_timeout=3) as eye:
        row: Any = eye.execute(query).fetchone()
    return int(row[0]) if row else None
