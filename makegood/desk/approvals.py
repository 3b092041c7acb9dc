"""Approvals: what a supervisor is shown, and whether an answer counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from makegood.core import events as ev
from makegood.core.authority import Person, Why, in_house, may
from makegood.core.facts import Facts
from makegood.core.money import BadAmount, Money, parse
from makegood.core.state import Question
from makegood.desk import packets, questions
from makegood.desk.driving import Hand, write
from makegood.store import approvals, cases, codes, inbox
from makegood.store.approvals import Answer
from makegood.store.approvals import Question as Asked
from makegood.store.codes import CodeRefusal, CodeRefused
from makegood.store.inbox import Arrival
from makegood.store.models import Approval
from makegood.store.models import Person as PersonRow
from makegood.store.transaction import Tx
from makegood.store.words import AnswerVerdict, ApprovalDecision

DECISIONS = {
    "approve": ApprovalDecision.APPROVED,
    "adjust": ApprovalDecision.ADJUSTED,
    "reject": ApprovalDecision.REJECTED,
}


@dataclass(frozen=True, slots=True)
class Form:
    """What was entered. `answered_at` is real time: the instant at which the code is verified."""

    decision: str
    amount: str
    approver: str
    code: str
    note: str
    answered_at: datetime


@dataclass(frozen=True, slots=True)
class Granted:
    decision: ApprovalDecision
    minor: int
    by: str


@dataclass(frozen=True, slots=True)
class Denied:
    """`why` is a word for the audit; `said` is what the next packet begins with."""

    why: str
    said: str


def packet(hand: Hand, asked: ev.QuestionAsked) -> str:
    """Markdown of enumerated facts and money only; the same state gives the same text."""
    return packets.write(hand, asked)


def open_question(tx: Tx, hand: Hand, asked: ev.QuestionAsked, seq: int, text: str, now: datetime) -> None:
    ceiling = ceiling_of(tx, hand, asked.facts)
    question = Asked(
        question_seq=seq,
        step=asked.step,
        visit=asked.visit,
        ceiling_minor=ceiling.minor,
        currency=ceiling.currency,
        house_minor=in_house(hand.desk.library.authority, ceiling).minor,
        packet=text,
        due=asked.due,
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
        if question is None or arrival.match != questions.key_of(hand.number, question.seq):
            event: ev.Event = ev.Noted(what="late-answer", facts={"question": arrival.match or ""})
            inbox.mark_read(tx, [arrival.id], write(tx, hand, event, now))
            return
        approval = approvals.by_question(tx, hand.case_id, question.seq)
        assert approval is not None
        verdict = _judge(tx, hand, approval, form)
        _audit(tx, approval, form, verdict)
        seq = write(tx, hand, _event(arrival, question, form, verdict, hand), now)
        inbox.mark_read(tx, [arrival.id], seq)
        if isinstance(verdict, Granted):
            minor = None if verdict.decision is ApprovalDecision.REJECTED else verdict.minor
            decision = verdict.decision
            approvals.decide(tx, approval.id, decision, by=verdict.by, amount_minor=minor, at=now)


def _form(payload: Any) -> Form:
    fields = {str(key): str(value).strip() for key, value in payload.get("fields", {}).items()}
    return Form(
        decision=fields.get("decision", ""),
        amount=fields.get("amount", ""),
        approver=fields.get("approver", ""),
        code=fields.get("code", "").replace(" ", ""),
        note=fields.get("note", ""),
        answered_at=datetime.fromisoformat(payload["answered_at"]),
    )


def _judge(tx: Tx, hand: Hand, approval: Approval, form: Form) -> Granted | Denied:
    if form.decision not in DECISIONS:
        return Denied("no-decision", "Nothing was decided: choose approve, adjust or reject")
    verdict = codes.verify_code(tx, form.approver, form.code, form.answered_at)
    if isinstance(verdict, CodeRefused):
        return Denied(verdict.why.value, _CODE[verdict.why])
    if packets.digest(packets.again(hand, approval)) != approval.packet_hash:
        return Denied("packet-changed", "The case changed after this was shown. Read it again")
    decision = DECISIONS[form.decision]
    amount = _amount(approval, form, decision)
    if isinstance(amount, Denied):
        return amount
    return _permitted(tx, hand, verdict.person, form, decision, amount)


_WRONG = "The id or the one-time code is wrong"
_CODE = {
    CodeRefusal.UNKNOWN_PERSON: _WRONG,
    CodeRefusal.WRONG: _WRONG,
    CodeRefusal.USED: "This one-time code was used before. Wait for the next one",
    CodeRefusal.LOCKED: "Too many wrong codes: this id is locked for a while",
    CodeRefusal.INACTIVE: "This id is not active any more",
}


def _amount(approval: Approval, form: Form, decision: ApprovalDecision) -> Money | Denied:
    ceiling = Money(minor=approval.ceiling_minor, currency=approval.currency)
    if decision is not ApprovalDecision.ADJUSTED:
        return ceiling
    try:
        amount = parse(form.amount, approval.currency)
    except BadAmount as error:
        return Denied("bad-amount", f"The amount is not one: {error.expected or 'such as 12.34'}")
    if not 0 < amount.minor <= ceiling.minor:
        return Denied("above-ceiling", f"The amount must be above zero and at most {ceiling.decimal}")
    return amount


def _permitted(
    tx: Tx, hand: Hand, row: PersonRow, form: Form, decision: ApprovalDecision, amount: Money
) -> Granted | Denied:
    """Authority is the current one: role, market, limit, and never over one's own case."""
    case, authority = cases.get(tx, hand.case_id), hand.desk.library.authority
    limit = Money(minor=0, currency=authority.house_currency)
    if row.limit_minor is not None and row.limit_currency is not None:
        limit = Money(minor=row.limit_minor, currency=row.limit_currency)
    person = Person(row.id, row.role.value, limit, tuple(row.markets), row.active)
    permission = may(authority, person, "refund", in_house(authority, amount), case.market, case.owner)
    if permission.allowed or (decision is ApprovalDecision.REJECTED and permission.why is Why.ABOVE_LIMIT):
        if decision is not ApprovalDecision.APPROVED and not form.note:
            return Denied("no-note", "A note is needed to reject or adjust")
        return Granted(decision, 0 if decision is ApprovalDecision.REJECTED else amount.minor, row.id)
    return Denied(permission.why.value, _WHY[permission.why])


_WHY = {
    Why.ALLOWED: "",
    Why.INACTIVE: "This id is not active any more",
    Why.OWNER_OF_THE_CASE: "Nobody approves their own case",
    Why.ROLE_MAY_NOT_APPROVE: "Your role does not approve payments",
    Why.NOT_THIS_REMEDY: "Your role does not approve this remedy",
    Why.NOT_THIS_MARKET: "This market is not among yours",
    Why.ABOVE_LIMIT: "The amount is above your limit",
}


def _audit(tx: Tx, approval: Approval, form: Form, verdict: Granted | Denied) -> None:
    granted = isinstance(verdict, Granted)
    answer = Answer(
        person_id=form.approver[:80],
        decision=form.decision[:20],
        amount_minor=verdict.minor if isinstance(verdict, Granted) else None,
        verdict=AnswerVerdict.ACCEPTED if granted else AnswerVerdict.REFUSED,
        why="" if isinstance(verdict, Granted) else verdict.why,
        answered_at=form.answered_at,
    )
    approvals.record(tx, approval.id, answer)


def _event(
    arrival: Arrival, question: Question, form: Form, verdict: Granted | Denied, hand: Hand
) -> ev.Event:
    if isinstance(verdict, Denied):
        return ev.AnswerRefused(
            step=hand.state.step,
            visit=hand.state.visit,
            question=question.seq,
            why=verdict.said,
            by=form.approver,
        )
    facts: Facts = {"decision": verdict.decision.value, "amount_minor": verdict.minor, "note": form.note}
    received = arrival.received_at
    return ev.EventReceived(
        name="answer", match=str(question.seq), facts=facts, received_at=received, by=verdict.by
    )
