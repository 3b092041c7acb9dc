"""The inbox: what arrives for a case, once, without its lease, and wakes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, text

from makegood.store import outbox, plain
from makegood.store.memory import remembered
from makegood.store.models import ArrivalRow, Case
from makegood.store.rows import array
from makegood.store.transaction import Tx, decode, encode
from makegood.store.words import CaseStatus

_PUT = text(
    'insert into inbox (source, external_id, case_id, name, "match", cipher, received_at, created_at)'
    " values (:source, :external_id, :case_id, :name, :match, :cipher, :received_at, now())"
    " on conflict (source, external_id) do nothing returning id"
)
_READ = text("update inbox set read_seq = :seq where id = any(cast(:ids as bigint[]))")
_WAKE = text(
    "update cases set wake_at = case when status = 'closed' then null else least(wake_at, :now) end"
    " where id = :case returning number, legs"
)
_CLAIM = text("select pg_advisory_xact_lock(hashtextextended(:source || '|' || :external_id, 0))")


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """`name` is what happened (`parcel.received`), `match` what it happened to (a tracking number)."""

    id: int
    case_id: int
    source: str
    external_id: str
    name: str
    match: str | None
    payload: Mapping[str, Any]
    received_at: datetime


def put(
    tx: Tx,
    case_id: int,
    *,
    source: str,
    external_id: str,
    name: str,
    payload: Mapping[str, Any],
    received_at: datetime,
    now: datetime,
    match: str | None = None,
    by_leg: bool = False,
) -> bool:
    """False, and nothing else happens, when `(source, external_id)` came before.

    An open case is due now and a leg is asked for, in this transaction. A closed case is not opened by
    it, but a leg is asked for as well, which decides what a late arrival means. `by_leg`: a leg puts it
    that will read it itself; should it die before that, the sweep finds the case due. Raises Erased.
    """
    sealed = tx.seal(case_id, encode(payload), _bound(source, external_id))
    row = {
        "source": source,
        "external_id": external_id,
        "case_id": case_id,
        "name": name,
        "match": match,
        "cipher": sealed,
        "received_at": received_at,
    }
    if tx.session.scalar(_PUT, row) is None:
        return False
    _wake(tx, case_id, now, ask=not by_leg)
    return True


def _wake(tx: Tx, case_id: int, now: datetime, *, ask: bool) -> None:
    """`legs` is read by the update that holds the row's lock: no leg can start or park in between."""
    number, legs = tx.session.execute(_WAKE, {"case": case_id, "now": now}).one()
    if ask:
        outbox.start_leg(tx, case_id, number, legs, now)


def claim(tx: Tx, source: str, external_id: str) -> int | None:
    """The id of the case that this arrival belongs to already; None holds off its twins until `tx` ends.

    For intake, which must know before it opens a case.
    """
    tx.session.execute(_CLAIM, {"source": source, "external_id": external_id})
    query = select(ArrivalRow.case_id).where(
        ArrivalRow.source == source, ArrivalRow.external_id == external_id
    )
    return tx.session.scalar(query)


def unread(tx: Tx, case_id: int) -> list[Arrival]:
    """By time of receipt. Raises Erased."""
    unread = "case_id = :case and read_seq is null order by received_at, id"
    return [opened(tx, row) for row in plain.find(tx, ArrivalRow, unread, case=case_id)]


def mark_read(tx: Tx, ids: Sequence[int], seq: int) -> None:
    """`seq` is the journal event that took them up; journalled in the same transaction."""
    if tx.later is not None:
        tx.later.reads += [(each, seq) for each in ids]
    elif ids:
        tx.session.execute(_READ, {"ids": array(ids), "seq": seq})


@remembered("inbox.has_come")
def has_come(tx: Tx, order_ref: str, name: str) -> bool:
    """Whether such an event was received for any case of the order, open or closed, read or not."""
    query = select(ArrivalRow.id).join(Case, Case.id == ArrivalRow.case_id)
    query = query.where(Case.order_ref == order_ref, ArrivalRow.name == name)
    return tx.session.scalar(query.limit(1)) is not None


def stranded(tx: Tx, before: datetime, limit: int = 100) -> list[int]:
    """Ids of closed cases with something unread received before `before`: their leg was lost."""
    return list(tx.session.scalars(stranded_query(before, limit)))


def stranded_query(before: datetime, limit: int) -> Select[tuple[int]]:
    query = select(ArrivalRow.case_id).join(Case, Case.id == ArrivalRow.case_id)
    query = query.where(ArrivalRow.read_seq.is_(None), ArrivalRow.received_at < before)
    query = query.where(Case.status == CaseStatus.CLOSED)
    return query.distinct().order_by(ArrivalRow.case_id).limit(limit)


def opened(tx: Tx, row: ArrivalRow) -> Arrival:
    """Raises Erased."""
    plain = tx.unseal(row.case_id, row.cipher, _bound(row.source, row.external_id))
    return Arrival(
        id=row.id,
        case_id=row.case_id,
        source=row.source,
        external_id=row.external_id,
        name=row.name,
        match=row.match,
        payload=decode(plain),
        received_at=row.received_at,
    )


def _bound(source: str, external_id: str) -> str:
    return f"inbox|{source}|{external_id}"
