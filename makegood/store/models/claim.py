"""What a case is about: the units that its customer claims for."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from makegood.store.models.base import Base


class ClaimedUnit(Base):
    """Written when the case's order is known. By it claims are counted per article."""

    __tablename__ = "claimed_units"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True, autoincrement=False)
    unit_id: Mapped[int] = mapped_column(
        ForeignKey("order_units.id"), primary_key=True, autoincrement=False, index=True
    )
