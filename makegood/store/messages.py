"""The conversation: every message in and out, sealed, each sent once per effect."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from makegood.store.memory import remembered
from makegood.store.models import MessageRow
from makegood.store.transaction import Tx
from makegood.store.words import Direction


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMessage:
    """`author` is `customer`, `system` or a person's id; `key` the effect that sends it."""

    direction: Direction
    channel: str
    locale: str
    subject: str
    body: str
    at: datetime
    author: str
    template: str | None = None
    key: str | None = None
    external_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message(NewMessage):
    """As kept; in the clear only while it is looked at."""

    id: int
    case_id: int


def add(tx: Tx, case_id: int, new: NewMessage) -> int:
    """Its id. The same `key`, or the same `(channel, external_id)`, gives the id of the first."""
    if tx.later is not None:
        return tx.later.add(new)
    row = insert(MessageRow).values(
        case_id=case_id,
        direction=new.direction,
        channel=new.channel,
        locale=new.locale,
        template=new.template,
        subject_cipher=tx.seal(case_id, new.subject.encode(), bound(case_id, "subject", new.direction)),
        body_cipher=tx.seal(case_id, new.body.encode(), bound(case_id, "body", new.direction)),
        key=new.key,
        external_id=new.external_id,
        at=new.at,
        author=new.author,
    )
    made = tx.session.scalar(row.on_conflict_do_nothing().returning(MessageRow.id))
    return made if made is not None else _first(tx, new)


def _first(tx: Tx, new: NewMessage) -> int:
    query = select(MessageRow.id)
    if (
        new.key is not None
        and (found := tx.session.scalar(query.where(MessageRow.key == new.key))) is not None
    ):
        return found
    query = query.where(MessageRow.channel == new.channel, MessageRow.external_id == new.external_id)
    return tx.session.scalars(query).one()


@remembered("messages.thread")
def thread(tx: Tx, case_id: int) -> list[Message]:
    """Oldest first. Raises Erased."""
    query = select(MessageRow).where(MessageRow.case_id == case_id)
    return [opened(tx, row) for row in tx.session.scalars(query.order_by(MessageRow.at, MessageRow.id))]


def by_key(tx: Tx, key: str) -> Message | None:
    """The message that an effect sent. Raises Erased."""
    row = tx.session.scalar(select(MessageRow).where(MessageRow.key == key))
    return None if row is None else opened(tx, row)


def opened(tx: Tx, row: MessageRow) -> Message:
    return Message(
        id=row.id,
        case_id=row.case_id,
        direction=row.direction,
        channel=row.channel,
        locale=row.locale,
        template=row.template,
        subject=tx.unseal(
            row.case_id, row.subject_cipher, bound(row.case_id, "subject", row.direction)
        ).decode(),
        body=tx.unseal(row.case_id, row.body_cipher, bound(row.case_id, "body", row.direction)).decode(),
        key=row.key,
        external_id=row.external_id,
        at=row.at,
        author=row.author,
    )


def bound(case_id: int, column: str, direction: Direction) -> str:
    """Names no row: its number is not known before it is written. The case and the direction hold."""
    return f"message|{case_id}|{column}|{direction}"
