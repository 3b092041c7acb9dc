"""An instance and a browser for a module's tests: each works on orders of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.prefect_ui import PrefectUI, browser_page, chromium
from tests.instance import Instance, running


@pytest.fixture(scope="module")
def instance() -> Iterator[Instance]:
    with running() as started:
        yield started


@pytest.fixture(scope="module")
def ui(instance: Instance) -> Iterator[PrefectUI]:
    executable = chromium()
    assert executable is not None
    with browser_page(executable) as page:
        yield PrefectUI(page, instance.addresses["prefect_ui"])
