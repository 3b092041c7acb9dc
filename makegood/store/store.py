"""The store itself: its pool of connections, its transactions, and its ear for notifications."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy import create_engine, event
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import ORMExecuteState, Session
from sqlalchemy.pool import ConnectionPoolEntry

from makegood.store.memory import Recent
from makegood.store.transaction import Tx
from makegood.store.vault import Vault

CHANNEL = "makegood_outbox"
_IDLE = 1.0  # seconds without use, after which a connection is asked whether it still lives
_TRY_AGAIN = 2.0  # seconds between attempts to reconnect


class Store:
    """One per process. `pool` is how many connections it keeps; as many again may be opened in a rush."""

    def __init__(self, url: str, master_key: bytes, *, pool: int = 5) -> None:
        self.url = url
        self.vault = Vault(master_key)
        self.engine = make_engine(url, pool)

    @contextmanager
    def begin(self) -> Iterator[Tx]:
        """Commits at the end of the block, rolls back when it raises. READ COMMITTED: locks are explicit."""
        with self.session() as session, session.begin():
            yield Tx(session, self.vault)

    def session(self) -> Session:
        """For a transaction of another shape than `begin`'s."""
        return _Session(self.engine, autoflush=False, expire_on_commit=False)

    def close(self) -> None:
        self.engine.dispose()

    def listen(self, every: float = 10.0) -> Iterator[bool]:
        """True after a notification of the outbox, False when `every` seconds passed without one.

        The first answer is True: something may have been put before we listened. A lost connection is
        made anew, and counts as a notification. Close the generator to stop.
        """
        address = make_url(self.url).set(drivername="postgresql").render_as_string(hide_password=False)
        while True:
            try:
                with psycopg.connect(address, autocommit=True) as connection:
                    connection.execute(f"listen {CHANNEL}")
                    yield True
                    while True:
                        yield bool(list(connection.notifies(timeout=every, stop_after=1)))
            except psycopg.OperationalError:
                time.sleep(_TRY_AGAIN)
                yield False


class LegStore(Store):
    """The store as one leg sees it: `recent` answers what it has read a moment ago."""

    def __init__(self, real: Store, recent: Recent) -> None:
        self.url, self.vault, self.engine = real.url, real.vault, real.engine
        self._recent = recent

    @contextmanager
    def begin(self) -> Iterator[Tx]:
        with super().begin() as tx:
            tx.memory = self._recent
            yield tx


class _Session(Session):
    """Rows are snapshots: each statement reads anew, and none is matched with what was read before."""


@event.listens_for(_Session, "do_orm_execute")
def _read_anew(statement: ORMExecuteState) -> None:
    statement.update_execution_options(populate_existing=True, synchronize_session=False)


def make_engine(url: str, pool: int = 5) -> Engine:
    engine = create_engine(
        url,
        pool_size=pool,
        max_overflow=pool,
        pool_recycle=1800,
        hide_parameters=True,  # an error's text must not carry a customer's data into a log
        connect_args={"connect_timeout": 10, "application_name": "makegood"},
    )
    event.listen(engine, "connect", _use_utc)
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", _ping_if_idle)
    return engine


def _note_use(_connection: object, record: ConnectionPoolEntry) -> None:
    record.info["used"] = time.monotonic()


def _ping_if_idle(
    connection: psycopg.Connection[object], record: ConnectionPoolEntry, _proxy: object
) -> None:
    """SQLAlchemy's own ping asks before every transaction. One that was used just now is alive, or its error
    tells as much; DisconnectionError makes the pool open another."""
    if time.monotonic() - record.info.get("used", time.monotonic()) < _IDLE:
        return
    try:
        connection.execute("")
        connection.rollback()
    except psycopg.Error as error:
        raise DisconnectionError from error


def _use_utc(connection: psycopg.Connection[object], _record: object) -> None:
    connection.execute("set timezone to 'UTC'")
    connection.commit()
