"""Watching: where the cases stand, read beside the line over connections that survive its server's death."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg

from tests.acceptance.watching import plain

_STANDINGS = """
    SELECT c.id, c.number, c.procedure, c.order_ref, c.status, coalesce(c.step, ''), c.seq, c.outcome,
        c.wake_at, c.waits_on, c.called_by, a.question_seq, a.run_id
    FROM cases c LEFT JOIN approvals a ON a.case_id = c.id AND a.status = 'open'
    WHERE c.id > %s ORDER BY c.id
"""


@dataclass(frozen=True)
class Standing:
    """`asked` is the open approval's question, `run` the one that is suspended on it."""

    id: int
    number: str
    procedure: str
    order: str
    status: str
    step: str
    seq: int
    outcome: str | None
    wake_at: datetime | None
    waits_on: str | None
    called_by: int | None
    asked: int | None
    run: UUID | None

    @property
    def rests(self) -> bool:
        """Put down, and not merely to try something again: nobody answers a letter that has not come."""
        return self.status in ("parked", "suspended") and self.waits_on not in ("retry", "look-up")


class Watch:
    """One connection, made anew when it broke. Raises psycopg.OperationalError while the server is away."""

    def __init__(self, url: str) -> None:
        self._url = plain(url)
        self._connection: psycopg.Connection[Any] | None = None

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[Any]:
        try:
            if self._connection is None or self._connection.closed:
                self._connection = psycopg.connect(self._url, autocommit=True, connect_timeout=3)
            return self._connection.execute(query, values or None).fetchall()
        except psycopg.OperationalError:
            self.close()
            raise

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def standings(self, after: int = 0) -> list[Standing]:
        """Of the cases that were opened after this one."""
        return [Standing(*row) for row in self.rows(_STANDINGS, (after,))]

    def last_case(self) -> int:
        return int(self.rows("SELECT coalesce(max(id), 0) FROM cases")[0][0])

    def repairs(self, case: int) -> list[tuple[int]]:
        """An engineer's, of a case that nobody drives because its workers were killed."""
        query = "SELECT id FROM tasks WHERE case_id = %s AND status = 'open' AND why = 'kills-its-worker'"
        return self.rows(query, (case,))

    def tasks(self, case: int) -> list[tuple[int, str, int]]:
        """Of the procedure, not for repairs: id, step, and the question's number."""
        query = (
            "SELECT id, step, question_seq FROM tasks WHERE case_id = %s AND status = 'open' AND kind = %s"
        )
        return self.rows(query, (case, "procedure"))
