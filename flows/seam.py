"""What flows ask of the desk, and the one place where the real one is fetched."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol, TypeVar

from makegood.gateways.prefect_runs import Taker

T = TypeVar("T")

End = Literal["closed", "parked", "suspended", "stepped_back"]


class Step(Protocol):
    """The part of a `Do` that Prefect may see."""

    @property
    def step(self) -> str: ...
    @property
    def visit(self) -> int: ...
    @property
    def action(self) -> str: ...


class Performer(Protocol):
    """Wraps one step. Returns the call's own result and raises its own exception."""

    def __call__(self, do: Step, call: Callable[[], T]) -> T: ...


@dataclass(frozen=True, slots=True)
class Question:
    """`key` names the journal event that asked, `packet` is its Markdown, free of personal data."""

    key: str
    packet: str


@dataclass(frozen=True, slots=True)
class Leg:
    """How a leg ended. `waits` says what the case waits for now: `approval`, `parcel.received`."""

    end: End
    waits: str | None = None
    question: Question | None = None


@dataclass(frozen=True, slots=True)
class Heading:
    """What a run of this case is called and tagged by."""

    procedure: str
    market: str


@dataclass(frozen=True, slots=True)
class Drained:
    """How a bulk run ended: counts by ending, and how many of its processes have died."""

    counts: Mapping[str, int]
    died: int = 0


class Desk(Protocol):
    """Everything that flows call. Each method is one short look-up or transaction, save `drive`."""

    def heading(self, case: str) -> Heading: ...

    def deliver(
        self,
        case: str,
        *,
        external_id: str,
        question: str,
        fields: Mapping[str, str],
        at: datetime,
        resumed: bool,
    ) -> None:
        """Puts an answer into the case's inbox, committed on return; the same `external_id` twice is one."""

    def started_by_hand(self, case: str, run: str) -> None:
        """Writes down that nobody of us has asked for this run."""

    def drive(self, case: str, holder: str, performer: Performer) -> Leg:
        """Drives until the case closes, parks, suspends, or belongs to another holder."""

    def hire(self, taker: Taker) -> None:
        """Runs that `drain` starts from now on are offered to this worker first."""

    def answer_batch(
        self,
        batch: int,
        *,
        external_id: str,
        question: str,
        fields: Mapping[str, str],
        at: datetime,
        run: str,
        resumed: bool,
    ) -> None:
        """Judges an answer to a batch, committed on return; the same `external_id` twice is one."""

    def show_batch(self, batch: int, run: str) -> Question | str:
        """What this run is to suspend on; or why it need not, in words for its page."""

    def drain(self) -> int:
        """Sends what the outbox holds, and says how much it was. Two at once share the work."""

    def sweep(self) -> Mapping[str, int] | None:
        """Counts by what was done; None when another sweep is under way."""

    def bulk(self, holder: str, tell: Callable[[Mapping[str, int]], None]) -> Drained:
        """Drives every ready case, many together; `tell` hears the counts by ending after each batch."""

    def ready(self) -> int:
        """How many cases wait for a driver."""

    def listen(self, every: float) -> Iterator[bool]:
        """True after each notification of the outbox, False when `every` seconds passed without one."""


_installed: Desk | None = None


def install(desk: Desk) -> None:
    """Uses this desk in this process, instead of the one that `wiring` builds."""
    global _installed
    _installed = desk


def desk() -> Desk:
    """Built at first use: importing a flow must not open connections."""
    if _installed is None:
        from flows.real_desk import RealDesk

        install(RealDesk())
    assert _installed is not None
    return _installed
