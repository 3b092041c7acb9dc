"""A story: one case, what meets it, how it ends, and which letters go out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from makegood.core.facts import Facts
from makegood.core.world import Done, Failed, Happening, Script
from tests.core.worlds import DAY, HOUR, QUOTE, answer


def came(name: str, match: str = "OUT1", after: timedelta = 3 * DAY) -> Happening:
    return Happening(after, name, match)


@dataclass(frozen=True)
class Story:
    """What happens to one case, how it ends, which letters go out, and some steps that it comes to."""

    name: str
    world: Script
    outcome: str
    letters: tuple[str, ...]
    steps: tuple[str, ...] = ()
    case: Facts = field(default_factory=dict)


LATER = timedelta(minutes=1)
BUSY = (Failed("unavailable", final=False),) * 5 + (Done(),)
PHOTOS = {"evidence": answer(photos=2)}
FAULT: Facts = {"reason": "defective"}
WITHDREW = Happening(HOUR, "customer.withdrew")
NEEDS_APPROVAL = Done(QUOTE | {"needs_approval": True})
