"""Messages and readings of many cases."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, text

from makegood.store import rows
from makegood.store.messages import NewMessage, bound
from makegood.store.models import MessageRow
from makegood.store.rows import array
from makegood.store.transaction import Tx

_READ = text(
    "update inbox set read_seq = taken.seq from unnest(cast(:id as bigint[]), cast(:seq as bigint[]))"
    " as taken (id, seq) where inbox.id = taken.id"
)


def add(tx: Tx, said: Sequence[tuple[int, NewMessage]]) -> dict[str, int]:
    """Messages with a key, by case; the number of each, by its key. One that is there keeps its number."""
    keys = [message.key for _, message in said if message.key is not None]
    assert len(keys) == len(said), "what a batch sends has a key"
    made = rows.insert(
        tx, "messages", [_row(tx, *entry) for entry in said], "on conflict do nothing returning id, key"
    )
    numbers = {row.key: row.id for row in made}
    if missing := [key for key in keys if key not in numbers]:
        query = select(MessageRow.key, MessageRow.id).where(rows.among(MessageRow.key, missing))
        numbers |= {str(key): number for key, number in tx.session.execute(query)}
    return numbers


def mark_read(tx: Tx, taken: Sequence[tuple[int, int]]) -> None:
    """`(arrival, number of the event that took it up)`."""
    if taken:
        tx.session.execute(_READ, {"id": array(a for a, _ in taken), "seq": array(seq for _, seq in taken)})


def _row(tx: Tx, case_id: int, new: NewMessage) -> dict[str, object]:
    return {
        "case_id": case_id,
        "direction": new.direction,
        "channel": new.channel,
        "locale": new.locale,
        "template": new.template,
        "subject_cipher": tx.seal(case_id, new.subject.encode(), bound(case_id, "subject", new.direction)),
        "body_cipher": tx.seal(case_id, new.body.encode(), bound(case_id, "body", new.direction)),
        "key": new.key,
        "external_id": new.external_id,
        "at": new.at,
        "author": new.author,
    }
