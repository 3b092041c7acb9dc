"""One bench a test, over an empty store."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from makegood import databases, postgres
from tests.desk.bench import Bench, make_bench
from tests.fakes import order


@pytest.fixture
def bench(store_url: str) -> Iterator[Bench]:
    made = make_bench(store_url, order())
    yield made
    made.desk.store.close()


@pytest.fixture(scope="module")
def module_store_url(postgres_server: postgres.Server, migrated_template: str) -> Iterator[str]:
    """One database for a module's many short cases."""
    name = f"store_module_{time.monotonic_ns()}"
    databases.create_database(postgres_server.url, name, owner=databases.OWNER, template=migrated_template)
    yield postgres_server.database(name, databases.APPLICATION)
    databases.drop_database(postgres_server.url, name)
