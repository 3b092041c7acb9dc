"""Cases that killed their worker, or that nobody could take up."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from makegood.store.models.base import Base


class Trouble(Base):
    """`deaths` and `breaks` are in a row: a leg that ends well clears it. `handed_at`: a person has it."""

    __tablename__ = "troubles"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True, autoincrement=False)
    deaths: Mapped[int] = mapped_column(server_default=text("0"))
    breaks: Mapped[int] = mapped_column(server_default=text("0"))
    last_at: Mapped[datetime]
    handed_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("deaths >= 0 and breaks >= 0", name="counts"),)
