"""Connections to the sandbox's own database, and the transaction in which one request is answered."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from queue import Empty, LifoQueue
from typing import Any, LiteralString

import psycopg
from psycopg import Connection
from psycopg.rows import DictRow, dict_row

from makegood.sandbox.faults import NO_HIT, Hit

POOL_SIZE = 12  # below PostgreSQL's default of 100 with room for its other users; requests beyond it queue
Parameters = Sequence[Any] | Mapping[str, Any]


@dataclass(frozen=True)
class Transaction:
    """One request's work. `now` is the sandbox's time, the same for all that the request does."""

    connection: Connection[DictRow]
    now: datetime
    hit: Hit

    def run(self, query: LiteralString, parameters: Parameters = ()) -> int:
        """How many rows it touched."""
        return self.connection.execute(query, parameters).rowcount

    def one(self, query: LiteralString, parameters: Parameters = ()) -> DictRow | None:
        return self.connection.execute(query, parameters).fetchone()

    def all(self, query: LiteralString, parameters: Parameters = ()) -> list[DictRow]:
        return self.connection.execute(query, parameters).fetchall()

    def run_many(self, query: LiteralString, rows: Sequence[Parameters]) -> None:
        with self.connection.cursor() as cursor:
            cursor.executemany(query, rows)


class Database:
    """A small blocking pool. A connection that broke is dropped, not handed out again."""

    def __init__(self, url: str, size: int = POOL_SIZE) -> None:
        self.url = url.replace("postgresql+psycopg://", "postgresql://", 1)
        self._places: LifoQueue[Connection[DictRow] | None] = LifoQueue()
        for _ in range(size):
            self._places.put(None)

    @contextmanager
    def connection(self) -> Iterator[Connection[DictRow]]:
        place = self._places.get()
        try:
            if place is None or place.closed:
                place = psycopg.connect(
                    self.url, autocommit=True, row_factory=dict_row, options="-c timezone=UTC"
                )
            yield place
        finally:
            if place is not None and (place.closed or place.broken):
                place = None
                self._forget_idle()
            self._places.put(place)

    @contextmanager
    def begin(self, hit: Hit = NO_HIT) -> Iterator[Transaction]:
        with self.connection() as connection, connection.transaction():
            row = connection.execute(
                "SELECT clock_timestamp() + make_interval(secs => offset_seconds) AS now FROM clock"
            ).fetchone()
            assert row is not None, "the schema puts the clock's only row there"
            yield Transaction(connection, row["now"], hit)

    def _forget_idle(self) -> None:
        """The server went away once: what it left behind would fail one request each."""
        for place in self._take_idle():
            if place is not None:
                place.close()
            self._places.put(None)

    def _take_idle(self) -> list[Connection[DictRow] | None]:
        taken: list[Connection[DictRow] | None] = []
        with suppress(Empty):
            while True:
                taken.append(self._places.get_nowait())
        return taken

    def close(self) -> None:
        """Close what is idle. Connections in use close with their requests' threads."""
        self._forget_idle()
