"""People: who may work on cases, how far their authority goes, and the secret of their codes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from makegood.store.models.base import Base, word
from makegood.store.words import Role


class Person(Base):
    """`last_code_step` is the 30-second step of the last code that counted: none counts twice."""

    __tablename__ = "people"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    role: Mapped[Role] = mapped_column(word(Role, "role"))
    limit_minor: Mapped[int | None]
    limit_currency: Mapped[str | None]
    markets: Mapped[list[str]] = mapped_column(ARRAY(Text))
    secret_cipher: Mapped[bytes]
    email_cipher: Mapped[bytes | None]
    last_code_step: Mapped[int] = mapped_column(server_default=text("0"))
    failures: Mapped[int] = mapped_column(server_default=text("0"))
    locked_until: Mapped[datetime | None]
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    demo: Mapped[bool] = mapped_column(server_default=text("false"))
    locale: Mapped[str]
    created_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("id ~ '^[a-z0-9][a-z0-9._-]*$'", name="id"),
        CheckConstraint("limit_minor >= 0", name="limit"),
        CheckConstraint(
            "(limit_minor is null) = (limit_currency is null) and limit_currency ~ '^[A-Z]{3}$'",
            name="limit_currency",
        ),
        CheckConstraint("failures >= 0", name="failures"),
    )
