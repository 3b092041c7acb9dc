"""Single cases: read, locked, owned."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from makegood.store import audit, plain
from makegood.store.errors import Missing, StaleFence
from makegood.store.memory import remembered
from makegood.store.models import Case
from makegood.store.transaction import Tx
from makegood.store.words import CaseStatus


@remembered("cases.get")
def get(tx: Tx, case_id: int) -> Case:
    """Raises Missing."""
    case = plain.one(tx, Case, "id = :id", id=case_id)
    if case is None:
        raise Missing("case", case_id)
    return case


def by_number(tx: Tx, number: str) -> Case | None:
    """Numbers are matched without regard to case: keys and links carry them in lower case."""
    return plain.one(tx, Case, "number = :number", number=number.upper())


def lock(tx: Tx, case_id: int, fence: int | None = None) -> Case:
    """The row, locked until the transaction ends. Raises Missing, or StaleFence for an old fence.

    Whoever locks a case and an order locks the case first.
    """
    tx.forget_row("cases.get", case_id)
    case = plain.one(tx, Case, "id = :id for no key update", id=case_id)
    if case is None:
        raise Missing("case", case_id)
    if fence is not None and fence != case.fence:
        raise StaleFence(case_id, fence, case.fence)
    return case


def lock_by_number(tx: Tx, number: str) -> Case | None:
    """As `by_number`, locked until the transaction ends."""
    return plain.one(tx, Case, "number = :number for no key update", number=number.upper())


def is_closed(tx: Tx, case_id: int) -> bool:
    """Locks the row: the answer holds until the transaction ends."""
    query = select(Case.status).where(Case.id == case_id).with_for_update(key_share=True)
    return tx.session.scalar(query) is CaseStatus.CLOSED


def assign(tx: Tx, case_id: int, person: str | None, now: datetime, *, by: str | None = None) -> None:
    """Makes `person` the owner, and writes down for good that they were: whoever owned a case at any time
    may not approve its payments. Raises Missing."""
    case = lock(tx, case_id)
    if case.owner == person:
        return
    told: dict[str, object] = {"to": person, "before": case.owner}
    audit.note_change(tx, audit.OWNER, case.number, told, now, by=by)
    tx.session.execute(update(Case).where(Case.id == case_id).values(owner=person))
