"""The audit: signed checkpoints of every journal's head, and who changed who may do what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from makegood.store.models.base import Base, Id


class Checkpoint(Base):
    """`digest` covers the checkpoint before, the heads below and the insert-only tables up to here."""

    __tablename__ = "checkpoints"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    cases: Mapped[int]
    answers: Mapped[int]
    changes: Mapped[int]
    batches: Mapped[int] = mapped_column(server_default=text("0"))
    prev: Mapped[bytes]
    digest: Mapped[bytes]
    signature: Mapped[bytes]

    __table_args__ = (
        CheckConstraint("octet_length(prev) = 32 and octet_length(digest) = 32", name="sha256"),
        CheckConstraint("octet_length(signature) = 64", name="ed25519"),
    )


class CheckpointHead(Base):
    """Where a journal stood that had grown since the checkpoint before. No foreign key: it outlives a case.

    Written before its checkpoint, whose digest covers it, in the same transaction.
    """

    __tablename__ = "checkpoint_heads"

    checkpoint_id: Mapped[int] = mapped_column(
        ForeignKey("checkpoints.id", deferrable=True, initially="DEFERRED"), primary_key=True
    )
    case_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, index=True)
    number: Mapped[str]
    seq: Mapped[int]
    head: Mapped[bytes]


class StaffChange(Base):
    """Insert-only. `by` and `second` are empty while nobody is enrolled who could answer for it."""

    __tablename__ = "staff_changes"

    id: Mapped[Id]
    at: Mapped[datetime]
    what: Mapped[str]
    subject: Mapped[str] = mapped_column(index=True)
    by: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    second: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    told: Mapped[dict[str, Any]] = mapped_column(JSONB)

    __table_args__ = (CheckConstraint("second is null or second <> by", name="two_people"),)
