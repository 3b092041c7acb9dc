"""A batch's answer arrives at one of its cases: it is proved, journalled and kept as the case's own."""

from __future__ import annotations

from datetime import datetime

from makegood.core import events as ev
from makegood.core.state import Question
from makegood.desk import batch_proofs, binding, questions
from makegood.desk.batch_proofs import Proof, Proved
from makegood.desk.driving import Hand, write
from makegood.desk.verdicts import Denied
from makegood.store import approvals, inbox
from makegood.store.approvals import Answer
from makegood.store.inbox import Arrival
from makegood.store.models import Approval
from makegood.store.transaction import Tx
from makegood.store.words import AnswerVerdict, ApprovalDecision

NOTED = "answered-in-batch"


def take_in(hand: Hand, arrival: Arrival) -> None:
    """A question that was answered alone meanwhile stays as it was answered: that is noted, and no more."""
    proof, question, now = batch_proofs.of(arrival), hand.state.question, hand.now()
    with hand.desk.store.begin() as tx:
        if question is None or arrival.match != questions.key_of(hand.number, question.seq):
            facts = {"question": arrival.match or "", "batch": proof.batch}
            late = write(tx, hand, ev.Noted(what="late-answer", facts=facts), now)
            inbox.mark_read(tx, [arrival.id], late)
            return
        approval = approvals.by_question(tx, hand.case_id, question.seq)
        assert approval is not None
        verdict = batch_proofs.judge(tx, hand, approval, proof)
        _keep(tx, hand, approval, proof, verdict)
        write(tx, hand, ev.Noted(what=NOTED, facts={"batch": proof.batch}), now)
        seq = write(tx, hand, _event(hand, arrival, question, proof, verdict), now)
        inbox.mark_read(tx, [arrival.id], seq)
        if isinstance(verdict, Proved):
            _decide(tx, approval, verdict, now)


def _decide(tx: Tx, approval: Approval, verdict: Proved, now: datetime) -> None:
    minor = None if verdict.decision is ApprovalDecision.REJECTED else verdict.minor
    approvals.decide(tx, approval.id, verdict.decision, by=verdict.by, amount_minor=minor, at=now)


def _keep(tx: Tx, hand: Hand, approval: Approval, proof: Proof, verdict: Proved | Denied) -> None:
    """A row for everybody who said so; each names the batch."""
    denied = isinstance(verdict, Denied)
    why = f"batch-{proof.batch}" + (f": {verdict.why}" if isinstance(verdict, Denied) else "")
    people = (proof.by,) if isinstance(verdict, Denied) else (*verdict.cosigners, verdict.by)
    for person in people:
        answer = Answer(
            person_id=person[:80],
            decision=proof.decision[:20],
            amount_minor=None if isinstance(verdict, Denied) else verdict.minor,
            verdict=AnswerVerdict.REFUSED if denied else AnswerVerdict.ACCEPTED,
            why=why,
            answered_at=proof.answered_at,
            bound=None if denied else binding.digest(hand.number, approval),
        )
        approvals.record(tx, approval.id, answer)


def _event(
    hand: Hand, arrival: Arrival, question: Question, proof: Proof, verdict: Proved | Denied
) -> ev.Event:
    if isinstance(verdict, Denied):
        return ev.AnswerRefused(
            step=hand.state.step,
            visit=hand.state.visit,
            question=question.seq,
            why=verdict.said,
            by=proof.by,
        )
    return ev.EventReceived(
        name="answer",
        match=str(question.seq),
        facts={"decision": verdict.decision.value, "amount_minor": verdict.minor, "note": proof.note},
        received_at=arrival.received_at,
        by=verdict.by,
    )
