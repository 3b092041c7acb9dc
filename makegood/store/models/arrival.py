"""The inbox: what arrived for a case and is not yet journalled."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from makegood.store.models.base import Base, Id


class ArrivalRow(Base):
    """`read_seq` is the journal event that took it up. `created_at` is the database's clock."""

    __tablename__ = "inbox"

    id: Mapped[Id]
    source: Mapped[str]
    external_id: Mapped[str]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    name: Mapped[str]
    match: Mapped[str | None]
    cipher: Mapped[bytes]
    received_at: Mapped[datetime]
    read_seq: Mapped[int | None]
    created_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("source", "external_id"),
        Index("ix_inbox_unread", "case_id", "received_at", "id", postgresql_where="read_seq is null"),
    )
