"""Databases and roles on a PostgreSQL server, embedded or not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, LiteralString

import psycopg
from psycopg import sql

OWNER = "makegood_owner"  # owns the ticket store's tables; migrations only
APPLICATION = "makegood_app"  # what every process runs as: insert-only on the journal


def create_role(admin_url: str, role: str, password: str) -> None:
    """A role that can log in and own nothing else; existing ones get this password."""
    name, secret = sql.Identifier(role), sql.Literal(password)
    with _connection(admin_url) as connection:
        known = connection.execute("select 1 from pg_roles where rolname = %s", (role,)).fetchone()
        verb = sql.SQL("alter" if known else "create")
        connection.execute(sql.SQL("{} role {} login password {}").format(verb, name, secret))


def create_database(admin_url: str, name: str, owner: str | None = None, template: str | None = None) -> bool:
    """True when the database is new. A template must have no other sessions."""
    with _connection(admin_url) as connection:
        if connection.execute("select 1 from pg_database where datname = %s", (name,)).fetchone():
            return False
        command = sql.SQL("create database {}").format(sql.Identifier(name))
        if owner is not None:
            command += sql.SQL(" owner {}").format(sql.Identifier(owner))
        if template is not None:
            command += sql.SQL(" template {}").format(sql.Identifier(template))
        connection.execute(command)
        return True


def drop_database(admin_url: str, name: str) -> None:
    """Ends the sessions on it, too."""
    with _connection(admin_url) as connection:
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


@contextmanager
def _connection(url: str) -> Iterator[psycopg.Connection[Any]]:
    plain = url.replace("+psycopg", "").replace("+asyncpg", "")
    with psycopg.connect(plain, autocommit=True) as connection:
        yield connection


@contextmanager
def snapshot(url: str) -> Iterator[str]:
    """The name of one state of the database, which a dump can read for as long as this lasts."""
    with _connection(url) as connection:
        connection.execute("begin isolation level repeatable read read only")
        row = connection.execute("select pg_export_snapshot()").fetchone()
        assert row is not None
        yield str(row[0])


def ask(url: str, query: LiteralString) -> Any:
    """The first column of the first row; None where there is no row."""
    with _connection(url) as connection:
        row = connection.execute(query).fetchone()
        return None if row is None else row[0]
