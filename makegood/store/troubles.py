"""Troubles: how often in a row a case has killed its worker, or broken what took it up."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from makegood.store.models import Trouble
from makegood.store.transaction import Tx


def of_case(tx: Tx, case_id: int) -> Trouble | None:
    return tx.session.scalar(select(Trouble).where(Trouble.case_id == case_id))


def died(tx: Tx, case_id: int, now: datetime) -> int:
    """One more worker has died over the case; how many in a row."""
    return _count(tx, case_id, now, "deaths")


def broke(tx: Tx, case_id: int, now: datetime) -> int:
    """One more leg has raised what nobody planned for; how many in a row."""
    return _count(tx, case_id, now, "breaks")


def hand(tx: Tx, case_id: int, now: datetime) -> None:
    """A person has the case from now on: it is not driven."""
    tx.session.execute(update(Trouble).where(Trouble.case_id == case_id).values(handed_at=now))


def try_again(tx: Tx, case_id: int, deaths: int) -> None:
    """The person says that it may be driven again, as one that has killed `deaths` workers."""
    again = {"handed_at": None, "deaths": deaths}
    tx.session.execute(update(Trouble).where(Trouble.case_id == case_id).values(**again))


def clear(tx: Tx, case_id: int) -> None:
    """A leg has ended well."""
    tx.session.execute(delete(Trouble).where(Trouble.case_id == case_id))


def handed(tx: Tx) -> int:
    """How many cases a person has because they kill their worker."""
    query = select(func.count()).select_from(Trouble).where(Trouble.handed_at.is_not(None))
    return tx.session.scalar(query) or 0


def _count(tx: Tx, case_id: int, now: datetime, what: str) -> int:
    row = insert(Trouble).values(case_id=case_id, last_at=now, **{what: 1})
    more = {what: getattr(Trouble, what) + 1, "last_at": now}
    row = row.on_conflict_do_update(index_elements=["case_id"], set_=more)
    return int(tx.session.execute(row.returning(getattr(Trouble, what))).scalar_one())
