"""Opening a case: one per customer, order and problem, numbered from a counter."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from makegood.core.errors import MoveRefused
from makegood.store import outbox, plain
from makegood.store.cases.rows import lock
from makegood.store.errors import AlreadyOpen
from makegood.store.models import GENESIS, IS_OPEN, Case, CaseNumber
from makegood.store.transaction import Tx
from makegood.store.words import CaseStatus

_SAME = (
    "customer_id = :customer and order_ref is not distinct from cast(:order_ref as text)"
    f" and problem = :problem and {IS_OPEN.text}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCase:
    """`problem` tells problems with one order apart: the procedure's name, unless intake knows better."""

    customer_id: UUID
    procedure: str
    version: str
    problem: str
    reason: str
    market: str
    locale: str
    zone: str
    channel: str
    tier: str = "standard"
    order_ref: str | None = None
    order_id: int | None = None
    currency: str | None = None
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """`fresh` is False when the problem had an open case already: then it is that case."""

    case: Case
    fresh: bool


def open(tx: Tx, new: NewCase, now: datetime) -> Opened:  # noqa: A001  (cases.open reads best)
    """Due at once, with its first leg asked for. Safe against a twin opened at the same instant."""
    known = _open_one(tx, new.customer_id, new.order_ref, new.problem)
    if known is not None:
        return Opened(known, fresh=False)
    row = insert(Case).values(
        **asdict(new),
        number=_next_number(tx, now),
        status=CaseStatus.PARKED,
        opened_at=now,
        wake_at=now,
        head=GENESIS,
    )
    row = row.on_conflict_do_nothing(
        index_elements=["customer_id", "order_ref", "problem"], index_where=text("status <> 'closed'")
    )
    case = tx.session.scalar(row.returning(Case))
    if case is None:
        known = _open_one(tx, new.customer_id, new.order_ref, new.problem)
        if known is None:  # the twin closed between two statements; the sender tries again
            raise AlreadyOpen(None)
        return Opened(known, fresh=False)
    outbox.start_leg(tx, case.id, case.number, case.legs, now)
    return Opened(case, fresh=True)


def attach_order(tx: Tx, case_id: int, order_ref: str, order_id: int | None, currency: str | None) -> None:
    """Ties the case to the order that was found. Raises AlreadyOpen if that order's problem has a case."""
    case = lock(tx, case_id)
    twin = _open_one(tx, case.customer_id, order_ref, case.problem)
    if twin is not None and twin.id != case_id:
        raise AlreadyOpen(twin.number)
    tied = {"order_ref": order_ref, "order_id": order_id, "currency": currency}
    try:
        with tx.session.begin_nested():
            tx.session.execute(update(Case).where(Case.id == case_id).values(**tied))
    except IntegrityError as error:  # opened by another transaction meanwhile
        raise AlreadyOpen(None) from error


def set_caller(tx: Tx, case_id: int, caller: int) -> None:
    """`caller` is told of this case's close. A case never waits for itself."""
    if case_id == caller:
        raise MoveRefused("call", "the same case")
    tx.session.execute(update(Case).where(Case.id == case_id).values(called_by=caller))


def _open_one(tx: Tx, customer: UUID, order_ref: str | None, problem: str) -> Case | None:
    return plain.one(tx, Case, _SAME, customer=customer, order_ref=order_ref, problem=problem)


def _next_number(tx: Tx, now: datetime) -> str:
    """The counter's row is locked until the transaction ends; a rolled back number is given out again."""
    year = now.astimezone(UTC).year
    row = insert(CaseNumber).values(year=year, last=1)
    row = row.on_conflict_do_update(index_elements=["year"], set_={"last": CaseNumber.last + 1})
    last = tx.session.scalar(row.returning(CaseNumber.last))
    return f"MG-{year}-{last:06d}"
