"""Delivering: what a person entered in a suspended run goes into the inbox, once, as of when that was."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from makegood.desk.arrivals import APPROVAL
from makegood.desk.desk import Desk
from makegood.store import inbox
from makegood.store.transaction import Tx


def put(
    tx: Tx,
    desk: Desk,
    case_id: int,
    *,
    external_id: str,
    question: str,
    fields: Mapping[str, str],
    at: datetime,
    resumed: bool = True,
    by_leg: bool = False,
) -> bool:
    """False when this answer was delivered before, by its own leg or by the sweep: `external_id` says so.

    `at` is real time, by which the code is verified; the inbox keeps the case's own time.
    """
    received_at = desk.now() - (datetime.now(UTC) - at)
    return inbox.put(
        tx,
        case_id,
        source="prefect",
        external_id=external_id,
        name=APPROVAL,
        match=question,
        payload={"fields": dict(fields), "answered_at": at.isoformat(), "resumed": resumed},
        received_at=received_at,
        now=desk.now(),
        by_leg=by_leg,
    )
