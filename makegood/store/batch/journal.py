"""The journals of many cases, each appended under its fence and chained as one alone would be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import text

from makegood.core import events
from makegood.core.events import Event
from makegood.store import rows
from makegood.store.journal import bound, chain
from makegood.store.rows import array
from makegood.store.transaction import Tx, encode

_LOCK = text("select id, seq, fence, head from cases where id = any(:ids) order by id for no key update")
_MOVE = text(
    "update cases set seq = moved.seq, head = moved.head from unnest("
    "cast(:id as bigint[]), cast(:seq as bigint[]), cast(:head as bytea[])) as moved (id, seq, head)"
    " where cases.id = moved.id"
)


class End(NamedTuple):
    """Where a writer believes that a case stands; None of it is trusted before the row is locked."""

    id: int
    fence: int
    seq: int


class Chapter(NamedTuple):
    """New events of one case, after the journal's last number and hash."""

    case_id: int
    number: str
    fence: int
    seq: int
    head: bytes
    events: Sequence[tuple[Event, datetime]]


def lock(tx: Tx, ends: Sequence[End]) -> set[int]:
    """Locks the cases, in order, until `tx` ends. Returns those that stand where their writer believes."""
    rows_now = tx.session.execute(_LOCK, {"ids": array(sorted(end.id for end in ends))}).all()
    found = {row.id: row for row in rows_now}
    return {
        end.id
        for end in ends
        if end.id in found and (found[end.id].fence, found[end.id].seq) == (end.fence, end.seq)
    }


def append(tx: Tx, chapters: Sequence[Chapter]) -> Mapping[int, bytes]:
    """The new heads by case. The cases are locked by `lock`, in this transaction."""
    written: list[dict[str, object]] = []
    heads: dict[int, bytes] = {}
    last: list[tuple[int, int, bytes]] = []
    for chapter in chapters:
        prev, seq = chapter.head, chapter.seq
        for event, at in chapter.events:
            seq += 1
            place = bound(chapter.number, seq, event.kind)
            cipher = tx.seal(chapter.case_id, encode(events.dump(event)), place)
            digest = chain(prev, chapter.number, seq, event.kind, at, cipher)
            written.append(
                {
                    "case_id": chapter.case_id,
                    "seq": seq,
                    "at": at,
                    "kind": event.kind,
                    "cipher": cipher,
                    "prev": prev,
                    "hash": digest,
                    "fence": chapter.fence,
                }
            )
            prev = digest
        heads[chapter.case_id] = prev
        last.append((chapter.case_id, seq, prev))
    rows.insert(tx, "journal", written)
    if last:
        ids, seqs, ends = zip(*last, strict=True)
        tx.session.execute(_MOVE, {"id": array(ids), "seq": array(seqs), "head": array(ends)})
    return heads
