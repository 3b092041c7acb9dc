"""Events that the world tells makegood about, written down in the transaction in which they happen."""

import json
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, Field

from makegood.sandbox.books import new_id
from makegood.sandbox.database import Transaction


class Path(StrEnum):
    PARCEL = "/webhooks/parcel"
    PAYMENT = "/webhooks/payment"
    REPLY = "/webhooks/reply"
    REPAIR = "/webhooks/repair"
    CLAIM = "/webhooks/claim"


class Webhook(BaseModel):
    """One row of the outgoing table; a duplicate is a row of its own with the same `event_id`."""

    event_id: str
    path: str
    type: str
    attempts: int
    sent_at: datetime | None
    refused_status: int | None = Field(description="The answer that ended the attempts.")
    error: str | None


def emit(
    tx: Transaction, path: Path, event_type: str, data: dict[str, Any], occurred_at: datetime | None = None
) -> str:
    """The event's id. Sent after the commit, twice or late when a fault switch says so."""
    event_id = new_id("evt")
    occurred = (occurred_at or tx.now).astimezone(UTC)
    event = {
        "id": event_id,
        "type": event_type,
        "occurred_at": occurred.isoformat().replace("+00:00", "Z"),
        "data": data,
    }
    tx.run_many(
        "INSERT INTO webhook (event_id, path, body, due_at)"
        " VALUES (%s, %s, %s, clock_timestamp() + make_interval(secs => %s))",
        [(event_id, path, json.dumps(event), tx.hit.hold_back_ms / 1000)] * tx.hit.copies,
    )
    return event_id


def sent(tx: Transaction) -> list[Webhook]:
    rows = tx.all(
        "SELECT event_id, path, body::jsonb->>'type' AS type, attempts, sent_at, refused_status, error"
        " FROM webhook ORDER BY nr"
    )
    return [Webhook.model_validate(row) for row in rows]
