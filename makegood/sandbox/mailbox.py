"""The mailbox: every message sent to a customer, whatever its channel."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from makegood.sandbox import books
from makegood.sandbox.database import Transaction
from makegood.sandbox.idempotency import Referred


class MessageWanted(Referred):
    to: str = Field(min_length=1, max_length=320)
    channel: str = Field(examples=["email"])
    locale: str = Field(examples=["de-DE"])
    subject: str | None = None
    body: str
    case: str | None = Field(None, examples=["MG-2026-000123"])
    template: str | None = None


class Message(BaseModel):
    model_config = ConfigDict(frozen=True)

    id: str
    to: str
    channel: str
    locale: str
    subject: str | None
    body: str
    case: str | None
    template: str | None
    reference: str
    created_at: datetime


def send(tx: Transaction, wanted: MessageWanted, reference: str) -> Message:
    content = wanted.model_dump(exclude={"reference"})
    made = Message(id=books.new_id("msg"), reference=reference, created_at=tx.now, **content)
    books.write(tx, "messages", made, entry_id=made.id, order_id=None, reference=reference)
    return made


def find(
    tx: Transaction, reference: str | None, case: str | None, to: str | None, limit: int
) -> list[Message]:
    """The newest `limit` of those that match, oldest first."""
    rows = tx.all(
        "SELECT body FROM entry WHERE book = 'messages'"
        " AND (%(reference)s::text IS NULL OR reference = %(reference)s)"
        " AND (%(case)s::text IS NULL OR body->>'case' = %(case)s)"
        " AND (%(to)s::text IS NULL OR lower(body->>'to') = lower(%(to)s))"
        " AND recorded_at <= clock_timestamp() - make_interval(secs => %(lag)s)"
        " ORDER BY nr DESC LIMIT %(limit)s",
        {
            "reference": reference,
            "case": case,
            "to": to,
            "limit": limit,
            "lag": tx.hit.lookup_lag_ms / 1000,
        },
    )
    return [Message.model_validate(row["body"]) for row in reversed(rows)]
