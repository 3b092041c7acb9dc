"""Batches: which open approvals are of one cause, what is asked of them together, and who answered."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from makegood.store import audit, outbox
from makegood.store.models import Approval, Batch, BatchAnswer, BatchMember, Case, Outgoing
from makegood.store.transaction import Tx
from makegood.store.words import (
    AnswerVerdict,
    ApprovalDecision,
    ApprovalStatus,
    BatchStatus,
    MemberStatus,
    OutboxVerb,
)

# Kinds with fewer than `least` questions make no batch, whatever their causes: most are passed over here.
_FREE = text(
    "with free as materialized ("
    " select a.id as approval_id, a.case_id, a.step, a.currency, a.due,"
    " c.procedure, c.market, c.reason, c.order_id"
    " from approvals a join cases c on c.id = a.case_id"
    " where a.status = 'open' and c.status = 'suspended'"
    " and not exists (select 1 from batch_members m where m.approval_id = a.id)),"
    " kinds as (select procedure, step, market, currency, reason from free"
    " group by procedure, step, market, currency, reason having count(*) >= :least)"
    " select f.approval_id, f.procedure, f.step, f.market, f.currency, f.reason,"
    " coalesce(o.facts ->> 'ships_from', '') as ships_from,"
    " coalesce(o.facts ->> 'shipped_on', '') as shipped_on,"
    " array(select distinct u.sku from claimed_units k join order_units u on u.id = k.unit_id"
    " where k.case_id = f.case_id order by u.sku) as skus"
    " from free f join kinds k on (k.procedure, k.step, k.market, k.currency, k.reason)"
    " = (f.procedure, f.step, f.market, f.currency, f.reason)"
    " left join orders o on o.id = f.order_id"
    " order by f.due nulls last, f.approval_id limit :limit"
)


@dataclass(frozen=True, slots=True)
class Kind:
    """What all members of a batch have in common. `cause` is made of words of ours and codes."""

    procedure: str
    step: str
    market: str
    currency: str
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One answer, as it was typed; `covers` is by approval, with the hash of its packet."""

    external_id: str
    person_id: str
    decision: str
    covers: Mapping[int, bytes]
    struck: Sequence[str]
    total_minor: int
    house_minor: int
    verdict: AnswerVerdict
    why: str
    answered_at: datetime


def free(tx: Tx, least: int, limit: int = 5000) -> Sequence[Row[tuple[object, ...]]]:
    """Open approvals that were never in a batch, with what tells their cause, the most urgent first."""
    return tx.session.execute(_FREE, {"least": least, "limit": limit}).all()


def offer(tx: Tx, kind: Kind, listed: Mapping[int, bytes], packet: str, hash_: bytes, now: datetime) -> Batch:
    """`listed` are approvals with their packets' hashes. A run is asked for in the same transaction."""
    row = insert(Batch).values(
        procedure=kind.procedure,
        step=kind.step,
        market=kind.market,
        currency=kind.currency,
        cause=kind.cause,
        status=BatchStatus.OPEN,
        packet=packet,
        packet_hash=hash_,
        asked_at=now,
        offered_at=now,
    )
    batch = tx.session.scalars(row.returning(Batch)).one()
    rows = [
        {"batch_id": batch.id, "approval_id": id_, "packet_hash": shown, "status": MemberStatus.WAITING}
        for id_, shown in listed.items()
    ]
    tx.session.execute(insert(BatchMember).values(rows))
    _start(tx, batch, 1, now)
    return batch


def get(tx: Tx, batch_id: int) -> Batch | None:
    return tx.session.scalar(select(Batch).where(Batch.id == batch_id))


def of_run(tx: Tx, run_id: UUID) -> Batch | None:
    """The open batch that this run shows."""
    query = select(Batch).where(Batch.run_id == run_id, Batch.status == BatchStatus.OPEN)
    return tx.session.scalars(query.limit(1)).first()


def lock(tx: Tx, batch_id: int) -> Batch | None:
    """Before any case of it is locked."""
    return tx.session.scalar(select(Batch).where(Batch.id == batch_id).with_for_update(key_share=True))


def open_ones(tx: Tx) -> list[Batch]:
    """The longest offered first."""
    return list(tx.session.scalars(select(Batch).where(Batch.status == BatchStatus.OPEN).order_by(Batch.id)))


def members(tx: Tx, batch_id: int) -> list[tuple[BatchMember, Approval, Case]]:
    """By case."""
    query = select(BatchMember, Approval, Case).join(Approval, Approval.id == BatchMember.approval_id)
    query = query.join(Case, Case.id == Approval.case_id).where(BatchMember.batch_id == batch_id)
    return [(row[0], row[1], row[2]) for row in tx.session.execute(query.order_by(Case.id))]


def pairs(tx: Tx, approvals: Collection[int]) -> list[tuple[Approval, Case]]:
    """These approvals with their cases, by case."""
    query = select(Approval, Case).join(Case, Case.id == Approval.case_id).where(Approval.id.in_(approvals))
    return [(row[0], row[1]) for row in tx.session.execute(query.order_by(Case.id))]


def spent(tx: Tx) -> list[Batch]:
    """Open batches of which no question is open any more."""
    waiting = select(BatchMember.approval_id).join(Approval, Approval.id == BatchMember.approval_id)
    waiting = waiting.where(BatchMember.batch_id == Batch.id, BatchMember.status == MemberStatus.WAITING)
    waiting = waiting.where(Approval.status == ApprovalStatus.OPEN)
    query = select(Batch).where(Batch.status == BatchStatus.OPEN, ~waiting.exists())
    return list(tx.session.scalars(query.order_by(Batch.id)))


def untold(tx: Tx, word: str, before: datetime) -> list[int]:
    """Open batches offered before this instant that a run shows, and of which `word` is not in the outbox."""
    told = select(Outgoing.id).where(Outgoing.dedupe_key == func.concat(word, ":", Batch.id)).exists()
    query = select(Batch.id).where(Batch.status == BatchStatus.OPEN, Batch.run_id.is_not(None), ~told)
    return list(tx.session.scalars(query.where(Batch.offered_at <= before).order_by(Batch.id)))


def due(tx: Tx, batch_id: int) -> datetime | None:
    """The earliest deadline of its open questions, as it is now."""
    query = select(func.min(Approval.due)).join(BatchMember, BatchMember.approval_id == Approval.id)
    query = query.where(BatchMember.batch_id == batch_id, BatchMember.status == MemberStatus.WAITING)
    return tx.session.scalar(query.where(Approval.status == ApprovalStatus.OPEN))


def mark(tx: Tx, batch_id: int, approvals: Iterable[int], status: MemberStatus) -> None:
    changed = update(BatchMember).where(
        BatchMember.batch_id == batch_id, BatchMember.approval_id.in_(list(approvals))
    )
    tx.session.execute(changed.values(status=status))


def shown_by(tx: Tx, batch_id: int, run_id: UUID) -> None:
    _change(tx, batch_id, run_id=run_id)


def ask_again(tx: Tx, batch_id: int, packet: str, hash_: bytes) -> None:
    """The next round: what was entered in an older form counts no more."""
    _change(tx, batch_id, round=Batch.round + 1, packet=packet, packet_hash=hash_)


def replace_run(tx: Tx, batch: Batch, now: datetime) -> None:
    """Another run is to show it; the one before is cancelled, if it is still there."""
    _cancel(tx, batch, now)
    _change(tx, batch.id, run_id=None, runs=Batch.runs + 1, asked_at=now)
    _start(tx, batch, batch.runs + 1, now)


def answered(
    tx: Tx, batch: Batch, decision: ApprovalDecision, by: str, at: datetime, *, by_run: UUID | None
) -> None:
    """`by_run` is the run that was answered; another that still shows the batch is cancelled."""
    _change(tx, batch.id, status=BatchStatus.ANSWERED, decision=decision, decided_by=by, decided_at=at)
    if by_run is None or by_run != batch.run_id:
        _cancel(tx, batch, at)


def withdraw(tx: Tx, batch: Batch, now: datetime) -> None:
    _change(tx, batch.id, status=BatchStatus.WITHDRAWN)
    _cancel(tx, batch, now)


def record(tx: Tx, batch: Batch, said: Said) -> int:
    """Into the audit, which is never changed. Returns its id, which each case's answer names."""
    audit.hold_off_checkpoints(tx)
    row = insert(BatchAnswer).values(
        batch_id=batch.id,
        external_id=said.external_id,
        round=batch.round,
        person_id=said.person_id,
        decision=said.decision,
        covers={str(id_): hash_.hex() for id_, hash_ in said.covers.items()},
        struck=list(said.struck),
        total_minor=said.total_minor,
        house_minor=said.house_minor,
        verdict=said.verdict,
        why=said.why,
        answered_at=said.answered_at,
        recorded_at=func.now(),
    )
    return tx.session.scalars(row.returning(BatchAnswer.id)).one()


def answer(tx: Tx, answer_id: int) -> BatchAnswer | None:
    return tx.session.scalar(select(BatchAnswer).where(BatchAnswer.id == answer_id))


def answer_of(tx: Tx, external_id: str) -> BatchAnswer | None:
    """The one that came under this id before."""
    return tx.session.scalar(select(BatchAnswer).where(BatchAnswer.external_id == external_id))


def answers(tx: Tx, batch_id: int) -> list[BatchAnswer]:
    query = select(BatchAnswer).where(BatchAnswer.batch_id == batch_id)
    return list(tx.session.scalars(query.order_by(BatchAnswer.id)))


def covers(given: BatchAnswer) -> dict[int, bytes]:
    return {int(id_): bytes.fromhex(hash_) for id_, hash_ in given.covers.items()}


def _change(tx: Tx, batch_id: int, **values: object) -> None:
    tx.session.execute(update(Batch).where(Batch.id == batch_id).values(**values))


def _start(tx: Tx, batch: Batch, number: int, now: datetime) -> None:
    key = f"start-batch:{batch.id}:{number}:{batch.packet_hash.hex()[:12]}"
    outbox.put(tx, OutboxVerb.START_BATCH, {"batch": batch.id}, now, dedupe_key=key)


def _cancel(tx: Tx, batch: Batch, now: datetime) -> None:
    if batch.run_id is not None:
        key = f"cancel-run:{batch.run_id}"
        outbox.put(tx, OutboxVerb.CANCEL_RUN, {"run": str(batch.run_id)}, now, dedupe_key=key)
