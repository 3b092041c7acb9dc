"""The outbox: written with the change that causes it, told to Prefect and to people afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from makegood.store import plain
from makegood.store.models import IS_UNSENT, Outgoing
from makegood.store.transaction import Tx
from makegood.store.words import OutboxVerb

# equal notifications of one transaction are one; the listener reads the table, not the message
_NOTIFY = text("select pg_notify('makegood_outbox', '')")
_DUE = f"{IS_UNSENT.text} and due_at <= :now order by due_at, id limit :limit for update skip locked"
_SENT = text("update outbox set sent_at = :now, error = null, attempts = attempts + 1 where id = :id")


def put(
    tx: Tx,
    verb: OutboxVerb,
    payload: Mapping[str, Any],
    due_at: datetime,
    *,
    case_id: int | None = None,
    dedupe_key: str | None = None,
) -> bool:
    """False when `dedupe_key` was put before, be it sent or not. Nothing personal may be in `payload`."""
    row = insert(Outgoing).values(
        verb=verb, payload=dict(payload), due_at=due_at, case_id=case_id, dedupe_key=dedupe_key
    )
    row = row.on_conflict_do_nothing(index_elements=["dedupe_key"])
    new = tx.session.scalar(row.returning(Outgoing.id)) is not None
    if new:
        notify(tx)
    return new


def notify(tx: Tx) -> None:
    """Tells the dispatcher that there is something, once `tx` has committed."""
    tx.session.execute(_NOTIFY)


def start_leg(tx: Tx, case_id: int, number: str, legs: int, now: datetime) -> bool:
    """Asks for the leg after the `legs` that have started: however many ask, one is started.

    `legs` must have been read under the case's lock.
    """
    leg = legs + 1
    return put(
        tx,
        OutboxVerb.START_LEG,
        {"case": number, "leg": leg},
        now,
        case_id=case_id,
        dedupe_key=f"start-leg:{number}:{leg}",
    )


def take(tx: Tx, now: datetime, limit: int = 20) -> list[Outgoing]:
    """What is due, locked until the transaction ends; what another dispatcher has taken is passed over."""
    return plain.find(tx, Outgoing, _DUE, now=now, limit=limit)


def sent(tx: Tx, outgoing_id: int, now: datetime) -> None:
    tx.session.execute(_SENT, {"id": outgoing_id, "now": now})


def failed(tx: Tx, outgoing_id: int, error: str, again_at: datetime) -> None:
    """Stays unsent, due again at `again_at`. `error` is a class and a code, never a text from outside."""
    tried = {"due_at": again_at, "error": error, "attempts": Outgoing.attempts + 1}
    tx.session.execute(update(Outgoing).where(Outgoing.id == outgoing_id).values(**tried))


# Whoever asks for a leg makes its case due, or finds it closed with something unread: so both sides are
# few rows of partial indexes, however many cases there are.
ASK_AGAIN = text(
    "with waiting as materialized ("
    " select id, number, legs from cases where status <> 'closed' and wake_at <= :now"
    " union select c.id, c.number, c.legs from inbox i join cases c on c.id = i.case_id"
    " where i.read_seq is null and i.received_at < :before and c.status = 'closed')"
    " update outbox o set sent_at = null, due_at = :now from waiting w"
    " where o.dedupe_key = 'start-leg:' || w.number || ':' || (w.legs + 1) and o.sent_at < :before"
    " and not exists (select 1 from leases l where l.case_id = w.id and l.expires_at > clock_timestamp())"
    " returning o.id"
)


def ask_again(tx: Tx, now: datetime, after: timedelta) -> int:
    """Legs that were asked for `after` ago and have not begun are due again: their run was lost."""
    values = {"now": now, "before": now - after}
    found = tx.session.scalars(ASK_AGAIN, values).all()
    if found:
        notify(tx)
    return len(found)


def unsent(tx: Tx) -> int:
    return tx.session.scalar(select(func.count()).select_from(Outgoing).where(IS_UNSENT)) or 0
