"""Messages of the conversation, and the evidence that came with them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from makegood.store.models.base import Base, Id, word
from makegood.store.words import CapturedSource, Direction, EvidenceKind


class MessageRow(Base):
    """`author` is `customer`, `system` or a person's id. `key` is the effect that sent it."""

    __tablename__ = "messages"

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    direction: Mapped[Direction] = mapped_column(word(Direction, "direction"))
    channel: Mapped[str]
    locale: Mapped[str]
    template: Mapped[str | None]
    subject_cipher: Mapped[bytes]
    body_cipher: Mapped[bytes]
    key: Mapped[str | None] = mapped_column(unique=True)
    external_id: Mapped[str | None]
    at: Mapped[datetime]
    author: Mapped[str]

    __table_args__ = (
        UniqueConstraint("channel", "external_id"),
        Index(None, "case_id", "at", "id"),
    )


class Evidence(Base):
    """A file kept in the blob store, sealed. `captured_at` is when the picture was taken, if known."""

    __tablename__ = "evidence"

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"), index=True)
    kind: Mapped[EvidenceKind] = mapped_column(word(EvidenceKind, "kind"))
    sha256: Mapped[bytes]
    size: Mapped[int]
    media_type: Mapped[str]
    blob_key: Mapped[str]
    captured_at: Mapped[datetime | None]
    captured_source: Mapped[CapturedSource] = mapped_column(word(CapturedSource, "captured_source"))
    received_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("case_id", "sha256"),
        Index(None, "sha256"),
        CheckConstraint("octet_length(sha256) = 32", name="sha256"),
        CheckConstraint("size >= 0", name="size"),
        CheckConstraint("(captured_source = 'none') = (captured_at is null)", name="captured"),
    )
