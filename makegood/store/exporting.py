"""Exporting: what the record holds of a period, for somebody outside; ciphertext and words of ours alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from makegood.store.models import (
    Approval,
    ApprovalAnswer,
    BatchAnswer,
    Case,
    Checkpoint,
    JournalRow,
    StaffChange,
)
from makegood.store.transaction import Tx

Row = dict[str, Any]


def rows(tx: Tx, begin: datetime, end: datetime) -> Iterator[Row]:
    """By kind, each in the order in which it was written; `end` is not in the period."""
    for kind, query in _queries(begin, end).items():
        for row in tx.session.execute(query.execution_options(yield_per=1000)):
            yield {"kind": kind, **row._mapping}


def _queries(begin: datetime, end: datetime) -> dict[str, Select[Any]]:
    journal = select(
        Case.number,
        JournalRow.seq,
        JournalRow.at,
        JournalRow.kind.label("event"),
        JournalRow.prev,
        JournalRow.hash,
    ).join(Case, Case.id == JournalRow.case_id)
    answers = (
        select(
            Case.number,
            Approval.step,
            Approval.visit,
            Approval.question_seq,
            Approval.packet_hash,
            Approval.ceiling_minor,
            Approval.currency,
            Approval.opened_at,
            ApprovalAnswer.person_id,
            ApprovalAnswer.decision,
            ApprovalAnswer.amount_minor,
            ApprovalAnswer.verdict,
            ApprovalAnswer.why,
            ApprovalAnswer.answered_at,
        )
        .join(Approval, Approval.id == ApprovalAnswer.approval_id)
        .join(Case, Case.id == Approval.case_id)
    )
    together = (
        BatchAnswer.batch_id,
        BatchAnswer.round,
        BatchAnswer.person_id,
        BatchAnswer.decision,
        BatchAnswer.struck,
        BatchAnswer.total_minor,
        BatchAnswer.house_minor,
        BatchAnswer.verdict,
        BatchAnswer.why,
        BatchAnswer.answered_at,
    )
    changed = (StaffChange.at, StaffChange.what, StaffChange.subject, StaffChange.by, StaffChange.second)
    signed = (Checkpoint.id, Checkpoint.at, Checkpoint.digest, Checkpoint.signature)
    return {
        "event": journal.where(JournalRow.at >= begin, JournalRow.at < end).order_by(
            JournalRow.case_id, JournalRow.seq
        ),
        "answer": answers.where(
            ApprovalAnswer.recorded_at >= begin, ApprovalAnswer.recorded_at < end
        ).order_by(ApprovalAnswer.id),
        "batch": select(*together)
        .where(BatchAnswer.recorded_at >= begin, BatchAnswer.recorded_at < end)
        .order_by(BatchAnswer.id),
        "staff": select(*changed, StaffChange.told)
        .where(StaffChange.at >= begin, StaffChange.at < end)
        .order_by(StaffChange.id),
        "checkpoint": select(*signed)
        .where(Checkpoint.at >= begin, Checkpoint.at < end)
        .order_by(Checkpoint.id),
    }
