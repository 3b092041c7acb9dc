"""One transaction: the session, and the keys that it has unwrapped."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from makegood.store.errors import Erased, Missing
from makegood.store.memory import Later, Memory
from makegood.store.models import Customer
from makegood.store.vault import Vault, seal_with, unseal

_OWNER_OF_CASE = text(
    "select c.number, u.id, u.key_wrapped from cases c join customers u on u.id = c.customer_id"
    " where c.id = :case"
)


class Tx:
    """Passed to every function of the store. Keys live no longer than it does.

    `memory` and `later` are a batch's: what is known without asking, and what is written together.
    """

    memory: Memory | None = None
    later: Later | None = None

    def __init__(self, session: Session, vault: Vault) -> None:
        self._session = session
        self.vault = vault
        self._keys: dict[UUID, bytes] = {}
        self._ciphers: dict[UUID, AESGCM] = {}
        self._cases: dict[int, tuple[str, UUID]] = {}

    @property
    def session(self) -> Session:
        return self._session

    def share_keys(self, other: Tx) -> None:
        """What one of the two unwraps, the other knows: for the transactions of one batch."""
        self._keys, self._ciphers, self._cases = other._keys, other._ciphers, other._cases

    def forget_row(self, reader: str, row_id: int) -> None:
        """Before it is locked, to be changed: what was read of it may be old."""
        if self.memory is not None:
            self.memory.forget(reader, row_id)

    def key_of(self, customer: UUID, wrapped: bytes | None = None) -> bytes:
        """The customer's data key. Raises Erased when it is destroyed."""
        known = self._keys.get(customer)
        if known is not None:
            return known
        if wrapped is None:
            wrapped = self.session.scalar(select(Customer.key_wrapped).where(Customer.id == customer))
        if wrapped is None:
            raise Erased(str(customer))
        self._keys[customer] = key = self.vault.unwrap(wrapped, customer)
        return key

    def key_of_case(self, case_id: int) -> bytes:
        return self.key_of(self._owner(case_id)[1])

    def number_of(self, case_id: int) -> str:
        return self._owner(case_id)[0]

    def know_owner(self, case_id: int, number: str, customer: UUID) -> None:
        """Whose a case is, where it is known and the customer's key is too."""
        self._cases[case_id] = (number, customer)

    def know(self, row: Mapping[Any, Any]) -> None:
        """Keeps what a statement has read anyway: `id`, `number`, `customer_id`, `key_wrapped`."""
        self._cases[row["id"]] = (row["number"], row["customer_id"])
        if row["key_wrapped"] is not None:
            self.key_of(row["customer_id"], row["key_wrapped"])

    def forget(self, customer: UUID) -> None:
        self._keys.pop(customer, None)
        self._ciphers.pop(customer, None)

    def seal(self, case_id: int, plain: bytes, bound: str) -> bytes:
        """For the case's customer; `bound` names the row and column."""
        owner = self._owner(case_id)[1]
        cipher = self._ciphers.get(owner)
        if cipher is None:
            cipher = self._ciphers[owner] = AESGCM(self.key_of(owner))
        return seal_with(cipher, plain, bound)

    def unseal(self, case_id: int, cipher: bytes, bound: str) -> bytes:
        return unseal(self.key_of_case(case_id), cipher, bound)

    def _owner(self, case_id: int) -> tuple[str, UUID]:
        if case_id not in self._cases:
            row = self.session.execute(_OWNER_OF_CASE, {"case": case_id}).one_or_none()
            if row is None:
                raise Missing("case", case_id)
            self._cases[case_id] = (row[0], row[1])
            if row[2] is not None:
                self.key_of(row[1], row[2])
        return self._cases[case_id]


# `check_circular` guards against data that contains itself, which nothing frozen does
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, check_circular=False)


def encode(data: Mapping[str, Any]) -> bytes:
    """Canonical JSON: the same data is the same bytes."""
    return _CANONICAL.encode(data).encode()


def decode(plain: bytes) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(plain)
    return data
