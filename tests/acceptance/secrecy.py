"""Secrecy: every column of every table of a database, and every log, searched for what is personal."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from coolname.data import config
from psycopg import sql

from tests.acceptance.story import Json

SHORTEST = 5  # characters: shorter words and postcodes stand in any dump by chance
_WORD = re.compile(r"\w+")
CHANCE = frozenset(
    spelt for entry in config.values() for word in entry.get("words", ()) for spelt in (word, word.title())
)
"""What Prefect calls runs by that have no name yet, as `brown-lynx`: no proof that a Ms Brown is known."""
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
    return {str(value) for value in values if value and len(str(value)) >= SHORTEST} - CHANCE


@dataclass(frozen=True, slots=True)
class Search:
    """Thousands of values in one pass: each is tried only where its first word stands."""

    by_first_word: Mapping[str, Sequence[tuple[int, re.Pattern[str]]]]

    def found(self, text: str) -> Iterator[str]:
        """The longest at each place, and none inside of another."""
        end = 0
        for word in _WORD.finditer(text):
            for offset, pattern in self.by_first_word.get(word.group().lower(), ()):
                begin = word.start() - offset
                if begin >= end and (hit := pattern.match(text, begin)):
                    end = hit.end()
                    yield hit.group()


def search(values: Iterable[str]) -> Search:
    """Whole words only: a postcode is not found inside a longer number. Spelt also as JSON and as bytes."""
    by_first_word: dict[str, list[tuple[int, re.Pattern[str]]]] = {}
    spelt = {each for value in values for each in _spellings(value)}
    for each in sorted(spelt, key=len, reverse=True):
        first = _WORD.search(each)
        assert first is not None, f"{each!r} has no word to look for"
        pattern = re.compile(rf"(?<![\w.]){re.escape(each)}(?!\w)", re.IGNORECASE)
        by_first_word.setdefault(first.group().lower(), []).append((first.start(), pattern))
    return Search(by_first_word)


def _spellings(value: str) -> set[str]:
    as_bytes = value.encode("ascii", "backslashreplace").decode()
    return {value, as_bytes, json.dumps(value)[1:-1], value.replace('"', '\\"')}


def found_in_database(url: str, wanted: Search) -> Iterator[tuple[str, str]]:
    """Table and value, for each row that holds one. Bytes are read as text where they are text."""
    with psycopg.connect(url) as connection:
        for schema, table in connection.execute(_TABLES).fetchall():
            query = sql.SQL("SELECT * FROM {}").format(sql.Identifier(schema, table))
            for row in connection.execute(query):
                text = " ".join(_text(cell) for cell in row if cell is not None)
                yield from ((f"{schema}.{table}", value) for value in wanted.found(text))


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


def found_in_files(folder: Path, wanted: Search) -> Iterator[tuple[str, str]]:
    """File and value, for every file below the folder."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            text = path.read_bytes().decode("utf-8", "replace")
            yield from ((str(path.relative_to(folder)), value) for value in wanted.found(text))


def _text(cell: Any) -> str:
    """JSON comes as objects, bytes as bytes; both are searched as what a reader would see."""
    if isinstance(cell, bytes | memoryview):
        return bytes(cell).decode("utf-8", "replace")
    return str(cell)
