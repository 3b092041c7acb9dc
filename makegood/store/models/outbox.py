"""The outbox: what is to be told to Prefect or to people once the transaction has committed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from makegood.store.models.base import Base, Id, word
from makegood.store.words import OutboxVerb

IS_UNSENT = text("outbox.sent_at is null")


class Outgoing(Base):
    """`payload` holds case numbers, ids and enumerated words only, never anything personal."""

    __tablename__ = "outbox"

    id: Mapped[Id]
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    verb: Mapped[OutboxVerb] = mapped_column(word(OutboxVerb, "verb"))
    dedupe_key: Mapped[str | None] = mapped_column(unique=True)
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    sent_at: Mapped[datetime | None]
    error: Mapped[str | None]

    __table_args__ = (
        CheckConstraint("attempts >= 0", name="attempts"),
        Index("ix_outbox_unsent", "due_at", "id", postgresql_where="sent_at is null"),
        Index("ix_outbox_starts", "sent_at", postgresql_where="verb = 'start-leg' and sent_at is not null"),
    )
