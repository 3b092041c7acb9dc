"""The books: one entry for each thing that happened, found again by its reference."""

from typing import Any, LiteralString, TypeVar
from uuid import uuid4

from psycopg.types.json import Jsonb
from pydantic import BaseModel

from makegood.sandbox.database import Transaction

Entry = TypeVar("Entry", bound=BaseModel)


def new_id(prefix: str) -> str:
    return f"{prefix}_{uuid4().hex[:20]}"


def write(
    tx: Transaction,
    book: str,
    entry: BaseModel,
    *,
    entry_id: str,
    order_id: str | None,
    reference: str | None,
) -> None:
    tx.run(
        "INSERT INTO entry (book, id, order_id, reference, body) VALUES (%s, %s, %s, %s, %s)",
        (book, entry_id, order_id, reference, Jsonb(entry.model_dump(mode="json", by_alias=True))),
    )


def read(tx: Transaction, book: str, kind: type[Entry]) -> list[Entry]:
    rows = tx.all("SELECT body FROM entry WHERE book = %s ORDER BY nr", (book,))
    return [kind.model_validate(row["body"]) for row in rows]


def find(tx: Transaction, book: str, kind: type[Entry], reference: str) -> list[Entry]:
    """By reference, oldest first; under the fault `lookup_lag_ms` without the newest."""
    rows = tx.all(
        "SELECT body FROM entry WHERE book = %s AND reference = %s"
        " AND recorded_at <= clock_timestamp() - make_interval(secs => %s) ORDER BY nr",
        (book, reference, tx.hit.lookup_lag_ms / 1000),
    )
    return [kind.model_validate(row["body"]) for row in rows]


def one(tx: Transaction, book: str, kind: type[Entry], entry_id: str) -> Entry | None:
    """Locked until the transaction ends."""
    row = tx.one("SELECT body FROM entry WHERE book = %s AND id = %s FOR UPDATE", (book, entry_id))
    return kind.model_validate(row["body"]) if row else None


def amend(tx: Transaction, book: str, entry_id: str, change: dict[str, Any]) -> None:
    tx.run("UPDATE entry SET body = body || %s WHERE book = %s AND id = %s", (Jsonb(change), book, entry_id))


def of_order(tx: Transaction, book: str, kind: type[Entry], order_id: str) -> list[Entry]:
    query: LiteralString = "SELECT body FROM entry WHERE book = %s AND order_id = %s ORDER BY nr"
    return [kind.model_validate(row["body"]) for row in tx.all(query, (book, order_id))]
