"""Trouble that passes: for every fourth story and tale the seller's systems fail for a while."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from tests.acceptance.line import Line
from tests.acceptance.part import Part
from tests.acceptance.tale import Both, Breaks, Turns
from tests.acceptance.tale_part import TalePart

EVERY = 4
WEBHOOKS_OF = (
    *("advance-parcel", "refund-payment", "void-payment", "recall-parcel", "open-dispute"),
    *("advance-repair", "pay-link", "decide-claim"),
)
"""Routes that cause webhooks."""
_ASKED = ("read-order", "read-history", "read-stock", "find-refunds", "find-messages", "read-pick")
_DONE = (
    *("refund-payment", "void-payment", "make-label", "void-label", "send-shipment", "open-repair"),
    *("hold-order", "release-order", "intercept-order", "cancel-order", "recall-parcel", "send-message"),
    *("make-payment-link", "file-carrier-claim"),
)


def has_faults(part: Part) -> bool:
    """Be it that they pass, or that the tale itself says what is broken."""
    return part.nr % EVERY == 0 or (isinstance(part, TalePart) and _breaks(part))


def trouble(line: Line, parts: Sequence[Part], hangs: int) -> int:
    """Switches it on, for so many also an answer that never comes; how many have faults.

    Not for tales that say what is broken: a route has one switch for each name.
    """
    broken = [part for part in parts if isinstance(part, TalePart) and _breaks(part)]
    troubled = [part for part in parts if has_faults(part) and part not in broken]
    for nth, part in enumerate(troubled):
        for route, fault in _faults(part.nr, hangs=nth < hangs):
            about = {"about": str(part.order["id"]).removeprefix("#"), "seed": part.nr}
            line.control("PUT", f"/faults/{route}", fault | about)
    return len(troubled) + len(broken)


def _faults(nr: int, *, hangs: bool) -> Iterator[tuple[str, dict[str, Any]]]:
    """Few enough that what is tried again goes well in the end."""
    for route in _ASKED:
        yield route, {"error_rate": 0.5, "remaining": 1 + nr // EVERY % 2}
    for place, route in enumerate(_DONE):
        if hangs and route == "send-message":
            yield route, {"timeout_after_success_rate": 1, "hang_ms": 12_000, "remaining": 1}
        elif (nr // EVERY + place) % 2:
            yield route, {"error_after_rate": 0.7, "remaining": 1}
        else:
            yield route, {"error_rate": 0.7, "remaining": 1}
    for route in WEBHOOKS_OF:
        if route not in _DONE:
            yield route, {"duplicate_webhooks": True, "reorder_webhooks": True, "hold_back_ms": 400}


def _breaks(part: TalePart) -> bool:
    return bool(part.tale.broken) or any(_has_break(turns) for turns in part.tale.acts.values())


def _has_break(turns: Turns | None) -> bool:
    match turns:
        case tuple():
            return any(_has_break(each) for each in turns)
        case Both():
            return any(_has_break(each) for each in turns.acts)
        case _:
            return isinstance(turns, Breaks)
