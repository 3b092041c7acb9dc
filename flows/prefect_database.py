"""What Prefect's server need not ask PostgreSQL: whether a connection that it used just now still lives.

Prefect has SQLAlchemy ask before each request (`pool_pre_ping`): three round trips, a tenth of what a request
costs. Here it asks when a connection has rested for a second. One that died within the second fails its
request; whoever asked asks again.

Seen on Prefect 3.8.8 with SQLAlchemy 2.0. tests/flows/test_prefect_database.py fails when it no longer
applies.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import event
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
