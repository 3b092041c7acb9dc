"""Watching: where the cases stand, and whether anything moves. Reads beside the line, writes nothing."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import psycopg
from sqlalchemy import text

from makegood.core.simulation import Journal
from makegood.store import journal
from makegood.store.store import Store
from tests.acceptance.line import Asked, Standing
from tests.acceptance.story import Json
from tests.instance import Instance

Sandbox = psycopg.Connection[Any]
WHY = """
    SELECT n.why FROM approval_answers n JOIN approvals a ON a.id = n.approval_id
    JOIN cases c ON c.id = a.case_id WHERE c.number = :number ORDER BY n.id DESC LIMIT 1
"""
STANDINGS = """
    SELECT c.number, c.status, coalesce(c.step, ''), c.seq, c.outcome, c.wake_at, caller.number, c.procedure,
    coalesce(c.waits_on, ''),
    coalesce((SELECT max(j.seq) FROM journal j WHERE j.case_id = c.id AND j.kind = 'question.asked'), 0)
    FROM cases c LEFT JOIN cases caller ON caller.id = c.called_by ORDER BY c.id
"""
_MOVING = {
    "cases running": "SELECT count(*) FROM cases WHERE status = 'running'",
    "rows in the outbox": "SELECT count(*) FROM outbox WHERE sent_at IS NULL",
    "unread arrivals": "SELECT count(*) FROM inbox WHERE read_seq IS NULL",
}
_WEBHOOKS = "SELECT count(*) FROM webhook WHERE sent_at IS NULL AND refused_status IS NULL"


class Watch:
    """Two connections of its own, to the ticket store and to the sandbox's books."""

    def __init__(self, instance: Instance) -> None:
        known = json.loads((instance.home / "instance.json").read_text())
        self._address = known["database_url"]
        self._key = bytes.fromhex((instance.home / "master.key").read_text().strip())
        self._store = psycopg.connect(plain(known["database_url"]), autocommit=True)
        self.sandbox = psycopg.connect(plain(known["databases"]["sandbox"]), autocommit=True)

    def close(self) -> None:
        self._store.close()
        self.sandbox.close()

    def standings(self) -> list[Standing]:
        return [Standing(*row) for row in self._store.execute(STANDINGS).fetchall()]

    def why(self, number: str) -> str:
        row = self._store.execute(WHY.replace(":number", "%s"), (number,)).fetchone()
        return str(row[0]) if row else "no answer is recorded"

    def asked(self, number: str) -> Asked:
        query = """
            SELECT a.ceiling_minor, a.currency, a.house_minor FROM approvals a
            JOIN cases c ON c.id = a.case_id WHERE c.number = %s AND a.status = 'open'
        """
        row = self._store.execute(query, (number,)).fetchone()
        assert row is not None, f"{number}: nobody is asked to approve anything"
        return Asked(*row)

    def task(self, number: str, step: str) -> tuple[int, str] | None:
        """Number and role of the open task at a step: the procedure's, else the repair of what is unknown."""
        query = """
            SELECT t.id, t.role FROM tasks t JOIN cases c ON c.id = t.case_id
            WHERE c.number = %s AND t.status = 'open'
            AND (t.why = 'effect-unknown' OR t.kind = 'procedure' AND t.step = %s)
            ORDER BY t.kind, t.id DESC LIMIT 1
        """
        row = self._store.execute(query, (number, step)).fetchone()
        return None if row is None else (int(row[0]), str(row[1]))

    def journals(self) -> list[tuple[str, Journal]]:
        """Unsealed with the line's own key."""
        return journals(Store(self._address, self._key))

    def moving(self) -> str:
        """What still moves of itself, in words; empty when nothing does."""
        counts = {what: _count(self._store, query) for what, query in _MOVING.items()}
        counts["webhooks on their way"] = webhooks_under_way(self.sandbox)
        return ", ".join(f"{count} {what}" for what, count in counts.items() if count)

    def unwoken(self, now: datetime) -> int:
        """Cases that are due and that nobody has been sent for yet."""
        query = """
            SELECT count(*) FROM cases c WHERE status IN ('parked', 'suspended') AND wake_at <= %s
            AND NOT EXISTS (SELECT FROM outbox o WHERE o.case_id = c.id AND o.sent_at IS NULL)
            AND NOT EXISTS (SELECT FROM leases l WHERE l.case_id = c.id AND l.expires_at > clock_timestamp())
        """
        return _count(self._store, query, now)


def journals(store: Store) -> list[tuple[str, Journal]]:
    with store.begin() as tx:
        rows = tx.session.execute(text("SELECT id, procedure FROM cases ORDER BY id")).all()
        return [(procedure, journal.read(tx, case)) for case, procedure in rows]


def webhooks_under_way(sandbox: Sandbox) -> int:
    return _count(sandbox, _WEBHOOKS)


def booked(sandbox: Sandbox, book: str, order: str) -> list[Json]:
    query = "SELECT body FROM entry WHERE book = %s AND order_id = %s ORDER BY nr"
    return [row[0] for row in sandbox.execute(query, (book, order)).fetchall()]


def parcels(sandbox: Sandbox, order: str) -> list[Json]:
    """Tracking number, purpose, direction and status of each."""
    query = """
        SELECT json_build_object('tracking', tracking, 'purpose', purpose, 'direction', direction,
        'status', status) FROM parcel WHERE order_id = %s ORDER BY created_at, tracking
    """
    return [row[0] for row in sandbox.execute(query, (order,)).fetchall()]


def _count(connection: psycopg.Connection[Any], query: str, *values: Any) -> int:
    row = connection.execute(query, values or None).fetchone()
    assert row is not None
    return int(row[0])


def plain(url: str) -> str:
    """As psycopg wants it, without the dialect's driver."""
    scheme, rest = url.split("://", 1)
    return f"{scheme.split('+')[0]}://{rest}"
