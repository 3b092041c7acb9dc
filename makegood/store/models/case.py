"""Cases: one customer's problem with one order, and the counter that numbers them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from makegood.store.models.base import Base, Id, word
from makegood.store.words import CaseStatus

# written out, not bound: a partial index is only used when the plan can see its condition
IS_OPEN = text("cases.status <> 'closed'")


class Case(Base):
    """`seq` and `head` are the journal's last number and hash; `fence` is the newest driver's.

    `called_by` is the case that waits for this one's close.
    """

    __tablename__ = "cases"

    id: Mapped[Id]
    number: Mapped[str] = mapped_column(unique=True)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id"))
    order_ref: Mapped[str | None]
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"), index=True)
    procedure: Mapped[str]
    version: Mapped[str] = mapped_column(ForeignKey("procedure_versions.version"))
    problem: Mapped[str]
    reason: Mapped[str]
    market: Mapped[str]
    currency: Mapped[str | None]
    locale: Mapped[str]
    zone: Mapped[str]
    channel: Mapped[str]
    tier: Mapped[str]
    status: Mapped[CaseStatus] = mapped_column(word(CaseStatus, "status"))
    owner: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    wake_at: Mapped[datetime | None]
    seq: Mapped[int] = mapped_column(server_default=text("0"))
    head: Mapped[bytes]
    fence: Mapped[int] = mapped_column(server_default=text("0"))
    step: Mapped[str | None]
    waits_on: Mapped[str | None]
    legs: Mapped[int] = mapped_column(server_default=text("0"))
    called_by: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))

    __table_args__ = (
        # promise 1: no case is lost
        CheckConstraint("(status = 'closed') = (wake_at is null)", name="open_has_wake_at"),
        CheckConstraint(
            "(status = 'closed') = (closed_at is not null) and (status = 'closed') = (outcome is not null)",
            name="closed_has_outcome",
        ),
        CheckConstraint("number ~ '^MG-[0-9]{4}-[0-9]{6,}$'", name="number"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
        CheckConstraint("octet_length(head) = 32", name="head"),
        Index("ix_cases_due", "wake_at", "id", postgresql_where="status <> 'closed'"),
        # two messages without an order number are about one problem, hence nulls are equal here
        Index(
            "uq_cases_open_problem",
            "customer_id",
            "order_ref",
            "problem",
            unique=True,
            postgresql_where="status <> 'closed'",
            postgresql_nulls_not_distinct=True,
        ),
        Index(None, "customer_id", "opened_at"),
        Index(None, "opened_at", "id"),
        Index(None, "order_ref"),
        Index(None, "reason", "opened_at"),
        Index("ix_cases_owner_open", "owner", postgresql_where="status <> 'closed'"),
    )


class CaseNumber(Base):
    """The last number given out in a year (UTC)."""

    __tablename__ = "case_numbers"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]

    __table_args__ = (CheckConstraint("last >= 1", name="last"),)
