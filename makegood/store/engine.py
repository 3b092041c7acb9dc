"""The pool of connections: each in UTC, asked whether it lives when it has rested, and in a transaction only
for what needs one."""

from __future__ import annotations

import functools
import re
import time

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import create_engine, event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

_PREPARED = 500  # statements that a connection remembers; a refund alone has ninety
_IDLE = 1.0  # seconds without use, after which a connection is asked whether it still lives


def make_engine(url: str, pool: int = 5) -> Engine:
    engine = create_engine(
        url,
        pool_size=pool,
        max_overflow=pool,
        pool_recycle=1800,
        hide_parameters=True,  # an error's text must not carry a customer's data into a log
        connect_args={
            "connect_timeout": 10,
            "application_name": "makegood",
            "prepare_threshold": 1,  # from the second time on a statement comes parsed and planned
        },
    )
    event.listen(engine, "connect", _use_utc)
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", _ping_if_idle)
    event.listen(engine, "before_cursor_execute", _begin_where_needed)
    return engine


def _begin_where_needed(
    _connection: object, cursor: psycopg.Cursor[object], statement: str, *_rest: object
) -> None:
    """What only reads is asked without BEGIN and COMMIT, a fourth of a leg's round trips: in READ COMMITTED
    each statement sees what is committed when it starts, in a transaction or not."""
    connection = cursor.connection
    if connection.info.transaction_status is TransactionStatus.IDLE:
        alone = only_reads(statement) and not isinstance(cursor, psycopg.ServerCursor)
        if connection.autocommit is not alone:
            connection.autocommit = alone


_DOES_MORE = re.compile(
    r"\bfor (no key )?(update|share)\b|\bfor key share\b|\bpg_|\w+val\(|\bset_config\b|\binto\b"
)


@functools.lru_cache(4096)
def only_reads(statement: str) -> bool:
    """A plain select: no locks, no call that means something within a transaction. In doubt, False."""
    words = statement.lstrip().lower()
    return words.startswith("select") and _DOES_MORE.search(words) is None


def _note_use(_connection: object, record: ConnectionPoolEntry) -> None:
    record.info["used"] = time.monotonic()


def _ping_if_idle(
    connection: psycopg.Connection[object], record: ConnectionPoolEntry, _proxy: object
) -> None:
    """SQLAlchemy's own ping asks before every transaction. One that was used just now is alive, or its error
    tells as much; DisconnectionError makes the pool open another."""
    if time.monotonic() - record.info.get("used", time.monotonic()) < _IDLE:
        return
    try:
        connection.execute("")
        connection.rollback()
    except psycopg.Error as error:
        raise DisconnectionError from error


def _use_utc(connection: psycopg.Connection[object], _record: object) -> None:
    connection.prepared_max = _PREPARED
    connection.execute("set timezone to 'UTC'")
    connection.commit()
