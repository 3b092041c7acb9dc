"""The store as a case on the bulk lane sees it: what was read for all is known, what is written waits.

An action runs unchanged on it. What nobody has read before is read, in a transaction that may not write: an
action that insists on writing fails, and its case is driven by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text
from sqlalchemy.orm import Session

from makegood.store.memory import Later, Memory
from makegood.store.store import Store
from makegood.store.transaction import Tx

_READ_ONLY = text("set transaction read only")


class LaneStore(Store):
    """One per case of a batch; `keys` is the transaction that has unwrapped the batch's keys."""

    def __init__(self, real: Store, memory: Memory, later: Later, keys: Tx) -> None:
        self.url, self.vault, self.engine = real.url, real.vault, real.engine
        self._memory, self._later, self._keys = memory, later, keys

    @contextmanager
    def begin(self) -> Iterator[Tx]:
        tx = _LaneTx(self, self._keys)
        tx.memory, tx.later = self._memory, self._later
        try:
            yield tx
        finally:
            tx.end()


class _LaneTx(Tx):
    """Opens a connection only when something is asked that the batch does not know."""

    def __init__(self, store: Store, keys: Tx) -> None:
        self.vault = store.vault
        self._store = store
        self._opened: Session | None = None
        self.share_keys(keys)

    @property
    def session(self) -> Session:
        if self._opened is None:
            self._opened = self._store.session()
            self._opened.execute(_READ_ONLY)
        return self._opened

    def end(self) -> None:
        if self._opened is not None:
            self._opened.close()
