"""What the desk needs of the engine that runs its legs: two small ports, fulfilled by `gateways.prefect`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol
from uuid import UUID

from makegood.gateways.prefect_runs import Form, Given, Run

__all__ = ["Form", "Forms", "Given", "Legs", "Run", "is_dead", "is_over"]

_TAKES_ITS_CASE = timedelta(minutes=2)


def is_over(run: Run) -> bool:
    """Whether a run that does not hold its case will never take it: it has ended, or died unnoticed.

    A worker that is killed leaves its runs Pending or Running for ever. Told by real time.
    """
    return run.ended or is_dead(run)


def is_dead(run: Run) -> bool:
    """Begun, and for so long without its case that its worker must be gone. Cancelling counts as begun."""
    begun = run.type in ("PENDING", "RUNNING", "CANCELLING")
    return begun and datetime.now(UTC) - run.since > _TAKES_ITS_CASE


class Legs(Protocol):
    """Runs, one for each leg. An engine that cannot be asked is `Unavailable`; every call may be repeated."""

    def start(
        self,
        deployment: str,
        case: str | None,
        *,
        key: str,
        name: str,
        tags: Sequence[str] = (),
        batch: int | None = None,
    ) -> UUID:
        """The run of this key; a second call returns the first one's run. `deployment` is `refund/legs`.

        `case` is None for a flow that is about none in particular, or about a batch.
        """

    def cancel(self, run: UUID, why: str) -> bool:
        """Ends a run by our order and deletes what was entered in it. False when it had ended, or is gone."""

    def bury(self, run: UUID, why: str) -> bool:
        """Marks a run Crashed whose worker is dead. False when it had ended meanwhile, or is gone."""

    def runs(self, ids: Collection[UUID]) -> dict[UUID, Run]:
        """Where these stand; deleted ones are missing from the answer."""

    def suspended(self) -> Iterator[Run]:
        """The supervisors' list, oldest first."""

    def begun(self) -> Iterator[Run]:
        """Runs that somebody has claimed or begun, and that have not ended, oldest first."""


class Forms(Protocol):
    """What suspended runs show, and what is entered in them."""

    def form(self, run: Run) -> Form | None:
        """None when the run is not suspended on a question, or cannot be answered."""

    def is_unanswerable(self, run: Run) -> bool:
        """Suspended, and every Resume would be refused: no form, or one whose schema is missing."""

    def given(self, run: UUID) -> Given | None:
        """What was entered in the last form that was resumed, whether or not the run got to read it."""

    def resume(self, run: UUID, answers: Mapping[str, str]) -> None:
        """Presses Resume. Raises Refused("not_resumed") when not suspended, or the answers do not fit."""
