"""Branches: every way through each procedure, with how many cases of a run went it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from makegood.core import events as ev
from makegood.core.procedure import CloseStep
from makegood.core.simulation import Journal
from tests.core.coverage import interrupts_gone, ways_gone, ways_of
from tests.core.worlds import plan_of

Way = tuple[str, ...]
"""Step, how it is left, next step; for an interrupt the event and where it leads."""
PROCEDURES = ("refund", "cancel", "reship", "repair", "damage_claim", "carrier_claim", "quality_signal")
WIDTH = 118

_NO_GATE = "a void gives nothing back and is not gated (docs/decisions/voids-are-not-gated.md)"
_OWN_STORE = "it reads nothing but our own store, whose loss stops the line, not the step"
_PHOTOGRAPHED = "what never came is the one claim without photographs, and is traced instead"
_LOADED = "it is called about an order that its caller has loaded"
UNREACHABLE: Mapping[str, Mapping[Way, str]] = {
    "refund": {("void", "failed", "approval-again"): _NO_GATE},
    "cancel": {("void", "failed", "approval-again"): _NO_GATE},
    "reship": {
        ("evidence", "passed", ""): _PHOTOGRAPHED,
        ("lost-again", "failed", "write-off-desk"): _OWN_STORE,
        ("write-off-desk", "then", "lost-again"): _OWN_STORE,
        ("write-off-desk", "timeout", "write-off-desk"): _OWN_STORE,
        ("came-back", "failed", "came-back-desk"): _OWN_STORE,
        ("came-back-desk", "then", "came-back"): _OWN_STORE,
        ("came-back-desk", "timeout", "came-back-desk"): _OWN_STORE,
        ("free-and-wait", "failed", "first-is-coming"): _OWN_STORE,
        ("free-and-close", "failed", "withdrawn"): _OWN_STORE,
        ("second-freed", "failed", "second-desk"): _OWN_STORE,
    },
    "damage_claim": {
        ("pattern", "failed", "remedy"): _OWN_STORE,
        ("proof", "failed", "proof-desk"): _OWN_STORE,
        ("proof-desk", "then", "proof"): _OWN_STORE,
        ("proof-desk", "timeout", "proof-desk"): _OWN_STORE,
    },
    "carrier_claim": {("order", "failed", "no-parcel"): _LOADED},
}
"""By procedure: ways that no front door leads to, each with its reason."""


@dataclass
class Tally:
    """By procedure: how many cases went each way, and how many ended in each outcome."""

    ways: dict[str, Counter[Way]] = field(default_factory=lambda: defaultdict(Counter))
    ends: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def missing(self, procedure: str) -> set[Way]:
        return ways_through(procedure) - self.ways[procedure].keys()

    def rare(self, procedure: str) -> dict[str, int]:
        """Outcomes that fewer than two cases had."""
        found = {end: self.ends[procedure][end] for end in ends_of(procedure)}
        return {end: count for end, count in found.items() if count < 2}


def ways_through(procedure: str) -> set[Way]:
    plan = plan_of(procedure)
    heard = {(event, branch.go) for event, branches in plan.interrupts.items() for branch in branches}
    return {*ways_of(plan), *heard}


def ends_of(procedure: str) -> set[str]:
    steps = [planned.step for planned in plan_of(procedure).steps.values()]
    return {step.close for step in steps if isinstance(step, CloseStep)}


def tally(journals: Iterable[tuple[str, Journal]]) -> Tally:
    """`journals` with the procedures of their cases."""
    counts = Tally()
    for procedure, journal in journals:
        counts.ways[procedure].update({*ways_gone(journal), *interrupts_gone(journal)})
        ends = [entry.event.outcome for entry in journal if isinstance(entry.event, ev.CaseClosed)]
        counts.ends[procedure].update(ends)
    return counts


def shown(counts: Tally) -> str:
    """All ways and ends of all procedures, with their counts."""
    lines: list[str] = []
    for procedure in PROCEDURES:
        ways, all_ways = counts.ways[procedure], ways_through(procedure)
        gone = sum(way in ways for way in all_ways)
        cases = sum(counts.ends[procedure].values())
        lines.append(f"{procedure}: {cases} cases went {gone} of {len(all_ways)} ways")
        ends = [f"{end} {counts.ends[procedure][end]}" for end in sorted(ends_of(procedure))]
        lines += _folded("  ends: ", ends)
        for step in sorted({way[0] for way in all_ways}):
            told = [f"{_said(way)} {ways[way]}" for way in sorted(all_ways) if way[0] == step]
            lines += _folded(f"  {step}: ", told)
    return "\n".join(lines)


def _said(way: Way) -> str:
    """A way without its step: `failed nothing-left`; of a plain branch only where it leads."""
    return " ".join(word for word in way[1:] if word and word != "then")


def _folded(head: str, words: Iterable[str]) -> list[str]:
    lines, line = [], head
    for word in words:
        if len(line) + len(word) > WIDTH and line != head:
            lines.append(line.rstrip())
            line = "      "
        line += word + ", "
    return [*lines, line.rstrip(", ")]
