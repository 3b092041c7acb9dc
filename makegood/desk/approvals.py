"""Approvals: what a supervisor is shown, and whether an answer counts."""

from __future__ import annotations

from datetime import datetime
from typing import Any, assert_never

from makegood.core import events as ev
from makegood.core.authority import in_house
from makegood.core.facts import Facts
from makegood.core.money import Money
from makegood.core.state import Question
from makegood.desk import asking_more, binding, countersigning, entered, packets, questions, verdicts
from makegood.desk.driving import Hand, write
from makegood.desk.verdicts import Counted, Denied, Form, Granted, MoreWanted, Verdict
from makegood.store import approvals, cases, inbox
from makegood.store.approvals import Answer
from makegood.store.approvals import Question as Asked
from makegood.store.inbox import Arrival
from makegood.store.models import Approval
from makegood.store.transaction import Tx
from makegood.store.words import AnswerVerdict, ApprovalDecision, ApprovalStatus

_FIELDS = entered.FIELDS | {"amount"}


def packet(hand: Hand, asked: ev.QuestionAsked) -> str:
    """Markdown of enumerated facts and money only; the same state gives the same text."""
    return packets.write(hand, asked)


def open_question(tx: Tx, hand: Hand, asked: ev.QuestionAsked, seq: int, text: str, now: datetime) -> None:
    ceiling = ceiling_of(tx, hand, asked.facts)
    units, payees = binding.asked_for(tx, hand)
    question = Asked(
        question_seq=seq,
        step=asked.step,
        visit=asked.visit,
        ceiling_minor=ceiling.minor,
        currency=ceiling.currency,
        house_minor=in_house(hand.desk.library.authority, ceiling).minor,
        packet=text,
        due=asked.due,
        units=units,
        payees=payees,
    )
    approvals.ask(tx, hand.case_id, question, now)


def ceiling_of(tx: Tx, hand: Hand, facts: Facts) -> Money:
    minor = facts["ceiling_minor"]
    assert isinstance(minor, int)
    currency = cases.get(tx, hand.case_id).currency
    assert currency is not None, "an approval is about an order"
    return Money(minor=minor, currency=currency)


def take_in(hand: Hand, arrival: Arrival) -> None:
    """Judges the answer where it is consumed; the code is used up with the event that says so."""
    form = _form(arrival.payload)
    question, now = hand.state.question, hand.now()
    with hand.desk.store.begin() as tx:
        approval = _open(tx, hand, arrival)
        if question is None or approval is None:
            event: ev.Event = ev.Noted(what="late-answer", facts={"question": arrival.match or ""})
            inbox.mark_read(tx, [arrival.id], write(tx, hand, event, now))
            return
        verdict = verdicts.judge(tx, hand, approval, form)
        _audit(tx, hand, approval, form, verdict)
        seq = write(tx, hand, _event(arrival, question, form, verdict, hand), now)
        inbox.mark_read(tx, [arrival.id], seq)
        match verdict:
            case Granted():
                minor = None if verdict.decision is ApprovalDecision.REJECTED else verdict.minor
                decision = verdict.decision
                approvals.decide(tx, approval.id, decision, by=verdict.by, amount_minor=minor, at=now)
            case MoreWanted():
                asking_more.give_task(tx, hand, question, seq)
            case Counted() | Denied():
                pass
            case _:
                assert_never(verdict)


def _open(tx: Tx, hand: Hand, arrival: Arrival) -> Approval | None:
    """The question that it answers, unless another's answer has decided it just now."""
    question = hand.state.question
    if question is None or arrival.match != questions.key_of(hand.number, question.seq):
        return None
    approval = approvals.by_question(tx, hand.case_id, question.seq)
    assert approval is not None
    return approval if approval.status is ApprovalStatus.OPEN else None


def _form(payload: Any) -> Form:
    fields = {str(key): str(value).strip() for key, value in payload.get("fields", {}).items()}
    return Form(
        decision=fields.get("decision", ""),
        amount=fields.get("amount", ""),
        approver=fields.get("approver", ""),
        code=fields.get("code", "").replace(" ", ""),
        note=fields.get("note", ""),
        answered_at=datetime.fromisoformat(payload["answered_at"]),
        resumed=payload.get("resumed", True) is True,
        packet=fields.get("packet", ""),
        shown=fields.get("shown", ""),
        foreign=not fields.keys() <= _FIELDS,
    )


def _audit(tx: Tx, hand: Hand, approval: Approval, form: Form, verdict: Verdict) -> None:
    minor, why, bound = _kept(hand, approval, verdict)
    answer = Answer(
        person_id=form.approver[:80],
        decision=form.decision[:20],
        amount_minor=minor,
        verdict=AnswerVerdict.REFUSED if isinstance(verdict, Denied) else AnswerVerdict.ACCEPTED,
        why=why,
        answered_at=form.answered_at,
        bound=bound,
    )
    approvals.record(tx, approval.id, answer)


def _kept(hand: Hand, approval: Approval, verdict: Verdict) -> tuple[int | None, str, bytes | None]:
    """The amount that was agreed to, the audit's word, and what it was agreed to for."""
    match verdict:
        case Granted():
            return verdict.minor, "", binding.digest(hand.number, approval)
        case Counted():
            return verdict.minor, countersigning.COUNTED, binding.digest(hand.number, approval)
        case MoreWanted():
            return None, asking_more.MORE, None
        case Denied():
            return None, verdict.why, None
        case _:
            assert_never(verdict)


def _event(arrival: Arrival, question: Question, form: Form, verdict: Verdict, hand: Hand) -> ev.Event:
    again = {
        "step": hand.state.step,
        "visit": hand.state.visit,
        "question": question.seq,
        "by": form.approver,
    }
    match verdict:
        case Denied() | Counted():
            return ev.AnswerRefused(**again, why=verdict.said, counted=isinstance(verdict, Counted))
        case MoreWanted():
            return ev.AnswerRefused(
                **again, why=asking_more.said(verdict.by), more="asked", note=verdict.note
            )
        case Granted():
            facts: Facts = {
                "decision": verdict.decision.value,
                "amount_minor": verdict.minor,
                "note": form.note,
            }
            return ev.EventReceived(
                name="answer",
                match=str(question.seq),
                facts=facts,
                received_at=arrival.received_at,
                by=verdict.by,
            )
        case _:
            assert_never(verdict)
