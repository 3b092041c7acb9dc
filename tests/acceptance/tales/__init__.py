"""The tales, by procedure."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

from tests.acceptance.tale import Tale

PROCEDURES = ("refund", "cancel", "reship", "repair", "damage_claim")


FIRST = 1000  # stories are numbered below


def everything() -> Iterator[tuple[int, Tale]]:
    """All tales, numbered."""
    return enumerate((tale for procedure in PROCEDURES for tale in told_of(procedure)), start=FIRST)


def told_of(procedure: str) -> tuple[Tale, ...]:
    """None where nobody has written any."""
    known = {module.name for module in pkgutil.iter_modules(__path__)}
    tales = importlib.import_module(f"{__name__}.{procedure}").TALES if procedure in known else ()
    assert all(tale.procedure == procedure for tale in tales)
    assert len({tale.name for tale in tales}) == len(tales), "two tales of one name"
    return tuple(tales)
