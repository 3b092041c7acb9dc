"""A database that one test after another is lent, emptied in between: far cheaper than one for each.

`CREATE DATABASE` copies some three hundred files and `DROP DATABASE` asks for a checkpoint; to delete the
few rows that a test left, and to set back the numbers that it drew, takes some milliseconds. A test that
leaves a session open, or very many rows, has spoilt the database for the next, which gets a new one. Who may
change the shape of its tables is not lent one.
"""

from __future__ import annotations

import itertools
import time
from typing import Any

import psycopg
from psycopg import sql

from makegood import databases, postgres

PATIENCE = 0.5  # seconds until a session that was closed is gone
MOST_ROWS = 5_000  # beyond that, the dead ones would slow down whoever comes next
VERSIONS = ["alembic_version", "edition"]  # say which tables there are, and stay like them

TABLES = """
    select relname from pg_class
    where relkind = 'r' and relnamespace = 'public'::regnamespace and relname <> all (%s)
"""
SESSIONS = """
    select count(*) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
"""
NUMBERS_BACK = """
    select setval(seqrelid::regclass, seqstart, false) from pg_sequence
    where pg_sequence_last_value(seqrelid) is not null
"""
_numbers = itertools.count(1)


class Kept:
    """`lend` and `take_back` in turn; `drop` at the end."""

    def __init__(self, server: postgres.Server, template: str | None = None) -> None:
        self._server, self._template = server, template
        self._name = ""
        self._admin: psycopg.Connection[Any] | None = None

    def lend(self) -> str:
        """Its name."""
        if self._admin is None:
            self._admin = self._make()
        return self._name

    def _make(self) -> psycopg.Connection[Any]:
        self._name = f"kept_{next(_numbers)}"
        url, template = self._server.url, self._template
        databases.create_database(url, self._name, owner=databases.OWNER, template=template)
        address = self._server.database(self._name).replace("+psycopg", "")
        admin = psycopg.connect(address, autocommit=True)
        # the record's own triggers let nobody delete from it, and foreign keys would ask for an order
        admin.execute("set session_replication_role = replica")
        return admin

    def take_back(self) -> None:
        assert self._admin is not None, "nothing is lent"
        try:
            if self._is_left(self._admin) and self._empty(self._admin) <= MOST_ROWS:
                return
        except psycopg.OperationalError:  # the test cut all connections, ours among them
            pass
        self.drop()

    def _is_left(self, admin: psycopg.Connection[Any]) -> bool:
        """Nobody is connected to it any more."""
        deadline = time.monotonic() + PATIENCE
        while (row := admin.execute(SESSIONS).fetchone()) and row[0]:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.005)
        return True

    def _empty(self, admin: psycopg.Connection[Any]) -> int:
        """How many rows there were."""
        tables = [sql.Identifier(name) for (name,) in admin.execute(TABLES, (VERSIONS,))]
        if not tables:
            return 0
        delete = sql.SQL("; ").join(sql.SQL("delete from {}").format(table) for table in tables)
        cursor = admin.execute(delete)
        rows = cursor.rowcount
        while cursor.nextset():
            rows += cursor.rowcount
        admin.execute(NUMBERS_BACK)
        return rows

    def drop(self) -> None:
        if self._admin is not None:
            self._admin.close()
            self._admin = None
            databases.drop_database(self._server.url, self._name)
