"""Projections of the journal for display and sweep: timers and promises."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from makegood.store.models.base import Base, word
from makegood.store.words import PromiseName


class Timer(Base):
    """A due instant on a case and what firing it means."""

    __tablename__ = "timers"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    due: Mapped[datetime]
    meaning: Mapped[str]

    __table_args__ = (Index(None, "due"),)


class Promise(Base):
    """A service-level clock of a case. `due` is null while the customer has the ball."""

    __tablename__ = "promises"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    name: Mapped[PromiseName] = mapped_column(word(PromiseName, "name"), primary_key=True)
    warn_at: Mapped[datetime | None]
    due: Mapped[datetime | None]
    warned_at: Mapped[datetime | None]
    breached_at: Mapped[datetime | None]
    met_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_promises_breached", "name", postgresql_where="breached_at is not null"),
        Index("ix_promises_due", "due", postgresql_where="met_at is null and breached_at is null"),
    )
