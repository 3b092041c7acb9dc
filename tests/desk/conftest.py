"""One bench a test, over its own database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.desk.bench import Bench, make_bench
from tests.fakes import order


@pytest.fixture
def bench(store_url: str) -> Iterator[Bench]:
    made = make_bench(store_url, order())
    yield made
    made.desk.store.close()
