"""Siblings: a case that another case's `call` step opened; its close is the caller's event."""

from __future__ import annotations

from datetime import datetime

from makegood.store import cases, inbox
from makegood.store.transaction import Tx

CLOSED = "case.closed"


def tell(tx: Tx, case_id: int, outcome: str, now: datetime) -> None:
    """Puts the close into the caller's inbox, where there is a caller."""
    case = cases.get(tx, case_id)
    if case.called_by is None:
        return
    inbox.put(
        tx,
        case.called_by,
        source="makegood",
        external_id=f"closed:{case.number}",
        name=CLOSED,
        match=case.number,
        payload={"facts": {"outcome": outcome}, "by": case.number},
        received_at=now,
        now=now,
    )
