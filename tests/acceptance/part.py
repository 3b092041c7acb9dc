"""One plot on its way through the line: its cases, and what was done in them so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from tests.acceptance.expectation import Expected
from tests.acceptance.story import Plot


@dataclass
class Part:
    """One plot on its way: its case, and what was done in it so far."""

    plot: Plot
    expected: Expected
    number: str = ""
    first: tuple[str, str, str] = ("", "", "")  # the first message: its id, text and order number
    opened_at: datetime | None = None
    seen: set[tuple[str, str, int]] = field(default_factory=set)  # case, step, seq that were acted on
    offers: int = 0
    verdicts: int = 0
    withdrawn: bool = False
    silent: bool = False  # nobody answers the request for approval yet
    second: str = ""
    sibling: str = ""

    @property
    def cases(self) -> dict[str, str]:
        return {"first": self.number, "sibling": self.sibling, "second": self.second}

    @property
    def outcomes(self) -> dict[str, str]:
        return {"first": self.expected.outcome, **self.expected.others}
