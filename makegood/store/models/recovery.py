"""Recovery codes: each counts once in place of a one-time code, and is kept as a hash."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from makegood.store.models.base import Base, Id


class RecoveryCode(Base):
    """`salt` is one for all codes that were made together: a guess is hashed once, not once for each."""

    __tablename__ = "recovery_codes"

    id: Mapped[Id]
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    salt: Mapped[bytes]
    digest: Mapped[bytes]
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    voided_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("octet_length(salt) = 16 and octet_length(digest) = 32", name="scrypt"),
        Index("ix_recovery_codes_person_id", "person_id", postgresql_where="voided_at is null"),
    )
