"""The tales, by procedure."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

from tests.acceptance.tale import Tale

PROCEDURES = ("refund", "cancel", "reship", "repair", "damage_claim")


FIRST, APART = 1000, 200  # stories are numbered below; so far apart those of two procedures begin


def everything() -> Iterator[tuple[int, Tale]]:
    """All tales, numbered."""
    return (each for procedure in PROCEDURES for each in numbered(procedure))


def numbered(procedure: str) -> Iterator[tuple[int, Tale]]:
    """Each tale with its number, which is the same when only some are played."""
    tales = told_of(procedure)
    assert len(tales) <= APART
    return enumerate(tales, start=FIRST + APART * PROCEDURES.index(procedure))


def told_of(procedure: str) -> tuple[Tale, ...]:
    """None where nobody has written any."""
    known = {module.name for module in pkgutil.iter_modules(__path__)}
    tales = importlib.import_module(f"{__name__}.{procedure}").TALES if procedure in known else ()
    assert all(tale.procedure == procedure for tale in tales)
    assert len({tale.name for tale in tales}) == len(tales), "two tales of one name"
    return tuple(tales)
