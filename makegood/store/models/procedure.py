"""Published versions of procedures, kept for as long as a case is pinned to them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from makegood.store.models.base import Base


class ProcedureVersion(Base):
    """`version` is a digest over `body` (the file's text), `tables` and `contracts`."""

    __tablename__ = "procedure_versions"

    version: Mapped[str] = mapped_column(primary_key=True)
    procedure: Mapped[str]
    body: Mapped[str]
    tables: Mapped[dict[str, Any]] = mapped_column(JSONB)
    contracts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    published_at: Mapped[datetime]

    __table_args__ = (Index(None, "procedure", "published_at"),)
