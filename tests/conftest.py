"""Databases for tests: one throwaway server a session, one database a test, copied from a migrated one.

    store_url      the ticket store, migrated, as the application's role (insert-only journal)
    owner_url      the same database as the role that owns its tables
    database_url   an empty database (for the sandbox, or for a test of migrations)
    new_database   a function that makes further empty databases
    home           an empty home folder with a master key; MAKEGOOD_HOME points to it
    free_port      a TCP port on loopback that nothing listens on

Nothing here is a mock, and nothing is cleaned by hand: a database goes when its test ends.
"""

from __future__ import annotations

import itertools
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from makegood import databases, postgres
from makegood.settings import make_master_key

_numbers = itertools.count(1)


@contextmanager
def server_folder() -> Iterator[Path]:
    """A folder that a server may live in. Not pytest's own: each start of pytest by root closes
    /tmp/pytest-of-root to the account that the server runs as."""
    folder = Path(tempfile.mkdtemp(prefix="makegood-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """One server for the session (one for each xdist worker)."""
    with server_folder() as folder:
        yield from _serve(folder)


def _serve(folder: Path) -> Iterator[postgres.Server]:
    server = postgres.start(folder / "data", isolation="throwaway")
    for role in (databases.OWNER, databases.APPLICATION):
        databases.create_role(server.url, role, postgres.role_password(server.secret, role))
    yield server
    postgres.stop(server)


@pytest.fixture(scope="session")
def migrated_template(postgres_server: postgres.Server) -> str:
    """Name of a database that Alembic has brought to its newest version; never opened again."""
    from makegood.store import schema  # tests of other rooms do not need the store

    databases.create_database(postgres_server.url, "makegood_template", owner=databases.OWNER)
    schema.upgrade(postgres_server.database("makegood_template", databases.OWNER))
    return "makegood_template"


@pytest.fixture
def store_database(postgres_server: postgres.Server, migrated_template: str) -> Iterator[str]:
    name = f"store_{next(_numbers)}"
    databases.create_database(postgres_server.url, name, owner=databases.OWNER, template=migrated_template)
    yield name
    databases.drop_database(postgres_server.url, name)


@pytest.fixture
def store_url(postgres_server: postgres.Server, store_database: str) -> str:
    return postgres_server.database(store_database, databases.APPLICATION)


@pytest.fixture
def owner_url(postgres_server: postgres.Server, store_database: str) -> str:
    return postgres_server.database(store_database, databases.OWNER)


@pytest.fixture
def new_database(postgres_server: postgres.Server) -> Iterator[Callable[[], str]]:
    """Each call makes an empty database and returns its address as the owning role."""
    made: list[str] = []

    def make() -> str:
        made.append(f"empty_{next(_numbers)}")
        databases.create_database(postgres_server.url, made[-1], owner=databases.OWNER)
        return postgres_server.database(made[-1], databases.OWNER)

    yield make
    for name in made:
        databases.drop_database(postgres_server.url, name)


@pytest.fixture
def database_url(new_database: Callable[[], str]) -> str:
    return new_database()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    make_master_key(folder / "master.key")
    monkeypatch.setenv("MAKEGOOD_HOME", str(folder))
    return folder


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
