"""The schema's life: brought up and down by Alembic, with the application role's grants renewed each time."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, text

from makegood.store import grants
from makegood.store.store import make_engine

_log = logging.getLogger(__name__)
_LOCK = text("select pg_advisory_xact_lock(hashtextextended('makegood store schema', 0))")


def upgrade(url: str, revision: str = "head") -> None:
    """As the role that owns the tables, in one transaction; of several at once, one does the work."""
    _run(url, lambda config: command.upgrade(config, revision))


def downgrade(url: str, revision: str = "base") -> None:
    """Drops what later revisions made, with all that is in it."""
    _run(url, lambda config: command.downgrade(config, revision))


def current(url: str) -> str | None:
    """The database's revision, None for an empty one."""
    engine = make_engine(url)
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()


def newest() -> str | None:
    """The revision that this version of makegood works with."""
    return ScriptDirectory.from_config(config()).get_current_head()


def knows(revision: str) -> bool:
    """Whether this version of makegood can bring a store of that revision up to date."""
    try:
        return ScriptDirectory.from_config(config()).get_revision(revision) is not None
    except CommandError:
        return False


def config(connection: Connection | None = None) -> Config:
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    made.attributes["connection"] = connection
    return made


def _run(url: str, work: Callable[[Config], None]) -> None:
    engine = make_engine(url)
    try:
        with engine.begin() as connection:
            connection.execute(_LOCK)
            work(config(connection))
            if not grants.renew(connection):
                _log.warning("no role %s: the journal is kept insert-only by its triggers alone", grants.ROLE)
    finally:
        engine.dispose()
