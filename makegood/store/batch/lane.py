"""The store as a case on the bulk lane sees it: what was read for all is known, what is written waits.

An action runs unchanged on it. What nobody has read before is read, in a transaction that may not write: an
action that insists on writing fails, and its case is driven by itself.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from types import TracebackType

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
        self._tx = _LaneTx(self, memory, later, keys)

    def begin(self) -> AbstractContextManager[Tx]:  # type: ignore[override]  # any other of its kind will do
        """The same each time: a case is driven by one thread, and what it reads is not kept open."""
        return self._tx


class _LaneTx(Tx, AbstractContextManager[Tx]):
    """Opens a connection only when something is asked that the batch does not know."""

    def __init__(self, store: Store, memory: Memory, later: Later, keys: Tx) -> None:
        self.vault, self.memory, self.later = store.vault, memory, later
        self._store = store
        self._opened: Session | None = None
        self.share_keys(keys)

    @property
    def session(self) -> Session:
        if self._opened is None:
            self._opened = self._store.session()
            self._opened.execute(_READ_ONLY)
        return self._opened

    def __enter__(self) -> Tx:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._opened is not None:
            self._opened.close()
            self._opened = None
