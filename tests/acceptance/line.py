"""The line under test, as the people of a story see it: doors to go through, and where the cases stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from makegood.core.simulation import Journal
from tests.acceptance.story import Answers, Json


@dataclass(frozen=True)
class Standing:
    """Where a case stands. `seq` changes with all that happens in it, `question` with each question."""

    number: str
    status: str
    step: str
    seq: int
    outcome: str | None
    wake_at: datetime | None
    called_by: str | None
    procedure: str
    waits_on: str
    question: int

    @property
    def rests(self) -> bool:
        return self.status in ("parked", "suspended")


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What a customer claims, as a channel hands it on. `stranger`: the shop cannot tell who this is."""

    procedure: str
    reason: str
    order: str
    units: tuple[str, ...]
    buyer: Mapping[str, Any]
    market: str
    locale: str
    stranger: bool = False


class Asked(NamedTuple):
    """What an open approval is about: minor units of the order's currency, and what that is in euro cents."""

    minor: int
    currency: str
    cents: int


Files = Mapping[str, Sequence[bytes]]
"""Photographs and films, by the name under which they are asked for."""


class Line(Protocol):
    """The doors that the people of a story go through, and a view of where the cases stand."""

    def now(self) -> datetime:
        """The seller's time."""

    # customers

    def write(self, claim: Claim, external_id: str, text: str, *, typed: bool) -> tuple[str, bool]:
        """Number of the case, and whether it is new. `typed`: a colleague opens it at the command line."""

    def answer(self, number: str, fields: Answers, files: Files) -> None:
        """On the customer's progress page."""

    def withdraw(self, number: str, text: str) -> None: ...

    # colleagues

    def asked(self, number: str) -> Asked: ...

    def decide(self, number: str, cents: int, fields: dict[str, str], *, wrong_code: bool) -> bool:
        """By somebody whose role may approve `cents` euro cents, and not much more. False: nobody is free."""

    def why(self, number: str) -> str:
        """The audit's word for the last answer about this case: why it was refused, or `counted` for a yes
        that is not enough alone."""

    def work(self, number: str, step: str, answers: Answers) -> bool:
        """A colleague's task: the step's, else the repair of what is unknown; False when there is none."""

    # the world

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """One of the sandbox's controls; its answer."""

    def booked(self, book: str, order: str) -> list[Json]:
        """What the seller's books say of an order, oldest first."""

    def parcels(self, order: str) -> list[Json]:
        """Those of an order, oldest first."""

    # time

    def settle(self) -> None:
        """Until nothing moves any more of itself."""

    def travel(self, to: datetime) -> None:
        """Moves the seller's clock, and has the line look at what is due."""

    def standings(self) -> list[Standing]: ...

    def journals(self) -> list[tuple[str, Journal]]:
        """Of all cases, with their procedures."""
