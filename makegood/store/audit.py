"""The audit: checkpoints of every journal's head, signed and chained, and what no longer agrees with them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import InstrumentedAttribute

from makegood.store.models import GENESIS, ApprovalAnswer, BatchAnswer, Case, Checkpoint, StaffChange
from makegood.store.transaction import Tx, encode
from makegood.store.vault import is_signed

_GROWN = text(
    "insert into checkpoint_heads (checkpoint_id, case_id, number, seq, head)"
    " select :id, c.id, c.number, c.seq, c.head from cases c left join lateral ("
    "  select h.seq from checkpoint_heads h where h.case_id = c.id order by h.checkpoint_id desc limit 1"
    " ) known on true where c.seq > coalesce(known.seq, 0)"
)
_HEADS = text(
    "select count(*), sha256(convert_to(coalesce(string_agg("
    "number || ' ' || seq || ' ' || encode(head, 'hex'), E'\\n' order by case_id), ''), 'UTF8'))"
    " from checkpoint_heads where checkpoint_id = :id"
)
_MOVED = text(
    "select h.number, h.seq, c.id is null as removed from checkpoint_heads h"
    " left join cases c on c.id = h.case_id and c.number = h.number"
    " left join journal j on j.case_id = c.id and j.seq = h.seq"
    " where j.hash is distinct from h.head order by h.checkpoint_id, h.number, h.seq limit :limit"
)
_UNCOUNTED = text(
    "select n.year, n.last, count(c.id) as found from case_numbers n"
    " left join cases c on c.number like 'MG-' || n.year || '-%'"
    " group by n.year, n.last having count(c.id) <> n.last order by n.year"
)


_ALONE = text("select pg_advisory_xact_lock(hashtextextended('makegood audit', 0))")
_BESIDE = text("select pg_advisory_xact_lock_shared(hashtextextended('makegood audit', 0))")


_LATER = frozenset({"bound"})
OWNER = "owner"
"""The list of changes' word for: somebody took a case, or gave it back."""


class _Upto(NamedTuple):
    """The newest rows that a checkpoint covers."""

    answers: int
    changes: int
    batches: int


class _Digest(NamedTuple):
    cases: int
    prev: bytes
    digest: bytes


@dataclass(frozen=True, slots=True)
class Fault:
    """`where` is a case's number, a year or a checkpoint; `seq` its first bad event, where there is one."""

    where: str
    what: str
    seq: int | None = None


def hold_off_checkpoints(tx: Tx) -> None:
    """Before a row is added to a list that checkpoints cover: none is signed until it is committed."""
    tx.session.execute(_BESIDE)


def checkpoint(tx: Tx, now: datetime) -> Checkpoint:
    """Writes down where each journal stands that has grown, and signs it. One at a time."""
    tx.session.execute(_ALONE)
    before = last(tx)
    number = 1 if before is None else before.id + 1
    tx.session.execute(_GROWN, {"id": number})
    upto = _Upto(_newest(tx, ApprovalAnswer.id), _newest(tx, StaffChange.id), _newest(tx, BatchAnswer.id))
    made = _digest(tx, number, now, before, upto)
    row = insert(Checkpoint).values(
        id=number,
        at=now,
        cases=made.cases,
        answers=upto.answers,
        changes=upto.changes,
        batches=upto.batches,
        prev=made.prev,
        digest=made.digest,
        signature=tx.vault.sign(made.digest),
    )
    return tx.session.scalars(row.returning(Checkpoint)).one()


def last(tx: Tx) -> Checkpoint | None:
    return tx.session.scalar(select(Checkpoint).order_by(Checkpoint.id.desc()).limit(1))


def checkpoints(tx: Tx) -> list[Checkpoint]:
    return list(tx.session.scalars(select(Checkpoint).order_by(Checkpoint.id)))


def _newest(tx: Tx, column: InstrumentedAttribute[int]) -> int:
    return tx.session.scalar(select(func.coalesce(func.max(column), 0))) or 0


def _digest(tx: Tx, number: int, at: datetime, before: Checkpoint | None, to: _Upto) -> _Digest:
    """SHA-256 over the digest before, the instant in UTC, the heads, and what was added to each list."""
    cases, heads = tx.session.execute(_HEADS, {"id": number}).one()
    prev = GENESIS if before is None else before.digest
    told = hashlib.sha256(prev + at.astimezone(UTC).isoformat().encode() + bytes(heads))
    for table, newest, known in (
        (ApprovalAnswer.__table__, to.answers, before.answers if before else 0),
        (StaffChange.__table__, to.changes, before.changes if before else 0),
        (BatchAnswer.__table__, to.batches, before.batches if before else 0),
    ):
        query = select(table).where(table.c.id > known, table.c.id <= newest).order_by(table.c.id)
        for row in tx.session.execute(query):
            told.update(encode(_row(row._asdict())) + b"\n")
    return _Digest(cases, prev, told.digest())


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    """A column that a later version brought is left out where it is empty: older digests stay right."""
    return {name: _written(value) for name, value in row.items() if name not in _LATER or value is not None}


def _written(value: object) -> object:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat()
        case bytes():
            return value.hex()
        case _:
            return value


def faults(tx: Tx, limit: int = 100) -> list[Fault]:
    """What the checkpoints show: their own chain first, then journals cut, changed or removed since."""
    found: list[Fault] = []
    before: Checkpoint | None = None
    for each in checkpoints(tx):
        made = _digest(tx, each.id, each.at, before, _Upto(each.answers, each.changes, each.batches))
        name = f"checkpoint {each.id} of {each.at:%Y-%m-%d %H:%M} UTC"
        if (each.prev, each.digest, each.cases) != (made.prev, made.digest, made.cases):
            found.append(Fault(name, "it, an answer or a change of staff is not what was written down then"))
        elif not is_signed(tx.vault.public_key, each.digest, each.signature):
            found.append(Fault(name, "it was not signed with this installation's key"))
        before = each
    for number, seq, removed in tx.session.execute(_MOVED, {"limit": limit}):
        what = "the case is gone" if removed else "the journal was cut or changed after a checkpoint"
        found.append(Fault(number, what, None if removed else seq))
    for year, given, count in tx.session.execute(_UNCOUNTED):
        found.append(Fault(f"MG-{year}", f"{given} numbers were given out, and {count} cases are there"))
    return found


def case_ids(tx: Tx, after: int = 0, limit: int = 1000) -> list[tuple[int, str]]:
    query = select(Case.id, Case.number).where(Case.id > after).order_by(Case.id).limit(limit)
    return [(case_id, number) for case_id, number in tx.session.execute(query)]


def note_change(
    tx: Tx,
    what: str,
    subject: str,
    told: dict[str, object],
    now: datetime,
    *,
    by: str | None = None,
    second: str | None = None,
) -> None:
    """Into the list of changes to people and authority, which is never changed itself."""
    hold_off_checkpoints(tx)
    row = insert(StaffChange).values(at=now, what=what, subject=subject, by=by, second=second, told=told)
    tx.session.execute(row)


def changes(tx: Tx) -> list[StaffChange]:
    return list(tx.session.scalars(select(StaffChange).order_by(StaffChange.id)))


def owners_of(tx: Tx, number: str) -> frozenset[str]:
    """Whoever had the case at any time of which the list tells."""
    query = select(StaffChange.told).where(StaffChange.subject == number, StaffChange.what == OWNER)
    had = (told.get(name) for told in tx.session.scalars(query) for name in ("to", "before"))
    return frozenset(str(person) for person in had if person)
