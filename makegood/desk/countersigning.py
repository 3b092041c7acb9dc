"""Countersigning: large amounts take several people, each of whom may approve all of it."""

from __future__ import annotations

from dataclasses import dataclass

from makegood.core.authority import Authority, in_house, people_needed
from makegood.core.money import Money
from makegood.desk import binding, packets
from makegood.store import approvals
from makegood.store.models import Approval
from makegood.store.transaction import Tx

COUNTED = "counted"
"""The audit's word for a yes that is not enough alone."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A yes that still stands: by whom, and up to what."""

    by: str
    minor: int


def earlier(tx: Tx, approval: Approval) -> list[Signed]:
    """Who said yes to this very visit of the step before, to a packet that says the same as today's.

    In any order, each person once, by what they said last. Whether they still may is the caller's to see to.
    """
    same = packets.matter(approval.packet)
    found: dict[str, Signed] = {}
    for asked, answer in approvals.accepted(tx, approval.case_id, approval.step, approval.visit):
        if answer.why == COUNTED and answer.amount_minor is not None and packets.matter(asked.packet) == same:
            found[answer.person_id] = Signed(answer.person_id, answer.amount_minor)
    return list(found.values())


def is_signed_by_enough(tx: Tx, number: str, authority: Authority, approval: Approval, whole: Money) -> bool:
    """Whether as many people as `whole` needs said yes to all of it, at this visit of the approval; each to
    a question that is kept as they answered it, and for the same units and payments."""
    accepted = approvals.accepted(tx, approval.case_id, approval.step, approval.visit)
    people = {
        answer.person_id
        for asked, answer in accepted
        if (answer.amount_minor or 0) >= whole.minor
        and (asked.units, asked.payees) == (approval.units, approval.payees)
        and binding.is_whole(number, asked, answer)
    }
    return len(people) >= people_needed(authority, in_house(authority, whole))
