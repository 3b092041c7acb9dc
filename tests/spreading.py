"""How `make test` spreads the files over its three processes: what takes long begins first.

xdist's own order is by the number of tests in a file, which puts the longest ones, of a single test each, at
the end, where one process works on them and the other has nothing left to do. The tests that need a Prefect
server stay together: a second server costs more than their share of the work.
"""

from __future__ import annotations

import pytest
from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

TOGETHER = "tests/flows/"
LONG = (
    TOGETHER,
    "tests/acceptance/test_tales.py",
    "tests/torture/",
    "tests/acceptance/test_rehearsal.py",
    "tests/running/",
    "tests/desk/test_approval_properties.py",
    "tests/desk/bulk/",
    "tests/desk/test_trouble.py",
    "tests/desk/test_batch",
)


def rank(nodeid: str) -> int:
    """Its place among the long ones; all others come after them, as they were collected."""
    return next((place for place, start in enumerate(LONG) if nodeid.startswith(start)), len(LONG))


def longest_first(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: rank(item.nodeid))


class Spreading(LoadFileScheduling):  # type: ignore[misc]
    """A file goes to one process, and so does all that is together."""

    def _split_scope(self, nodeid: str) -> str:
        return TOGETHER if nodeid.startswith(TOGETHER) else str(super()._split_scope(nodeid))
