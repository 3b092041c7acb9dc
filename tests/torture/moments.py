"""Moments: a process is held from outside where it is about to write, so that it can be killed right there.

Nothing in the product knows of this: a table is locked in PostgreSQL, and whoever waits for the lock with
the statement that we look for stands at the moment that we want.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Literal

import psycopg

from tests.acceptance.watching import plain

Database = Literal["store", "prefect"]
PATIENCE = 6.0  # seconds in which somebody comes by
_LOOK = 0.03
_WAITING = """
    SELECT client_port FROM pg_stat_activity
    WHERE %s = ANY(pg_blocking_pids(pid)) AND query ~* %s AND client_port > 0 ORDER BY query_start
"""
_UNSAY = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE %s = ANY(pg_blocking_pids(pid))"
_FORM_SAVED = """
    SELECT i.flow_run_id FROM flow_run_input i JOIN flow_run r ON r.id = i.flow_run_id
    WHERE i.key LIKE 'suspended-%%-schema' AND i.created > clock_timestamp() - interval '15 seconds'
    AND r.state_type = 'RUNNING' LIMIT 1
"""
Whose = Callable[[int], str | None]
"""Which part has this local TCP port; None for anybody else, whom nobody kills."""


@dataclass(frozen=True)
class Gate:
    """Whoever runs `statement` (a regular expression) is stopped by a lock on `table`.

    `mode` lets pass what must come before. `once` is a query of which a row must be there, too.
    """

    table: str
    statement: str
    database: Database = "store"
    mode: str = "EXCLUSIVE"
    once: str = ""


@dataclass(frozen=True)
class Moment:
    """The last of `gates` is where a process is held. Gates before it bring it there: each is closed, then
    opened once somebody waits at it and the next one is closed. `who` is killed there. `unsaid`: what the
    dead have asked for and was not done yet is not done after their death either."""

    name: str
    gates: tuple[Gate, ...]
    who: Literal["its process", "a worker", "prefect"] = "its process"
    unsaid: bool = False


@dataclass(frozen=True)
class Held:
    """`by` is the part that waits; `unsay` ends all that wait for the same lock, without their statements."""

    by: str
    unsay: Callable[[], None]


_INTEND = Gate("effects", r"^INSERT INTO effects")
_CHECK = Gate("leases", r"^\s*select (1|l\.case_id) from leases l join cases", mode="ACCESS EXCLUSIVE")
_SCHEMA = Gate("flow_run_input", r"INSERT INTO flow_run_input", "prefect")
LEDGER = (
    Moment("before intend", (_INTEND,)),
    Moment("between intend and call", (_INTEND, _CHECK)),
    Moment("after call, before its outcome", (_INTEND, _CHECK, Gate("effects", r"^(SELECT|UPDATE) effects"))),
    Moment("before commit of the journal", (Gate("journal", r"^(with moved as|INSERT INTO journal)"),)),
)
CASE = (
    Moment("before a case is put down", (Gate("timers", r"timers"),)),
    Moment("before an answer is in the inbox", (Gate("inbox", r"^INSERT INTO inbox"),)),
    # whoever takes a row locks it, and goes on to Prefect; only writing it is stopped
    Moment(
        "leg asked for, not yet noted as sent",
        (Gate("outbox", r"^UPDATE outbox SET sent_at", mode="SHARE"),),
    ),
)
ENGINE = (
    Moment("between suspend and schema", (_SCHEMA,), "a worker", unsaid=True),
    Moment("between suspend and schema, engine", (_SCHEMA,), "prefect"),
    Moment(
        "between schema and Suspended",
        (_SCHEMA, Gate("flow_run_state", r"INSERT INTO flow_run_state", "prefect", once=_FORM_SAVED)),
        "a worker",
        unsaid=True,
    ),
)
SWEEP = (
    Moment(
        "sweep, reading",
        (Gate("cases", r"^SELECT (approvals|run_links)\.", mode="ACCESS EXCLUSIVE"),),
    ),
    # cases of the dead are woken before those that are due
    Moment("sweep, waking cases", (Gate("outbox", r"^(with due as|INSERT INTO outbox)", mode="SHARE"),)),
)


@contextmanager
def held(
    addresses: dict[Database, str], moment: Moment, whose: Whose, patience: float = PATIENCE
) -> Iterator[Held | None]:
    """Who is held at the moment; None when nobody came by.

    All gates are open when the block ends, also when the server was killed in it.
    """
    with ExitStack() as stack:
        opened_next: list[ExitStack] = []
        found = None
        for gate in moment.gates:
            inner = stack.enter_context(ExitStack())
            locker = inner.enter_context(closed(addresses[gate.database], gate))
            if opened_next:
                opened_next[-1].close()  # who waits there goes on, to here
            opened_next.append(inner)
            name = waits_at(addresses[gate.database], gate, locker, whose, patience)
            if name is None:
                found = None
                break
            found = Held(name, partial(_unsay, addresses[gate.database], locker))
        yield found


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


def waits_at(address: str, gate: Gate, locker: int, whose: Whose, patience: float) -> str | None:
    """The first part that stands at the gate."""
    with psycopg.connect(plain(address), autocommit=True, connect_timeout=3) as eye:
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            waiting = [int(row[0]) for row in eye.execute(_WAITING, (locker, gate.statement))]
            names = [name for name in map(whose, waiting) if name is not None]
            if names and (not gate.once or eye.execute(gate.once).fetchone() is not None):
                return names[0]
            time.sleep(_LOOK)
    return None


def _unsay(address: str, locker: int) -> None:
    with psycopg.connect(plain(address), autocommit=True, connect_timeout=3) as eye:
        eye.execute(_UNSAY, (locker,))


def sweeping(address: str) -> set[int]:
    """The local TCP ports of who runs the sweep, by the sweep's lock: nobody's, or one's."""
    query = """
        SELECT a.client_port FROM pg_locks l JOIN pg_stat_activity a USING (pid)
        WHERE l.locktype = 'advisory' AND l.granted AND a.client_port > 0
        AND (l.classid::bigint << 32) + l.objid::bigint = hashtextextended('makegood-sweep', 0)
    """
    with psycopg.connect(plain(address), autocommit=True, connect_timeout=3) as eye:
        return {int(port) for (port,) in eye.execute(query)}
