"""Approvals: asked once per question, decided once, with every answer on record."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from makegood.core.errors import MoveRefused
from makegood.store import audit, plain
from makegood.store.errors import Missing
from makegood.store.flat import vars_of
from makegood.store.memory import remembered
from makegood.store.models import Approval, ApprovalAnswer, Case, Outgoing
from makegood.store.transaction import Tx
from makegood.store.words import AnswerVerdict, ApprovalDecision, ApprovalStatus, CaseStatus

_CLOSE = text("update approvals set status = 'closed' where id = :id and status = 'open' returning id")
_SET_RUN = text("update approvals set run_id = :run where id = :id")
_ASK = text(
    "insert into approvals (case_id, question_seq, step, visit, ceiling_minor, currency, house_minor, packet,"
    " packet_hash, status, opened_at, due, units, payees)"
    " values (:case, :question_seq, :step, :visit, :ceiling_minor, :currency, :house_minor, :packet,"
    " :packet_hash, :status, :now, :due, cast(:units as text[]), cast(:payees as text[]))"
    " on conflict (case_id, question_seq) do nothing"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """`ceiling_minor` in `currency`, `house_minor` in authority's. The packet is Markdown and shown in
    Prefect: nothing personal may be in it. `units` and `payees` are what it is asked for."""

    question_seq: int
    step: str
    visit: int
    ceiling_minor: int
    currency: str
    house_minor: int
    packet: str
    due: datetime | None = None
    units: Sequence[str] | None = None
    payees: Sequence[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """As it was typed, whoever typed it. `why` is a word (`wrong_code`, `over_limit`), not prose."""

    person_id: str
    decision: str
    amount_minor: int | None
    verdict: AnswerVerdict
    why: str
    answered_at: datetime
    bound: bytes | None = None


def ask(tx: Tx, case_id: int, question: Question, now: datetime) -> Approval:
    """Asking again returns the approval as it stands: its packet is what was shown first."""
    row = {
        **vars_of(question),
        "case": case_id,
        "packet_hash": packet_hash(question.packet),
        "status": ApprovalStatus.OPEN.value,
        "now": now,
        "units": _listed(question.units),
        "payees": _listed(question.payees),
    }
    tx.session.execute(_ASK, row)
    return _required(by_question(tx, case_id, question.question_seq), question.question_seq)


def _listed(names: Sequence[str] | None) -> list[str] | None:
    return None if names is None else sorted(set(names))


def packet_hash(packet: str) -> bytes:
    return hashlib.sha256(packet.encode()).digest()


def by_question(tx: Tx, case_id: int, question_seq: int) -> Approval | None:
    return plain.one(tx, Approval, "case_id = :case and question_seq = :seq", case=case_id, seq=question_seq)


def get(tx: Tx, approval_id: int) -> Approval:
    """Raises Missing."""
    return _required(plain.one(tx, Approval, "id = :id", id=approval_id), approval_id)


def record(tx: Tx, approval_id: int, answer: Answer) -> None:
    """Into the audit, which is never changed. Refused answers as well."""
    audit.hold_off_checkpoints(tx)
    row = insert(ApprovalAnswer).values(
        approval_id=approval_id,
        person_id=answer.person_id,
        decision=answer.decision,
        amount_minor=answer.amount_minor,
        verdict=answer.verdict,
        why=answer.why,
        answered_at=answer.answered_at,
        recorded_at=func.now(),
        bound=answer.bound,
    )
    tx.session.execute(row)


def decide(
    tx: Tx,
    approval_id: int,
    decision: ApprovalDecision,
    *,
    by: str | None,
    amount_minor: int | None,
    at: datetime,
) -> None:
    """Once: raises MoveRefused when it is answered or closed. `by` is None for a time-out only."""
    decided = {
        "status": ApprovalStatus.ANSWERED,
        "decision": decision,
        "decided_by": by,
        "decided_at": at,
        "amount_minor": amount_minor,
    }
    query = update(Approval).where(Approval.id == approval_id, Approval.status == ApprovalStatus.OPEN)
    if tx.session.scalar(query.values(**decided).returning(Approval.id)) is None:
        raise MoveRefused(decision, get(tx, approval_id).status)


def close(tx: Tx, approval_id: int) -> bool:
    """Withdraws it unanswered. False when it is not open any more."""
    return tx.session.scalar(_CLOSE, {"id": approval_id}) is not None


def extend(tx: Tx, approval_id: int, due: datetime | None) -> None:
    """An escalation's new deadline."""
    tx.session.execute(update(Approval).where(Approval.id == approval_id).values(due=due))


def set_run(tx: Tx, approval_id: int, run_id: UUID | None) -> None:
    """The run that is suspended on it; a replacement run takes its place."""
    tx.session.execute(_SET_RUN, {"id": approval_id, "run": run_id})


def waiting(tx: Tx, markets: Sequence[str] = (), limit: int = 200) -> list[tuple[Approval, Case]]:
    """Open approvals with their cases, the most urgent first."""
    query = select(Approval, Case).join(Case, Case.id == Approval.case_id)
    query = query.where(Approval.status == ApprovalStatus.OPEN)
    if markets:
        query = query.where(Case.market.in_(markets))
    query = query.order_by(Approval.due.asc().nulls_last(), Approval.id).limit(limit)
    return [(approval, case) for approval, case in tx.session.execute(query)]


def count_open(tx: Tx) -> int:
    query = select(func.count()).select_from(Approval).where(Approval.status == ApprovalStatus.OPEN)
    return tx.session.scalar(query) or 0


def share(tx: Tx, number: int, of: int, after: int = 0, limit: int = 500) -> list[tuple[Approval, Case]]:
    """Open approvals of suspended cases: one of `of` equal shares, in pages; `after` is the last one's id."""
    query = select(Approval, Case).join(Case, Case.id == Approval.case_id)
    query = query.where(Approval.status == ApprovalStatus.OPEN, Case.status == CaseStatus.SUSPENDED)
    query = query.where(Approval.id % of == number, Approval.id > after).order_by(Approval.id).limit(limit)
    return [(approval, case) for approval, case in tx.session.execute(query)]


def of_run(tx: Tx, run_id: UUID) -> Approval | None:
    """The open question that this run shows."""
    query = select(Approval).where(Approval.run_id == run_id, Approval.status == ApprovalStatus.OPEN)
    return tx.session.scalars(query.order_by(Approval.id.desc()).limit(1)).first()


def told_key(word: str, approval: Approval, case: Case) -> str:
    """One for each visit of the step: `asked:MG-2026-000123:approval:1`."""
    return f"{word}:{case.number}:{approval.step}:{approval.visit}"


def untold(tx: Tx, word: str, before: datetime, limit: int) -> list[tuple[Approval, Case]]:
    """Questions asked before this instant that a run shows, and whose `told_key` is not in the outbox."""
    key = func.concat(word, ":", Case.number, ":", Approval.step, ":", Approval.visit)
    told = select(Outgoing.id).where(Outgoing.dedupe_key == key).exists()
    query = select(Approval, Case).join(Case, Case.id == Approval.case_id)
    query = query.where(Approval.status == ApprovalStatus.OPEN, Approval.run_id.is_not(None), ~told)
    query = query.where(Approval.opened_at <= before).order_by(Approval.id).limit(limit)
    return [(approval, case) for approval, case in tx.session.execute(query)]


def open_runs(tx: Tx, run_ids: Sequence[UUID]) -> set[UUID]:
    """Those of these runs that show a question which is still open."""
    query = select(Approval.run_id).where(Approval.run_id.in_(run_ids))
    found = tx.session.scalars(query.where(Approval.status == ApprovalStatus.OPEN))
    return {run_id for run_id in found if run_id is not None}


@remembered("approvals.of_case")
def of_case(tx: Tx, case_id: int) -> list[Approval]:
    return plain.find(tx, Approval, "case_id = :case order by question_seq", case=case_id)


def accepted(tx: Tx, case_id: int, step: str, visit: int) -> list[tuple[Approval, ApprovalAnswer]]:
    """Answers that counted, to any question of this visit, as they came."""
    query = select(Approval, ApprovalAnswer).join(ApprovalAnswer, ApprovalAnswer.approval_id == Approval.id)
    query = query.where(Approval.case_id == case_id, Approval.step == step, Approval.visit == visit)
    query = query.where(ApprovalAnswer.verdict == AnswerVerdict.ACCEPTED).order_by(ApprovalAnswer.id)
    return [(approval, answer) for approval, answer in tx.session.execute(query)]


def answers(tx: Tx, approval_id: int) -> list[ApprovalAnswer]:
    query = select(ApprovalAnswer).where(ApprovalAnswer.approval_id == approval_id)
    return list(tx.session.scalars(query.order_by(ApprovalAnswer.id)))


def _required(found: Approval | None, key: int) -> Approval:
    if found is None:
        raise Missing("approval", key)
    return found
