"""Versions of authority.yaml that two people have signed, each kept whole."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from makegood.store.models.base import Base, Id


class SignedAuthority(Base):
    """Insert-only; the newest that is signed by our own key holds. `by` and `second` are empty for the file
    that held when the second person was enrolled: nobody was there before to sign it."""

    __tablename__ = "authorities"

    id: Mapped[Id]
    at: Mapped[datetime]
    digest: Mapped[bytes]
    content: Mapped[str]
    by: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    second: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    signature: Mapped[bytes]

    __table_args__ = (
        CheckConstraint("digest = sha256(convert_to(content, 'UTF8'))", name="digest"),
        CheckConstraint(
            "(by is null) = (second is null) and (second is null or second <> by)", name="two_people"
        ),
        CheckConstraint("octet_length(signature) = 64", name="ed25519"),
    )
