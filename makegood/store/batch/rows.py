"""Rows by the hundred: one statement, one array for each column."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from enum import Enum
from typing import Any

from sqlalchemy import Table, TextClause, text
from sqlalchemy.dialects import postgresql

from makegood.store.models import Base
from makegood.store.transaction import Tx

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]

Row = Mapping[str, Any]


def insert(tx: Tx, table: str, rows: Sequence[Row], tail: str = "") -> list[Any]:
    """`tail` is what follows the rows: `on conflict ...`, `returning ...`. All rows have the same columns."""
    if not rows:
        return []
    columns = tuple(rows[0])
    result = tx.session.execute(_insert(table, columns, tail), arrays(table, columns, rows))
    return list(result) if "returning" in tail else []


def vars_of(value: Any) -> dict[str, Any]:
    """A flat dataclass as columns; `asdict` would copy what is in them, too."""
    return {each.name: getattr(value, each.name) for each in fields(value)}


def arrays(table: str, columns: Sequence[str], rows: Sequence[Row]) -> dict[str, list[Any]]:
    is_json = {name for name in columns if _type(table, name) == "JSONB"}
    return {name: [_plain(row[name], name in is_json) for row in rows] for name in columns}


def source(table: str, columns: Sequence[str], alias: str) -> str:
    """`unnest(cast(:id as BIGINT[]), ...) as given (id, ...)`"""
    casts = ", ".join(f"cast(:{name} as {_type(table, name)}[])" for name in columns)
    return f"unnest({casts}) as {alias} ({', '.join(_quoted(name) for name in columns)})"


@functools.cache
def _insert(table: str, columns: tuple[str, ...], tail: str) -> TextClause:
    names = ", ".join(_quoted(name) for name in columns)
    return text(f"insert into {table} ({names}) select {names} from {source(table, columns, 'given')} {tail}")  # noqa: S608  # our own names


@functools.cache
def _type(table: str, column: str) -> str:
    known: Table = Base.metadata.tables[table]
    compiled: str = known.columns[column].type.compile(dialect=_DIALECT)
    return "TEXT" if compiled.startswith("VARCHAR") else compiled


def _quoted(name: str) -> str:
    return f'"{name}"' if name in ("match", "at") else name


def _plain(value: Any, is_json: bool) -> Any:
    if is_json:
        return json.dumps(value)
    return value.value if isinstance(value, Enum) else value
