"""The summary of a torture: who was killed where, and what was found."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.torture.books import Findings


@dataclass
class Report:
    """Of one run of `make torture`."""

    seed: int
    trials: int = 0
    seconds: float = 0.0
    found: Findings = field(default_factory=Findings)
    kills: Counter[tuple[str, str]] = field(default_factory=Counter)
    stops: Counter[str] = field(default_factory=Counter)

    def table(self) -> str:
        """In Markdown, for docs/durability.md."""
        whats = sorted({what for what, _ in self.kills})
        lines = [_row("killed", *whats, "all"), _row(*["---"] * (len(whats) + 2))]
        for where in sorted({where for _, where in self.kills}):
            counts = [self.kills[what, where] for what in whats]
            lines.append(_row(where, *counts, sum(counts)))
        sums = [sum(n for (what, _), n in self.kills.items() if what == each) for each in whats]
        lines += [_row("all", *sums, sum(sums)), ""]
        lines += [f"stopped {count} times for {what}" for what, count in sorted(self.stops.items())]
        lines.append(
            f"seed {self.seed}: {self.trials} trials, {self.found.cases} cases, {self.seconds:.0f} s"
        )
        return "\n".join(lines)

    def last_line(self) -> str:
        found = self.found
        told: Mapping[str, int] = {
            "kills": sum(self.kills.values()),
            "cases": found.cases,
            "lost": len(found.lost),
            "stuck": len(found.stuck) + len([each for each in found.wrong if "ended" in each]),
            "doubled": len(found.doubled),
            "cents": found.cents,
        }
        return json.dumps(told)


def _row(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"
