"""Databases for tests: one throwaway server a session, and a database for each test that wants one.

    store_url      the ticket store, migrated and empty, as the application's role (insert-only journal)
    owner_url      the same database as the role that owns its tables
    store_database the same database's name, for those who come as the superuser
    books_url      a database for a sandbox: without rows, but another sandbox may have left its tables
    database_url   an empty database of its own (for a test of migrations)
    new_database   a function that makes further empty databases
    home           an empty home folder with a master key; MAKEGOOD_HOME points to it
    free_port      a TCP port on loopback that nothing listens on

Nothing here is a mock. `store_url` alone, and `books_url`, are lent from test to test and emptied in between;
the others go when their test ends.
"""

from __future__ import annotations

import itertools
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from makegood import databases, postgres
from makegood.settings import make_master_key
from tests.kept import Kept
from tests.spreading import Spreading, longest_first

_numbers = itertools.count(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    longest_first(items)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Spreading | None:
    return Spreading(config, log) if config.getoption("dist") == "loadfile" else None


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


@pytest.fixture(scope="session")
def kept_store(postgres_server: postgres.Server, migrated_template: str) -> Iterator[Kept]:
    kept = Kept(postgres_server, migrated_template)
    yield kept
    kept.drop()


@pytest.fixture
def lent_store(kept_store: Kept) -> Iterator[str]:
    yield kept_store.lend()
    kept_store.take_back()


@pytest.fixture(scope="session")
def kept_books(postgres_server: postgres.Server) -> Iterator[Kept]:
    kept = Kept(postgres_server)
    yield kept
    kept.drop()


@pytest.fixture
def books_url(postgres_server: postgres.Server, kept_books: Kept) -> Iterator[str]:
    yield postgres_server.database(kept_books.lend(), databases.OWNER)
    kept_books.take_back()


@pytest.fixture
def store_url(request: pytest.FixtureRequest, postgres_server: postgres.Server) -> str:
    """Whoever asks for the owner or the superuser, too, may change more than rows."""
    whose = "store_database" if "store_database" in request.fixturenames else "lent_store"
    return postgres_server.database(request.getfixturevalue(whose), databases.APPLICATION)


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
