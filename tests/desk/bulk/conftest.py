"""Desks whose outside world is a database, so that other processes drive the same cases."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bench.refund8 import desk as refund8
from bench.refund8.seller import Books
from makegood.desk.desk import Desk

ROOT = Path(__file__).parents[3]


@pytest.fixture
def books(new_database: Callable[[], str]) -> Books:
    made = Books(new_database().replace("+psycopg", ""))
    made.make()
    return made


@pytest.fixture
def desk(store_url: str, books: Books) -> Iterator[Desk]:
    made = refund8.make(refund8.settings(store_url), books.address, refund8.until_noon())
    yield made
    made.store.close()


def command(desk: Desk, books: Books, lease: float, *options: str, size: int) -> list[str]:
    """Drives this desk's cases from another process."""
    ahead = (desk.now() - refund8.OfficeHours(refund8.timedelta()).now()).total_seconds()
    told = [desk.store.url, books.address, str(ahead), "--lease", str(lease), "--size", str(size)]
    return [sys.executable, "-m", "bench.refund8.drain", *told, "--calls", "2", "--cold", *options]
