"""The journal: append-only, hash-chained, sealed under the customer's key."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from makegood.store.models.base import Base

GENESIS = bytes(32)
"""The `prev` of a journal's first event."""


class JournalRow(Base):
    """Insert-only, by trigger and by grant. `kind` is in the clear, so a timeline survives erasure."""

    __tablename__ = "journal"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    kind: Mapped[str]
    cipher: Mapped[bytes]
    prev: Mapped[bytes]
    hash: Mapped[bytes]
    fence: Mapped[int]

    __table_args__ = (
        CheckConstraint("seq >= 1", name="seq"),
        CheckConstraint("octet_length(prev) = 32 and octet_length(hash) = 32", name="sha256"),
    )
