"""Customers: who they are is sealed under a key of their own, and found by keyed blind indexes."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from makegood.store.models.base import Base


class Customer(Base):
    """After erasure only the id, the market and the dates are left."""

    __tablename__ = "customers"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    key_wrapped: Mapped[bytes | None]
    email_index: Mapped[bytes | None] = mapped_column(unique=True)
    phone_index: Mapped[bytes | None]
    fields_cipher: Mapped[bytes | None]
    locale: Mapped[str]
    zone: Mapped[str]
    market: Mapped[str]
    tier: Mapped[str]
    consent: Mapped[bool]
    created_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("(key_wrapped is null) = (erased_at is not null)", name="key_until_erased"),
        CheckConstraint(
            "erased_at is null or (email_index is null and phone_index is null and fields_cipher is null)",
            name="nothing_after_erasure",
        ),
        Index(None, "phone_index", postgresql_where="phone_index is not null"),
    )
