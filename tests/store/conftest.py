"""An empty store, and a maker of the rows that a test is not about."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from makegood.store import Store
from tests.store.rows import MASTER_KEY, Maker


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """As the application's role."""
    made = Store(store_url, MASTER_KEY)
    yield made
    made.close()


@pytest.fixture
def make(store: Store) -> Maker:
    return Maker(store)
