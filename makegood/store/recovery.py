"""Recovery codes: for who has no device at hand. Shown once, kept as scrypt hashes, each counts once."""

from __future__ import annotations

import os
import re
import secrets
from datetime import datetime
from hmac import compare_digest

from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from makegood.store.models import RecoveryCode
from makegood.store.transaction import Tx

COUNT = 8
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another
_GROUPS, _GROUP = 3, 4  # 31^12, 59 bits
_CODE = re.compile(f"[{_LETTERS}]{{{_GROUPS * _GROUP}}}")
_COUNTS = (RecoveryCode.used_at.is_(None), RecoveryCode.voided_at.is_(None))


def looks_like_one(typed: str) -> bool:
    """Told from a one-time code by its shape, before anything is hashed."""
    return _CODE.fullmatch(_plain(typed)) is not None


def make(tx: Tx, person_id: str, now: datetime) -> tuple[str, ...]:
    """New codes, told this once. Those of before count no more."""
    void = update(RecoveryCode).where(RecoveryCode.person_id == person_id, RecoveryCode.voided_at.is_(None))
    tx.session.execute(void.values(voided_at=now))
    salt, codes = os.urandom(16), tuple(_new() for _ in range(COUNT))
    rows = [
        {"person_id": person_id, "salt": salt, "digest": _hash(_plain(code), salt), "made_at": now}
        for code in codes
    ]
    tx.session.execute(insert(RecoveryCode).values(rows))
    return codes


def spend(tx: Tx, person_id: str, typed: str, at: datetime) -> bool | None:
    """True when it counts now, False when it has counted before; None when it is none of this person's."""
    query = select(RecoveryCode).where(RecoveryCode.person_id == person_id, RecoveryCode.voided_at.is_(None))
    hashed: dict[bytes, bytes] = {}
    for row in tx.session.scalars(query.order_by(RecoveryCode.id)):
        if row.salt not in hashed:
            hashed[row.salt] = _hash(_plain(typed), row.salt)
        if compare_digest(hashed[row.salt], row.digest):
            used = update(RecoveryCode).where(RecoveryCode.id == row.id, *_COUNTS).values(used_at=at)
            return tx.session.scalar(used.returning(RecoveryCode.id)) is not None
    return None


def left(tx: Tx) -> dict[str, int]:
    """How many each person has that would still count; who has none is missing."""
    query = select(RecoveryCode.person_id, func.count()).where(*_COUNTS).group_by(RecoveryCode.person_id)
    return dict(tx.session.execute(query).tuples().all())


def _new() -> str:
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def _plain(typed: str) -> str:
    """As people write codes down: in capitals, with dashes or spaces."""
    return "".join(typed.split()).replace("-", "").lower()


def _hash(plain: str, salt: bytes) -> bytes:
    """About 50 ms: what is guessed is 59 bits, not a word."""
    return Scrypt(salt=salt, length=32, n=2**14, r=8, p=1).derive(plain.encode())
