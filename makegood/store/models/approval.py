"""Approvals: what a human is asked, and the audit of every answer given."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from makegood.store.models.base import Base, Id, word
from makegood.store.words import AnswerVerdict, ApprovalDecision, ApprovalStatus


class Approval(Base):
    """`ceiling_minor` is the order's currency, `house_minor` the same in the currency of authority.

    `units` and `payees` (references of payments) are what it is asked for; null where it was asked before
    they were kept.
    """

    __tablename__ = "approvals"

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    question_seq: Mapped[int]
    step: Mapped[str]
    visit: Mapped[int]
    ceiling_minor: Mapped[int]
    currency: Mapped[str]
    house_minor: Mapped[int]
    packet_hash: Mapped[bytes]
    packet: Mapped[str]
    units: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    payees: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    run_id: Mapped[UUID | None]
    status: Mapped[ApprovalStatus] = mapped_column(word(ApprovalStatus, "status"))
    opened_at: Mapped[datetime]
    due: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None]
    decision: Mapped[ApprovalDecision | None] = mapped_column(word(ApprovalDecision, "decision"))
    amount_minor: Mapped[int | None]

    __table_args__ = (
        UniqueConstraint("case_id", "question_seq"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
        CheckConstraint("ceiling_minor >= 0 and house_minor >= 0 and amount_minor >= 0", name="amounts"),
        CheckConstraint("octet_length(packet_hash) = 32", name="packet_hash"),
        CheckConstraint(
            "(status = 'answered') = (decision is not null) and (decision is null) = (decided_at is null)",
            name="answered_has_decision",
        ),
        CheckConstraint(
            "decision is null or (decision = 'timed_out') = (decided_by is null)", name="decided_by_a_person"
        ),
        CheckConstraint(
            "(coalesce(decision, '') in ('approved', 'adjusted')) = (amount_minor is not null)",
            name="granted_has_amount",
        ),
        Index("ix_approvals_open", "due", "id", postgresql_where="status = 'open'"),
        Index(None, "run_id"),
    )


class ApprovalAnswer(Base):
    """Insert-only audit. `person_id` is what was typed, hence no foreign key; `why` is a word, not prose.

    `bound` is a digest of what was said yes to, where a yes counted: case, question, units, payees, packet.
    """

    __tablename__ = "approval_answers"

    id: Mapped[Id]
    approval_id: Mapped[int] = mapped_column(ForeignKey("approvals.id"), index=True)
    person_id: Mapped[str]
    decision: Mapped[str]
    amount_minor: Mapped[int | None]
    verdict: Mapped[AnswerVerdict] = mapped_column(word(AnswerVerdict, "verdict"))
    why: Mapped[str]
    answered_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    bound: Mapped[bytes | None]
