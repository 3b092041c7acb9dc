"""The search for what is personal would find it, wherever it lay."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from tests.acceptance.secrecy import found_in_database, found_in_files, personal_values, rows_in, search
from tests.acceptance.watching import plain

ORDER = {
    "customer": {
        "id": "jo_doe_12",
        "name": "José Østergård",
        "email": "jose12@example.com",
        "phone": "+15550000001",
        "address": {"line1": "593 Cedar Avenue", "line2": None, "city": "C", "postcode": "60625"},
    }
}
HIDDEN = {
    "text": "'He said 593 CEDAR avenue.'",
    "json": """'{"a": ["jos\\u00e9 \\u00f8sterg\\u00e5rd"]}'""",
    "jsonb": """'{"deep": {"zip": "60625"}}'""",
    "text[]": "array['x', '+15550000001']",
    "bytea": "convert_to('from jose12@example.com', 'UTF8')",
}


@pytest.mark.parametrize("kind", HIDDEN)
def test_a_value_is_found_in_a_column_of_any_kind(database_url: str, kind: str) -> None:
    with psycopg.connect(plain(database_url)) as connection:
        connection.execute(f"CREATE TABLE t (id int, hidden {kind})")
        connection.execute(f"INSERT INTO t VALUES (1, null), (2, {HIDDEN[kind]})")
    pattern = search(personal_values(ORDER))
    assert {table for table, _ in found_in_database(plain(database_url), pattern)} == {"public.t"}
    assert rows_in(plain(database_url)) == {"public.t": 2}


def test_a_postcode_is_not_found_inside_a_longer_number() -> None:
    pattern = search(personal_values(ORDER))
    assert list(pattern.found("at 2026-11-21T10:00:05.606251 or 1606257")) == []
    assert list(pattern.found("zip 60625, Chicago")) == ["60625"]


def test_a_log_is_searched_below_its_folder(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a.log").write_bytes(b"\xff sent to jose12@example.com.\n")
    found = set(found_in_files(tmp_path, search(personal_values(ORDER))))
    assert found == {("deep/a.log", "jose12@example.com")}
