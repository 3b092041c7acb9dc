"""The web application over a real database and a world in memory, and somebody in front of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from makegood.web.app import open_app
from makegood.web.site import Site
from tests.desk.bench import Bench, make_bench
from tests.fakes import order
from tests.web.front import INTAKE, SESSION, WEBHOOK, Front, RealTime


@pytest.fixture
def bench(store_url: str) -> Iterator[Bench]:
    made = make_bench(store_url, order())
    yield made
    made.desk.store.close()


@pytest.fixture
def front(bench: Bench) -> Front:
    time = RealTime()
    site = Site(
        desk=bench.desk,
        intake_secret=INTAKE,
        webhook_secret=WEBHOOK,
        session_secret=SESSION,
        real_now=time.now,
    )
    return Front(bench, open_app(site), time)
