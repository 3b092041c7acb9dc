"""Published versions of procedures: a case reads the one that it began on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from makegood.store.errors import Missing, VersionChanged
from makegood.store.models import IS_OPEN, Case, ProcedureVersion
from makegood.store.transaction import Tx


def publish(
    tx: Tx,
    version: str,
    procedure: str,
    body: str,
    tables: Mapping[str, Any],
    contracts: Mapping[str, Any],
    now: datetime,
) -> bool:
    """False when this version is published already. Raises VersionChanged if it was with another content."""
    content = {"procedure": procedure, "body": body, "tables": dict(tables), "contracts": dict(contracts)}
    row = insert(ProcedureVersion).values(version=version, published_at=now, **content)
    row = row.on_conflict_do_nothing(index_elements=["version"])
    if tx.session.scalar(row.returning(ProcedureVersion.version)) is not None:
        return True
    known = get(tx, version)
    if any(getattr(known, name) != value for name, value in content.items()):
        raise VersionChanged(version)
    return False


def is_published(tx: Tx, version: str) -> bool:
    """Without a look at its content, which `publish` has compared before."""
    query = select(ProcedureVersion.version).where(ProcedureVersion.version == version)
    return tx.session.scalar(query) is not None


def get(tx: Tx, version: str) -> ProcedureVersion:
    """Raises Missing."""
    found = tx.session.scalar(select(ProcedureVersion).where(ProcedureVersion.version == version))
    if found is None:
        raise Missing("procedure version", version)
    return found


def latest(tx: Tx, procedure: str) -> ProcedureVersion | None:
    """The one published last."""
    query = select(ProcedureVersion).where(ProcedureVersion.procedure == procedure)
    query = query.order_by(ProcedureVersion.published_at.desc(), ProcedureVersion.version)
    return tx.session.scalar(query.limit(1))


def pinned(tx: Tx) -> dict[str, int]:
    """How many open cases each version still has."""
    query = select(Case.version, func.count()).where(IS_OPEN).group_by(Case.version)
    return {row[0]: row[1] for row in tx.session.execute(query)}
