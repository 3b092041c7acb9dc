"""Rows by the hundred: one statement, one array for each column."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from enum import Enum
from itertools import accumulate, repeat
from operator import is_
from types import NoneType
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Table, TextClause, any_, literal, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import InstrumentedAttribute

from makegood.store.models import Base
from makegood.store.transaction import Tx

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]

Row = Mapping[str, Any]
T = TypeVar("T")


def insert(tx: Tx, table: str, rows: Sequence[Row], tail: str = "") -> list[Any]:
    """`tail` is what follows the rows: `on conflict ...`, `returning ...`. All rows have the same columns."""
    if not rows:
        return []
    columns = tuple(rows[0])
    result = tx.session.execute(_insert(table, columns, tail), arrays(table, columns, rows))
    return list(result.all()) if "returning" in tail else []


def arrays(table: str, columns: Sequence[str], rows: Sequence[Row]) -> dict[str, str | bytes]:
    told: dict[str, str | bytes] = {}
    for name in columns:
        column = [row[name] for row in rows]
        match cast_to(table, name):
            case "BYTEA":
                told |= _end_to_end(name, column)
            case "JSONB":
                told[name] = array(map(json.dumps, column))
            case _:
                told[name] = array(column)
    return told


def _end_to_end(name: str, column: list[bytes | None]) -> dict[str, str | bytes]:
    """Bytes in one piece, with where each value begins and how long it is; an array would spell them out."""
    whole: list[bytes] = [value or b"" for value in column]
    sizes = list(map(len, whole))
    long = [None if value is None else len(value) for value in column] if None in column else sizes
    begins = list(accumulate(sizes, initial=1))[:-1]
    return {name: b"".join(whole), f"{name}_at": array(begins), f"{name}_long": array(long)}


def array(values: Iterable[Any]) -> str:
    """As PostgreSQL writes an array, for a statement that casts it: the driver's own way costs far more."""
    column = list(values)
    if column and all(map(is_, column, repeat(column[0]))):  # the same for all, as the hour of a commit
        return "{" + ",".join([_WRITTEN[type(column[0])](column[0])] * len(column)) + "}"
    kinds = set(map(type, column))
    if kinds == {int}:
        return "{" + ",".join(map(str, column)) + "}"
    if kinds == {bytes}:
        return r'{"\\x' + r'","\\x'.join(map(bytes.hex, column)) + '"}'
    if kinds == {str} and _is_bare("".join(column)):
        return '{"' + '","'.join(column) + '"}'
    return "{" + ",".join([_WRITTEN[type(value)](value) for value in column]) + "}"


def _is_bare(text: str) -> bool:
    """Whether nothing in it has to be escaped."""
    return "\\" not in text and '"' not in text


def _text(value: str) -> str:
    return '"' + value.replace("\\", r"\\").replace('"', r"\"") + '"'


def _instant(value: datetime) -> str:
    if value.tzinfo is None:
        raise ValueError(f"naive datetime {value}")
    return f'"{value.isoformat()}"'


class _Written(dict[type, Callable[[Any], str]]):
    """How a value of each type stands in an array."""

    def __missing__(self, kind: type) -> Callable[[Any], str]:
        if not issubclass(kind, Enum):
            raise TypeError(f"a column of {kind.__name__}")
        self[kind] = lambda value: _text(value.value)
        return self[kind]


_WRITTEN = _Written(
    {
        NoneType: lambda _: "NULL",
        bool: lambda value: "t" if value else "f",
        int: str,
        str: _text,
        UUID: str,
        bytes: lambda value: r'"\\x' + value.hex() + '"',
        datetime: _instant,
    }
)


def among(column: InstrumentedAttribute[T], values: Iterable[T]) -> ColumnElement[bool]:
    """One statement for any number of values, where `in` is another for each number."""
    return column == any_(literal(list(values), ARRAY(column.type)))


@functools.cache
def _insert(table: str, columns: tuple[str, ...], tail: str) -> TextClause:
    """`insert into t (id, seal) select id, substring(:seal ...) from unnest(cast(:id as BIGINT[]), ...)`"""
    names: list[str] = []
    values: list[str] = []
    arrays_of: dict[str, str] = {}
    for name in columns:
        names.append(quoted(name))
        kind = cast_to(table, name)
        if kind == "BYTEA":
            values.append(f"substring(cast(:{name} as bytea), {name}_at, {name}_long)")
            arrays_of |= {f"{name}_at": "INTEGER", f"{name}_long": "INTEGER"}
        else:
            values.append(quoted(name))
            arrays_of[name] = kind
    casts = ", ".join(f"cast(:{name} as {kind}[])" for name, kind in arrays_of.items())
    given = f"unnest({casts}) as given ({', '.join(map(quoted, arrays_of))})"
    return text(f"insert into {table} ({', '.join(names)}) select {', '.join(values)} from {given} {tail}")  # noqa: S608  # our own names


@functools.cache
def cast_to(table: str, column: str) -> str:
    """The type of a column, as a statement names it."""
    known: Table = Base.metadata.tables[table]
    compiled: str = known.columns[column].type.compile(dialect=_DIALECT)
    return "TEXT" if compiled.startswith("VARCHAR") else compiled


def quoted(name: str) -> str:
    """A column's name; two are words of SQL's own."""
    return f'"{name}"' if name in ("match", "at") else name
