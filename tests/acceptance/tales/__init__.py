"""The tales, by procedure."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator

from tests.acceptance.tale import Says, Tale

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


def some(wanted: Callable[[int, Tale], bool]) -> Iterator[tuple[int, Tale]]:
    """Those that are wanted, and those whose photographs they copy."""
    every = list(everything())
    copied = {name for nr, tale in every if wanted(nr, tale) for name in _copied(tale)}
    return ((nr, tale) for nr, tale in every if wanted(nr, tale) or tale.name in copied)


def _copied(tale: Tale) -> Iterator[str]:
    for turns in tale.acts.values():
        for act in turns if isinstance(turns, tuple) else (turns,):
            if isinstance(act, Says) and act.copies:
                yield act.copies


def told_of(procedure: str) -> tuple[Tale, ...]:
    """None where nobody has written any."""
    known = {module.name for module in pkgutil.iter_modules(__path__)}
    tales = importlib.import_module(f"{__name__}.{procedure}").TALES if procedure in known else ()
    assert all(tale.procedure == procedure for tale in tales)
    assert len({tale.name for tale in tales}) == len(tales), "two tales of one name"
    return tuple(tales)
