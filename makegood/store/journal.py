"""The journal: events appended under the fence, sealed, chained, read back and verified."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import RowMapping, Select, select, text

from makegood.core import events
from makegood.core.events import Event
from makegood.store.errors import Erased, JournalMoved, Missing, StaleFence
from makegood.store.models import GENESIS, Case, JournalRow
from makegood.store.transaction import Tx, decode, encode
from makegood.store.vault import seal

Row = TypeVar("Row", bound=tuple[Any, ...])


class Entry(NamedTuple):
    """An event with its envelope."""

    seq: int
    at: datetime
    event: Event


class Envelope(NamedTuple):
    """What can be read of an event without its customer's key."""

    seq: int
    at: datetime
    kind: str
    hash: bytes


_LOCK = text(
    "select c.id, c.number, c.seq, c.head, c.fence, c.customer_id, u.key_wrapped"
    " from cases c join customers u on u.id = c.customer_id where c.id = :case for no key update of c"
)

_READ = text("select seq, at, kind, cipher from journal where case_id = :case and seq > :after order by seq")

# one round trip, however many events; the case's end moves with them
_APPEND = text(
    "with moved as (update cases set seq = :last, head = :head where id = :case)"
    " insert into journal (case_id, seq, at, kind, cipher, prev, hash, fence)"
    " select :case, e.seq, e.at, e.kind, e.cipher, e.prev, e.hash, :fence from unnest("
    "cast(:seq as bigint[]), cast(:at as timestamptz[]), cast(:kind as text[]),"
    " cast(:cipher as bytea[]), cast(:prev as bytea[]), cast(:hash as bytea[])"
    ") as e (seq, at, kind, cipher, prev, hash)"
)


def append(
    tx: Tx,
    case_id: int,
    new: Sequence[tuple[Event, datetime]],
    fence: int,
    *,
    after: int | None = None,
) -> list[int]:
    """Their numbers. `after` is the last event that the writer has folded, if it wants that checked.

    Locks the case. Raises StaleFence, JournalMoved, Erased, Missing; nothing is written then.
    """
    case = tx.session.execute(_LOCK, {"case": case_id}).mappings().one_or_none()
    if case is None:
        raise Missing("case", case_id)
    if case["fence"] != fence:
        raise StaleFence(case_id, fence, case["fence"])
    if after is not None and case["seq"] != after:
        raise JournalMoved(case["number"], after, case["seq"])
    if case["key_wrapped"] is None:
        raise Erased(str(case["customer_id"]))
    if not new:
        return []
    tx.know(case)
    rows = _chained(tx, case, new)
    columns = {name: [getattr(row, name) for row in rows] for name in _Row._fields}
    tx.session.execute(
        _APPEND, {**columns, "case": case_id, "fence": fence, "last": rows[-1].seq, "head": rows[-1].hash}
    )
    return [row.seq for row in rows]


class _Row(NamedTuple):
    seq: int
    at: datetime
    kind: str
    cipher: bytes
    prev: bytes
    hash: bytes


def _chained(tx: Tx, case: RowMapping, new: Sequence[tuple[Event, datetime]]) -> list[_Row]:
    key = tx.key_of(case["customer_id"])
    number, prev = case["number"], case["head"]
    rows = []
    for seq, (event, at) in enumerate(new, start=case["seq"] + 1):
        if at.tzinfo is None:
            raise ValueError(f"naive datetime {at}")
        cipher = seal(key, encode(events.dump(event)), bound(number, seq, event.kind))
        digest = chain(prev, number, seq, event.kind, at, cipher)
        rows.append(_Row(seq, at, event.kind, cipher, prev, digest))
        prev = digest
    return rows


def chain(prev: bytes, number: str, seq: int, kind: str, at: datetime, cipher: bytes) -> bytes:
    """SHA-256 over the event before, the envelope in UTC (one item a line), and the ciphertext."""
    envelope = f"{number}\n{seq}\n{kind}\n{at.astimezone(UTC).isoformat()}\n"
    return hashlib.sha256(prev + envelope.encode() + cipher).digest()


def read(tx: Tx, case_id: int, after: int = 0) -> list[Entry]:
    """Events with numbers above `after`, in order. Raises Erased, or Unreadable for a forged row."""
    rows = tx.session.execute(_READ, {"case": case_id, "after": after}).all()
    number = tx.number_of(case_id)
    return [
        Entry(seq, at, events.parse(decode(tx.unseal(case_id, cipher, bound(number, seq, kind)))))
        for seq, at, kind, cipher in rows
    ]


def envelopes(tx: Tx, case_id: int, after: int = 0) -> list[Envelope]:
    """For a timeline that needs no key: also after erasure."""
    query = select(JournalRow.seq, JournalRow.at, JournalRow.kind, JournalRow.hash)
    return [Envelope(*row) for row in tx.session.execute(_in_order(query, case_id, after))]


def verify(tx: Tx, case_id: int) -> int | None:
    """The number of the first event that is missing, changed or out of its chain; None for a sound journal.

    Needs no key. A cut-off end shows against the case's own `seq` and `head`.
    """
    ends = select(Case.number, Case.seq, Case.head).where(Case.id == case_id)
    end = tx.session.execute(ends).one_or_none()
    if end is None:
        raise Missing("case", case_id)
    number, last, head = end
    prev, expected = GENESIS, 1
    for row in tx.session.execute(_in_order(select(JournalRow.__table__), case_id)):
        digest = chain(row.prev, number, row.seq, row.kind, row.at, row.cipher)
        if row.seq != expected or row.prev != prev or row.hash != digest:
            return expected
        prev, expected = row.hash, expected + 1
    return None if (last, head) == (expected - 1, prev) else expected


def _in_order(query: Select[Row], case_id: int, after: int = 0) -> Select[Row]:
    return query.where(JournalRow.case_id == case_id, JournalRow.seq > after).order_by(JournalRow.seq)


def bound(number: str, seq: int, kind: str) -> str:
    return f"journal|{number}|{seq}|{kind}"
