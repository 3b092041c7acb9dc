"""The books after a trial: cases lost, stuck or doubled, and every cent, by case, ledger and seller."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.torture.people import Part
from tests.torture.watching import Standing

Json = dict[str, Any]
ONCE = ("refunds", "voids", "labels", "shipments", "carrier_claims", "messages", "cancellations", "holds")
"""Books in which nothing may stand twice under one reference."""


@dataclass
class Findings:
    """Each list a sentence for each thing that is wrong; `cents` the sum of all differences."""

    cases: int = 0
    lost: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    cents: int = 0
    wrong: list[str] = field(default_factory=list)  # money that differs, endings that no story has

    def add(self, other: Findings) -> None:
        self.cases += other.cases
        self.cents += other.cents
        for name in ("lost", "stuck", "doubled", "wrong"):
            getattr(self, name).extend(getattr(other, name))

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.stuck or self.doubled or self.cents or self.wrong)

    def sentences(self) -> list[str]:
        named = (("lost", self.lost), ("stuck", self.stuck), ("doubled", self.doubled), ("money", self.wrong))
        return [f"{name}: {sentence}" for name, sentences in named for sentence in sentences]


def compare(
    parts: Sequence[Part], standings: Sequence[Standing], ledger: Mapping[str, int], seller: Json
) -> Findings:
    """`ledger` is what the effects that are done have moved for an order, in minor units."""
    found = Findings(cases=len(standings))
    cases = {each.number: each for each in standings}
    for part in parts:
        if part.number not in cases:
            found.lost.append(f"message {part.nr} was taken and has no case: {part.number or 'no answer'}")
    for each in standings:
        if each.status != "closed":
            _left_open(each, found)
    _twice(seller, cases, found)
    for part in parts:
        _one(part, [each for each in standings if each.order == part.order], ledger, seller, found)
    return found


def _left_open(each: Standing, found: Findings) -> None:
    sentence = (
        f"{each.number} ({each.procedure}) is {each.status} at {each.step or '-'}, wakes {each.wake_at}"
    )
    (found.stuck if each.wake_at is not None else found.lost).append(sentence)


def _twice(seller: Json, cases: Mapping[str, Standing], found: Findings) -> None:
    for book in ONCE:
        for reference, count in Counter(str(entry["reference"]) for entry in seller[book]).items():
            if count > 1 and reference.split(":")[0] in cases:
                found.doubled.append(f"{book}: {count} under {reference}")


def _one(
    part: Part, own: Sequence[Standing], ledger: Mapping[str, int], seller: Json, found: Findings
) -> None:
    story, order = part.story, part.order
    refunded = _sum(entry for entry in seller["refunds"] if entry["order_id"] == order)
    voided = _sum(entry for entry in seller["voids"] if entry["order_id"] == order)
    for what, is_there, wanted in (
        ("given back", refunded, story.refunded),
        ("let go on the card", voided, story.voided),
        ("in the ledger", ledger.get(order, 0), story.refunded + story.voided),
    ):
        if is_there != wanted:
            found.cents += abs(is_there - wanted)
            found.wrong.append(f"{part.number} ({story.name}): {is_there} {what}, not {wanted}")
    _things(part, own, seller, found)


def _things(part: Part, own: Sequence[Standing], seller: Json, found: Findings) -> None:
    story, mine = part.story, lambda book: [e for e in seller[book] if e["order_id"] == part.order]
    counts = {
        "labels": (len([e for e in mine("labels") if e["status"] != "void"]), story.labels),
        "shipments": (len([e for e in mine("shipments") if e["status"] != "cancelled"]), story.shipments),
        "claims on the carrier": (len(mine("carrier_claims")), story.claims),
        "cases": (len(own), 1 + story.claims),
    }
    numbers = {each.number for each in own}
    letters = Counter(e["template"] for e in seller["messages"] if e["case"] in numbers)
    for template in story.letters:
        counts[f"letters {template}"] = (letters[template], 1)
    for what, (is_there, wanted) in counts.items():
        if is_there > wanted:
            found.doubled.append(f"{part.number} ({story.name}): {is_there} {what}, not {wanted}")
        elif is_there < wanted:
            found.lost.append(f"{part.number} ({story.name}): {is_there} {what}, not {wanted}")
    for each in own:
        if each.number == part.number and each.outcome not in (story.outcome, None):
            found.wrong.append(f"{part.number} ({story.name}) ended {each.outcome}, not {story.outcome}")


def _sum(entries: Iterable[Json]) -> int:
    return sum(int(entry["amount"]["minor"]) for entry in entries)
