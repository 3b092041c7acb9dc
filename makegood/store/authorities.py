"""Versions of authority.yaml that were signed: kept whole, never changed, proved by our own key."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy import insert

from makegood.store import audit, plain
from makegood.store.audit import Fault
from makegood.store.models import SignedAuthority
from makegood.store.transaction import Tx, encode
from makegood.store.vault import is_signed

_NAME = "authority.yaml"
SIGNED, KEPT = "authority.signed", "authority.kept"
"""The list of changes' words: signed by two; kept because two were there from now on."""


def digest(content: str) -> bytes:
    return hashlib.sha256(content.encode()).digest()


def add(tx: Tx, content: str, at: datetime, *, by: str | None = None, second: str | None = None) -> None:
    """In force from now on, in every process. That they agree is the caller's to see to."""
    told = digest(content)
    signature = tx.vault.sign(_said(told, at, by, second))
    row = insert(SignedAuthority).values(
        at=at, digest=told, content=content, by=by, second=second, signature=signature
    )
    tx.session.execute(row)
    what = KEPT if by is None else SIGNED
    audit.note_change(tx, what, _NAME, {"sha256": told.hex()}, at, by=by, second=second)


def newest(tx: Tx) -> SignedAuthority | None:
    """By when it was signed, so that a copy of an old row brings nothing back; forged ones do not count."""
    return next((row for row in _newest_first(tx) if _is_genuine(tx, row)), None)


def faults(tx: Tx) -> list[Fault]:
    """Rows that our key has not signed, and a newest one that the list of changes does not name last."""
    found = [
        Fault(_NAME, f"a version of {row.at:%Y-%m-%d %H:%M} UTC was not signed with this installation's key")
        for row in _newest_first(tx)
        if not _is_genuine(tx, row)
    ]
    noted = [row.told.get("sha256") for row in audit.changes(tx) if row.what in (SIGNED, KEPT)]
    last = newest(tx)
    if (noted[-1] if noted else None) != (last.digest.hex() if last else None):
        found.append(Fault(_NAME, "the version that was signed last is not the one that is there"))
    return found


def _is_genuine(tx: Tx, row: SignedAuthority) -> bool:
    said = _said(digest(row.content), row.at, row.by, row.second)
    return is_signed(tx.vault.public_key, said, row.signature)


def _newest_first(tx: Tx) -> Iterator[SignedAuthority]:
    newest, after = "true order by at desc, id desc limit 2 offset :after", 0
    while rows := plain.find(tx, SignedAuthority, newest, after=after):
        yield from rows
        after += len(rows)


def _said(told: bytes, at: datetime, by: str | None, second: str | None) -> bytes:
    return encode(
        {
            "kind": "authority",
            "sha256": told.hex(),
            "at": at.astimezone(UTC).isoformat(),
            "by": by,
            "second": second,
        }
    )
