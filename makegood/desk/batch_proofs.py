"""Proofs: a case's leg looks for itself whether the answer that came with a batch holds for its case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from makegood.core.authority import Why, people_needed
from makegood.desk import batch_members, batch_verdicts
from makegood.desk.batch_members import Listed
from makegood.desk.batch_verdicts import COUNTED, DECISIONS, Stand
from makegood.desk.driving import Hand
from makegood.desk.verdicts import WHY_SAID, Denied
from makegood.store import batches, people
from makegood.store.inbox import Arrival
from makegood.store.models import Approval, BatchAnswer
from makegood.store.transaction import Tx
from makegood.store.words import AnswerVerdict, ApprovalDecision

SOURCE = "batch"
"""The inbox's word for an answer that came with a batch."""

_ALONE = "This case is asked alone from now on"


@dataclass(frozen=True, slots=True)
class Proof:
    """What an arrival claims: that this answer to this batch was accepted and is about its case, too."""

    batch: int
    answer: int
    by: str
    decision: str
    note: str
    answered_at: datetime


@dataclass(frozen=True, slots=True)
class Proved:
    """`cosigners` said yes to the same before, where it takes several people."""

    decision: ApprovalDecision
    minor: int
    by: str
    cosigners: tuple[str, ...] = ()


def of(arrival: Arrival) -> Proof:
    """Of an arrival whose source is `SOURCE`: nobody but makegood itself puts one."""
    payload = arrival.payload
    fields = {str(name): str(value) for name, value in payload["fields"].items()}
    return Proof(
        batch=int(payload["batch"]),
        answer=int(payload["answer"]),
        by=fields["approver"],
        decision=fields["decision"],
        note=fields["note"],
        answered_at=datetime.fromisoformat(payload["answered_at"]),
    )


def judge(tx: Tx, hand: Hand, approval: Approval, proof: Proof) -> Proved | Denied:
    """By today's people, limits and packet, and against the total; the code was used up with the batch."""
    given = batches.answer(tx, proof.answer)
    if given is None or not _is_the_one(given, proof):
        return Denied("no-proof", f"No batch was answered like this. {_ALONE}")
    covers = batches.covers(given)
    if covers.get(approval.id) != approval.packet_hash:
        return Denied("not-covered", f"The answer to batch {proof.batch} is not about this. {_ALONE}")
    pairs = batches.pairs(tx, covers)
    case = next(case for each, case in pairs if each.id == approval.id)
    listed = Listed(approval, case, hand)
    if change := batch_members.change_of(listed, approval.packet_hash):
        return Denied("packet-changed", f"The case changed after batch {proof.batch} was shown: {change}")
    sums = batch_members.sums_of(hand.desk.library.authority, pairs, approval.currency)
    return _by_today(tx, listed, proof, Stand(covers, {}, sums))


def _is_the_one(given: BatchAnswer, proof: Proof) -> bool:
    accepted = given.verdict is AnswerVerdict.ACCEPTED and given.why != COUNTED
    same = (given.batch_id, given.person_id, given.decision) == (proof.batch, proof.by, proof.decision)
    return accepted and same and proof.decision in DECISIONS


def _by_today(tx: Tx, listed: Listed, proof: Proof, stand: Stand) -> Proved | Denied:
    decision, person = DECISIONS[proof.decision], people.get(tx, proof.by)
    if person is None:
        return Denied("unknown_person", f"Batch {proof.batch} was answered by nobody we know. {_ALONE}")
    why = batch_verdicts.why_not(tx, listed, person, stand.sums)
    if decision is ApprovalDecision.REJECTED and why in (Why.ALLOWED, *batch_verdicts.TOO_MUCH):
        return Proved(decision, 0, person.id)
    if why is not Why.ALLOWED:
        return Denied(why.value, f"Batch {proof.batch}: {WHY_SAID[why]}. {_ALONE}")
    others = batch_verdicts.cosigners(tx, proof.batch, stand, [listed], person.id)
    needed = people_needed(listed.hand.desk.library.authority, stand.sums.house)
    if 1 + len(others) < needed:
        return Denied("too-few", f"Batch {proof.batch} takes {needed} people by now. {_ALONE}")
    return Proved(decision, listed.approval.ceiling_minor, person.id, tuple(others))
