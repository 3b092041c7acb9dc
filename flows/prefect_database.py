"""How Prefect's server speaks to PostgreSQL: without asking if a fresh connection lives, and in plain times.

Prefect has SQLAlchemy ask before each request (`pool_pre_ping`): three round trips, a tenth of what a request
costs. Here it asks when a connection has rested for a second. One that died within the second fails its
request; whoever asked asks again.

Prefect's times are pendulum's, which subtract in Python; the driver subtracts each from the year 2000 to send
it. Here it is handed the same instant as a plain time.

Seen on Prefect 3.8.8 with SQLAlchemy 2.0. tests/flows/test_prefect_database.py fails when it no longer
applies.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from weakref import WeakKeyDictionary

from prefect.server.utilities.database import Timestamp
from sqlalchemy import Dialect, event
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.pool import Pool

FRESH = 1.0  # seconds for which a connection is taken to live

_used: WeakKeyDictionary[Any, float] = WeakKeyDictionary()


def trust_what_was_just_used() -> None:
    """In the server's process, before it opens its database."""
    ask: Callable[[PGDialect_asyncpg, Any], bool] = PGDialect_asyncpg.do_ping

    def ping(dialect: PGDialect_asyncpg, connection: Any) -> bool:
        used = _used.get(connection.driver_connection, float("-inf"))
        return time.monotonic() - used < FRESH or ask(dialect, connection)

    PGDialect_asyncpg.do_ping = ping  # type: ignore[method-assign]
    event.listen(Pool, "checkin", _note_use)


def _note_use(connection: Any, _record: object) -> None:
    if connection is not None:
        _used[connection.driver_connection] = time.monotonic()


def send_plain_times() -> None:
    """In the server's process, before it opens its database."""
    bind: Callable[[Timestamp, datetime | None, Dialect], datetime | None] = Timestamp.process_bind_param

    def plain(kind: Timestamp, value: datetime | None, dialect: Dialect) -> datetime | None:
        bound = bind(kind, value, dialect)  # refuses what has no zone
        return _plain(bound) if bound is not None and dialect.name == "postgresql" else bound

    Timestamp.process_bind_param = plain  # type: ignore[assignment,method-assign]


def _plain(instant: datetime) -> datetime:
    """In UTC, as the standard library's own."""
    ahead = instant.utcoffset()
    day = (instant.year, instant.month, instant.day)
    at = datetime(*day, instant.hour, instant.minute, instant.second, instant.microsecond, tzinfo=UTC)
    return at - ahead if ahead else at
