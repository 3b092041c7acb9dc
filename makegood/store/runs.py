"""Run links: which flow run is which leg of which case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, func, select, text

from makegood.store import plain
from makegood.store.models import Case, Lease, RunLink
from makegood.store.transaction import Tx

_STATE = text("update run_links set state = :state, question_seq = :seq where run_id = :run returning leg")
_LINK = text(
    "with counted as (update cases set legs = :leg where id = :case)"
    " insert into run_links (run_id, case_id, leg, flow, purpose, created_at, state)"
    " values (:run, :case, :leg, :flow, :purpose, :now, :state)"
)


def link(
    tx: Tx, case: Case, run_id: UUID, *, flow: str, purpose: str, now: datetime, state: str = "Running"
) -> int:
    """The number of the leg that the run is; a resumed run keeps its own. `case` is locked.

    Called when the leg starts, before it reads the inbox: what arrives later asks for the next leg.
    """
    known = by_run(tx, run_id)
    if known is not None:
        return known.leg
    leg = case.legs + 1
    row = {"run": run_id, "case": case.id, "leg": leg, "flow": flow, "purpose": purpose, "now": now}
    tx.session.execute(_LINK, {**row, "state": state})
    return leg


def state(tx: Tx, run_id: UUID, state: str, question_seq: int | None = None) -> bool:
    """Notes what Prefect says of the run, and what it is suspended on. False for an unknown run."""
    noted = {"run": run_id, "state": state, "seq": question_seq}
    return tx.session.scalar(_STATE, noted) is not None


def by_run(tx: Tx, run_id: UUID) -> RunLink | None:
    return plain.one(tx, RunLink, "run_id = :run", run=run_id)


def of_case(tx: Tx, case_id: int) -> list[RunLink]:
    return list(tx.session.scalars(select(RunLink).where(RunLink.case_id == case_id).order_by(RunLink.leg)))


def left_running(tx: Tx, before: datetime, limit: int = 500) -> list[tuple[RunLink, Case]]:
    """Runs that began a leg before `before` and never said how it ended, while nobody holds their case."""
    held = exists().where(Lease.case_id == RunLink.case_id, Lease.expires_at > func.clock_timestamp())
    query = select(RunLink, Case).join(Case, Case.id == RunLink.case_id)
    query = query.where(text("run_links.state = 'Running'"), RunLink.created_at < before, ~held)
    return [(row[0], row[1]) for row in tx.session.execute(query.order_by(RunLink.created_at).limit(limit))]


def cases_of(tx: Tx, run_ids: Sequence[UUID]) -> dict[UUID, Case]:
    """The case of each run that is known."""
    query = select(RunLink.run_id, Case).join(Case, Case.id == RunLink.case_id)
    return {row[0]: row[1] for row in tx.session.execute(query.where(RunLink.run_id.in_(run_ids)))}


def suspended_on(tx: Tx, case_id: int, question_seq: int) -> list[RunLink]:
    """The runs that were suspended on this question, the youngest last."""
    query = select(RunLink).where(RunLink.case_id == case_id, RunLink.question_seq == question_seq)
    return list(tx.session.scalars(query.order_by(RunLink.leg)))


def numbers(tx: Tx, run_ids: Sequence[UUID]) -> dict[UUID, str]:
    """The case number of each run that is known."""
    query = select(RunLink.run_id, Case.number).join(Case, Case.id == RunLink.case_id)
    rows = tx.session.execute(query.where(RunLink.run_id.in_(run_ids)))
    return {row[0]: row[1] for row in rows}


def count(tx: Tx) -> int:
    return tx.session.scalar(select(func.count()).select_from(RunLink)) or 0
