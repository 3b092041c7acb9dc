"""Which flow runs drive which case, and who holds it now."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from makegood.store.models.base import Base


class RunLink(Base):
    """One leg's flow run. `state` is the last we saw of Prefect; `question_seq` what it is suspended on."""

    __tablename__ = "run_links"

    run_id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    leg: Mapped[int]
    flow: Mapped[str]
    purpose: Mapped[str]
    created_at: Mapped[datetime]
    state: Mapped[str]
    question_seq: Mapped[int | None]

    __table_args__ = (
        UniqueConstraint("case_id", "leg"),
        Index("ix_run_links_running", "created_at", postgresql_where="state = 'Running'"),
    )


class Lease(Base):
    """Who drives the case until when, on the database's clock. `process` is the driver's, if it was told."""

    __tablename__ = "leases"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    holder: Mapped[str]
    fence: Mapped[int]
    expires_at: Mapped[datetime]
    process: Mapped[str | None]

    __table_args__ = (CheckConstraint("fence >= 1", name="fence"),)
