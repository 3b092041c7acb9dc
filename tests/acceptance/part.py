"""A part: one plot or tale on its way through the line, and what its people do when it is their turn."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from makegood.core.waits import waits_at
from tests.acceptance.account import Account
from tests.acceptance.line import Claim, Line, Standing
from tests.acceptance.story import Json
from tests.core.worlds import plan_of

COUNTED = "counted"  # a yes that is not enough alone: a large amount takes several people
Standings = Mapping[str, Standing]


class Stuck(AssertionError):
    """A case waits for something that its story does not know."""


class Part(Protocol):
    """`later` counts approvals for which nobody was free when `act` was called last."""

    later: int

    @property
    def nr(self) -> int: ...

    @property
    def order(self) -> Json: ...

    @property
    def account(self) -> Account: ...

    @property
    def cases(self) -> Mapping[str, str]:
        """Number by which of the part's cases it is; empty where there is none yet."""

    @property
    def first(self) -> tuple[Claim, str, str]:
        """The first message: the claim, the message's id, its text."""

    def begin(self, line: Line, standings: Standings) -> bool:
        """Opens its case; False when it has one, or when it is not time yet."""

    def act(self, line: Line, standings: Standings) -> int:
        """What its people do now; 0 when nothing is theirs to do."""

    def due(self) -> datetime | None:
        """When somebody will do something of themselves."""


def is_closed(number: str, standings: Standings) -> bool:
    standing = standings.get(number)
    return standing is not None and standing.status == "closed"


def is_about_to_ask(standing: Standing) -> bool:
    """It has come to a step that waits for somebody, and the letter that says so is held until later."""
    step = plan_of(standing.procedure).steps[standing.step].step
    return standing.waits_on in ("retry", "look-up") and waits_at(step)


def open_case(line: Line, first: tuple[Claim, str, str], nr: int) -> str:
    """By its first message, which comes twice; by a third of the customers with another one after it."""
    claim, external_id, text = first
    typed = nr % 20 == 7 and not claim.stranger
    number, fresh = line.write(claim, external_id, text, typed=typed)
    assert fresh, f"{external_id}: a first message opens a case, not {number} again"
    assert line.write(claim, external_id, text, typed=False) == (number, False), "a replay creates nothing"
    if nr % 3 == 0:
        told = line.write(claim, f"{external_id}-b", f"{text} !", typed=False)
        assert told == (number, False), f"{number}: a second message joins"
    return number
