"""Batches: open approvals of one cause, shown together, and the audit of every answer to them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from makegood.store.models.base import Base, Id, word
from makegood.store.words import AnswerVerdict, ApprovalDecision, BatchStatus, MemberStatus


class Batch(Base):
    """`round` counts how often it was asked, `runs` how many runs were asked for, `asked_at` when last.

    `packet` is what is shown now; it begins with what was wrong with the last answer.
    """

    __tablename__ = "batches"

    id: Mapped[Id]
    procedure: Mapped[str]
    step: Mapped[str]
    market: Mapped[str]
    currency: Mapped[str]
    cause: Mapped[str]
    status: Mapped[BatchStatus] = mapped_column(word(BatchStatus, "status"))
    round: Mapped[int] = mapped_column(server_default=text("1"))
    packet: Mapped[str]
    packet_hash: Mapped[bytes]
    run_id: Mapped[UUID | None]
    runs: Mapped[int] = mapped_column(server_default=text("1"))
    asked_at: Mapped[datetime]
    offered_at: Mapped[datetime]
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None]
    decision: Mapped[ApprovalDecision | None] = mapped_column(word(ApprovalDecision, "decision"))

    __table_args__ = (
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
        CheckConstraint("round >= 1 and runs >= 1", name="counts"),
        CheckConstraint("octet_length(packet_hash) = 32", name="packet_hash"),
        CheckConstraint(
            "(status = 'answered') = (decision is not null) and (decision is null) = (decided_by is null)"
            " and (decision is null) = (decided_at is null)",
            name="answered_has_decision",
        ),
        Index("ix_batches_open", "id", postgresql_where="status = 'open'"),
    )


class BatchMember(Base):
    """An approval is in one batch at most. `packet_hash` is of its own packet, as it was when listed."""

    __tablename__ = "batch_members"

    batch_id: Mapped[int] = mapped_column(ForeignKey("batches.id"), primary_key=True, autoincrement=False)
    approval_id: Mapped[int] = mapped_column(
        ForeignKey("approvals.id"), primary_key=True, autoincrement=False, unique=True
    )
    packet_hash: Mapped[bytes]
    status: Mapped[MemberStatus] = mapped_column(word(MemberStatus, "status"))

    __table_args__ = (CheckConstraint("octet_length(packet_hash) = 32", name="packet_hash"),)


class BatchAnswer(Base):
    """Insert-only audit, and the proof that each case's leg looks at.

    `person_id` is what was typed, hence no foreign key. `covers` has each approval that was said yes or no
    to, by its id, with its packet's hash in hex; `struck` the numbers of the cases that were struck out.
    Totals are of what is covered, `house_minor` in the currency of authority.
    """

    __tablename__ = "batch_answers"

    id: Mapped[Id]
    batch_id: Mapped[int] = mapped_column(ForeignKey("batches.id"), index=True)
    external_id: Mapped[str] = mapped_column(unique=True)
    round: Mapped[int]
    person_id: Mapped[str]
    decision: Mapped[str]
    covers: Mapped[dict[str, Any]] = mapped_column(JSONB)
    struck: Mapped[list[Any]] = mapped_column(JSONB)
    total_minor: Mapped[int]
    house_minor: Mapped[int]
    verdict: Mapped[AnswerVerdict] = mapped_column(word(AnswerVerdict, "verdict"))
    why: Mapped[str]
    answered_at: Mapped[datetime]
    recorded_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("total_minor >= 0 and house_minor >= 0", name="amounts"),)
