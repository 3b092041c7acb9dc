"""The line under test, as the people of a story see it: doors to go through, and where the cases stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tests.acceptance.story import Answers, Plot


@dataclass(frozen=True)
class Standing:
    """Where a case stands. `seq` changes with everything that happens in it."""

    number: str
    status: str
    step: str
    seq: int
    outcome: str | None
    wake_at: datetime | None
    called_by: str | None

    @property
    def rests(self) -> bool:
        return self.status in ("parked", "suspended")


class Line(Protocol):
    """The doors that the people of a story go through, and a view of where the cases stand."""

    def now(self) -> datetime:
        """The seller's time."""

    def write(self, plot: Plot, external_id: str, text: str, order: str, *, typed: bool) -> tuple[str, bool]:
        """Number of the case, and whether it is new. `typed`: a colleague opens it at the command line."""

    def answer(self, number: str, fields: Answers, photos: int) -> None:
        """On the customer's progress page."""

    def withdraw(self, number: str, text: str) -> None: ...

    def decide(self, number: str, cents: int, fields: dict[str, str], *, wrong_code: bool) -> bool:
        """By somebody whose role may approve `cents` euro cents, and not much more. False: nobody is free."""

    def why(self, number: str) -> str:
        """Why the last answer about this case was refused, in the audit's word."""

    def work(self, number: str, step: str, answers: Answers) -> None:
        """A colleague's task."""

    def move_parcel(self, tracking: str, status: str) -> None: ...

    def return_of(self, order: str) -> str:
        """Tracking number of the order's newest return label."""

    def pick(self, order: str, interception: str) -> None: ...

    def settle(self) -> None:
        """Until nothing moves any more of itself."""

    def travel(self, to: datetime) -> None:
        """Moves the seller's clock, and has the line look at what is due."""

    def standings(self) -> list[Standing]: ...
