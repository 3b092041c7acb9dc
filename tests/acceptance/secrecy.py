"""Secrecy: every column of every table of a database, and every log, searched for what is personal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from tests.acceptance.story import Json

SHORTEST = 5  # characters: shorter words and postcodes stand in any dump by chance
_TABLES = """
    SELECT table_schema, table_name FROM information_schema.tables
    WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')
    ORDER BY 1, 2
"""


def personal_values(order: Json) -> set[str]:
    """What is personal about an order's buyer. The country is not; the order's number need not be."""
    buyer = order["customer"]
    address = buyer["address"]
    values = {buyer["id"], buyer["name"], buyer["email"], buyer["email"].split("@")[0], buyer["phone"]}
    values |= {address["line1"], address["line2"], address["postcode"], *buyer["name"].split()}
    return {str(value) for value in values if value and len(str(value)) >= SHORTEST}


def search(values: Iterable[str]) -> re.Pattern[str]:
    """Whole words only: a postcode is not found inside a longer number. Spelt also as JSON and as bytes."""
    spelt: set[str] = set()
    for value in values:
        escaped = value.encode("ascii", "backslashreplace").decode()
        spelt |= {value, escaped, value.replace('"', '\\"')}
    words = "|".join(re.escape(each) for each in sorted(spelt, key=len, reverse=True))
    return re.compile(rf"(?<![\w.])(?:{words})(?![\w])", re.IGNORECASE)


def found_in_database(url: str, pattern: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """Table and value, for each row that holds one. Bytes are read as text where they are text."""
    with psycopg.connect(url) as connection:
        for schema, table in connection.execute(_TABLES).fetchall():
            query = sql.SQL("SELECT * FROM {}").format(sql.Identifier(schema, table))
            for row in connection.execute(query):
                text = " ".join(_text(cell) for cell in row if cell is not None)
                yield from ((f"{schema}.{table}", hit.group()) for hit in pattern.finditer(text))


def rows_in(url: str) -> dict[str, int]:
    """How many rows each table has: a scan of an empty database proves nothing."""
    with psycopg.connect(url) as connection:
        tables = connection.execute(_TABLES).fetchall()
        counts = {}
        for schema, table in tables:
            query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(schema, table))
            row = connection.execute(query).fetchone()
            counts[f"{schema}.{table}"] = int(row[0]) if row else 0
        return counts


def found_in_files(folder: Path, pattern: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """File and value, for every file below the folder."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            text = path.read_bytes().decode("utf-8", "replace")
            yield from ((str(path.relative_to(folder)), hit.group()) for hit in pattern.finditer(text))


def _text(cell: Any) -> str:
    """JSON comes as objects, bytes as bytes; both are searched as what a reader would see."""
    if isinstance(cell, bytes | memoryview):
        return bytes(cell).decode("utf-8", "replace")
    return str(cell)
