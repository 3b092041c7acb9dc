"""Deciding at a terminal: what waits for an approval, and an answer that is judged where every answer is."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from uuid import uuid4

from makegood.core.errors import BadInput, Refusal, UnknownName
from makegood.desk import entered, questions
from makegood.desk.arrivals import APPROVAL
from makegood.desk.asking_more import MORE
from makegood.desk.desk import Desk
from makegood.desk.driving import load
from makegood.desk.verdicts import DECISIONS
from makegood.store import approvals, cases, inbox
from makegood.store.models import Approval, Case
from makegood.store.transaction import Tx
from makegood.store.words import AnswerVerdict, ApprovalStatus

_LOOK = 0.2  # seconds between two looks at whether it was read


class NothingAsked(Refusal):
    def __init__(self, number: str, step: str) -> None:
        super().__init__(
            f"{number} waits for no approval (it is at {step}); `makegood approvals` lists what does"
        )
        self.number = number


class OtherPacket(Refusal):
    def __init__(self, number: str, wanted: str, now: str) -> None:
        super().__init__(
            f"{number} was shown anew since: its packet is {now[:12]}..., not {wanted[:12]}...; read it again"
        )
        self.number = number


class AnswerRefused(Refusal):
    """`why` is the audit's word."""

    def __init__(self, number: str, why: str, said: str) -> None:
        super().__init__(f"{number}: the answer does not count ({why}): {said}. The question is asked again")
        self.why = why


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """As it is typed. `packet` is the hash of what was read, in hex, or its first twelve digits;
    empty: of what is shown now."""

    by: str
    code: str
    decision: str
    amount: str = ""
    note: str = ""
    packet: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """`kept`: nobody has read it yet; it counts from when it was given."""

    number: str
    status: Literal["accepted", "kept"]
    decision: str


def waiting(desk: Desk, markets: Sequence[str] = ()) -> list[tuple[Approval, Case]]:
    """Open questions, the most urgent first. Raises UnknownName for a market that is not served."""
    for market in markets:
        if market not in desk.library.markets:
            raise UnknownName("--market", "market", market, tuple(desk.library.markets))
    with desk.store.begin() as tx:
        return approvals.waiting(tx, markets)


def decide(desk: Desk, number: str, given: Given, patience: float) -> Told:
    """Put into the case's inbox, as an answer in Prefect is, and judged by the leg that reads it.

    Waits `patience` seconds for that. Raises UnknownName, NothingAsked, OtherPacket, BadInput before
    anything is written, AnswerRefused once it was judged.
    """
    if given.decision not in (*DECISIONS, MORE):
        known = ", ".join((*DECISIONS, MORE))
        raise BadInput("--decision", f"{given.decision!r} is no decision", known)
    with desk.store.begin() as tx:
        case = cases.by_number(tx, number)
        if case is None:
            raise UnknownName("approvals", "case", number, ())
        asked = _open(tx, case)
        if given.packet and not entered.names(given.packet, asked.packet_hash):
            raise OtherPacket(number, given.packet, asked.packet_hash.hex())
        at = _put(tx, desk, case, asked, given)
    deadline = time.monotonic() + patience
    while True:
        told = _judged(desk, number, asked.id, given.by, at)
        if told is not None:
            return told
        if time.monotonic() >= deadline:
            return Told(number, "kept", given.decision)
        time.sleep(_LOOK)


def _open(tx: Tx, case: Case) -> Approval:
    asked = [each for each in approvals.of_case(tx, case.id) if each.status is ApprovalStatus.OPEN]
    if not asked:
        raise NothingAsked(case.number, case.outcome or case.step or case.status)
    return asked[-1]


def _put(tx: Tx, desk: Desk, case: Case, asked: Approval, given: Given) -> datetime:
    """The code is verified at this instant of real time, however late the answer is read."""
    at = datetime.now(UTC)
    fields = {
        "decision": given.decision,
        "amount": given.amount,
        "approver": given.by,
        "code": given.code,
        "note": given.note,
    }
    inbox.put(
        tx,
        case.id,
        source="command",
        external_id=f"decision-{uuid4()}",
        name=APPROVAL,
        match=questions.key_of(case.number, asked.question_seq),
        payload={"fields": fields, "answered_at": at.isoformat(), "resumed": True},
        received_at=desk.now(),
        now=desk.now(),
    )
    return at


def _judged(desk: Desk, number: str, approval_id: int, by: str, at: datetime) -> Told | None:
    """None while nobody has read it, or another's answer was read first."""
    with desk.store.begin() as tx:
        answers = [a for a in approvals.answers(tx, approval_id) if (a.person_id, a.answered_at) == (by, at)]
        approval = approvals.get(tx, approval_id)
        question = load(tx, approval.case_id).question if answers else None
    said = question.why if question and question.why else "read the packet that is shown now"
    for answer in answers:
        if answer.verdict is AnswerVerdict.REFUSED:
            raise AnswerRefused(number, answer.why, said)
        return Told(number, "accepted", answer.decision)
    if approval.status is not ApprovalStatus.OPEN:
        raise AnswerRefused(number, "closed", "the question was answered or withdrawn meanwhile")
    return None
