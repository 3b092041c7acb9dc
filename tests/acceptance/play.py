"""Playing: everybody does their part whenever their case waits for them; then time moves on."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import timedelta

from tests.acceptance.account import BY_THE_WAY
from tests.acceptance.line import Line, Standing
from tests.acceptance.part import Part, Stuck

LOOKS_LATER = timedelta(hours=6)  # time moves so far past what is due, so that neighbours fall due too
LATEST = timedelta(days=400)


class Play:
    """`say` is told of progress, in a sentence."""

    def __init__(self, line: Line, parts: Sequence[Part], say: Callable[[str], None]) -> None:
        self.line = line
        self.parts = parts
        self.say = say
        self.beginning = line.now()

    def run(self) -> None:
        """Until every case is closed."""
        while True:
            self.line.settle()
            standings = {each.number: each for each in self.line.standings()}
            acted = sum(part.begin(self.line, standings) for part in self.parts)
            acted += sum(part.act(self.line, standings) for part in self.parts)
            open_cases = [each for each in standings.values() if each.status != "closed"]
            if acted:
                self.say(f"{len(standings)} cases, {len(open_cases)} open; people did {acted} things")
            elif any(part.later for part in self.parts):
                time.sleep(1)
            elif open_cases:
                self._wait(open_cases)
            else:
                return

    def cases(self) -> dict[str, tuple[int, str]]:
        """Of each case the number of its part, and which of the part's cases it is."""
        return {
            number: (part.nr, which) for part in self.parts for which, number in part.cases.items() if number
        }

    def outcomes(self) -> dict[str, str]:
        return {each.number: each.outcome or each.status for each in self.line.standings()}

    def wrong_outcomes(self) -> list[str]:
        """A sentence for each case that ended in another way than told, never came, or came untold."""
        ended = self.outcomes()
        wrong = []
        for part in self.parts:
            told = dict(part.account.outcomes)
            for which in sorted(told.keys() | {which for which, number in part.cases.items() if number}):
                number, wanted = part.cases.get(which, ""), told.get(which)
                found = ended.get(number)
                if found != wanted and not (wanted is None and which.split("-")[0] in BY_THE_WAY):
                    wrong.append(f"{part.account.title}: {number} ({which}) ended {found}, not {wanted}")
        return wrong

    def _wait(self, open_cases: Sequence[Standing]) -> None:
        due = [each.wake_at for each in open_cases if each.wake_at is not None]
        now = self.line.now()
        due += [at for part in self.parts if (at := part.due()) is not None and at > now]
        to = max(min(due), now) + LOOKS_LATER
        if to > self.beginning + LATEST:
            raise Stuck(f"still open after {LATEST.days} days: {open_cases}")
        self.say(f"{len(open_cases)} cases wait; the clock moves to {to:%d %b %H:%M} UTC")
        self.line.travel(to)
