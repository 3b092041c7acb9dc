"""Answers to batches: judged once, kept for good, and put into the inbox of each case that they are about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import assert_never
from uuid import UUID

from makegood.core.errors import UnknownName
from makegood.core.money import zero
from makegood.desk import batch_members, batch_packets, batch_verdicts, entered, questions, ruling
from makegood.desk.batch_members import Sums
from makegood.desk.batch_proofs import SOURCE
from makegood.desk.batch_verdicts import COUNTED, Counted, Form, Granted, Refused, Stand, Verdict
from makegood.desk.desk import Desk
from makegood.store import batches, inbox
from makegood.store.batches import Kind, Said
from makegood.store.models import Batch
from makegood.store.transaction import Tx
from makegood.store.words import AnswerVerdict, BatchStatus, MemberStatus

_FIELDS = entered.FIELDS | {"strike"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """As it was entered. `key` names the form that was answered, `run` the run that showed it, if one did."""

    external_id: str
    key: str
    fields: Mapping[str, str]
    at: datetime
    run: UUID | None = None
    resumed: bool = True


@dataclass(frozen=True, slots=True)
class Told:
    """`verdict` is None when this very answer was judged before."""

    batch: int
    verdict: Verdict | None


def key_of(batch: Batch) -> str:
    """`batch-12-1`: what a form and an answer carry. Prefect takes no underscores in it."""
    return f"batch-{batch.id}-{batch.round}"


def take(desk: Desk, batch_id: int, given: Given) -> Told:
    """Judges the answer and does what it says, in one transaction. Raises UnknownName."""
    desk, form = ruling.current(desk), form_of(given)
    with desk.store.begin() as tx:
        batch = batches.lock(tx, batch_id)
        if batch is None:
            raise UnknownName("batch", "batch", str(batch_id), ())
        if batches.answer_of(tx, given.external_id) is not None:
            return Told(batch_id, None)
        verdict = _judged(tx, desk, batch, given, form)
        answer_id = batches.record(tx, batch, _said(desk, batch, given, form, verdict))
        if batch.status is BatchStatus.OPEN:
            _follow(tx, desk, batch, given, form, verdict, answer_id)
        return Told(batch_id, verdict)


def form_of(given: Given) -> Form:
    fields = {str(name): str(value).strip() for name, value in given.fields.items()}
    return Form(
        decision=fields.get("decision", ""),
        strike=fields.get("strike", ""),
        approver=fields.get("approver", ""),
        code=fields.get("code", "").replace(" ", ""),
        note=fields.get("note", ""),
        answered_at=given.at,
        resumed=given.resumed,
        packet=fields.get("packet", ""),
        shown=fields.get("shown", ""),
        foreign=not fields.keys() <= _FIELDS,
    )


def _judged(tx: Tx, desk: Desk, batch: Batch, given: Given, form: Form) -> Verdict:
    if batch.status is not BatchStatus.OPEN:
        return Refused("closed", "This batch was answered or withdrawn before")
    if given.key != key_of(batch):
        return Refused("older-form", "What was answered was shown before this; read what is shown now")
    return batch_verdicts.judge(tx, desk, batch, form)


def _said(desk: Desk, batch: Batch, given: Given, form: Form, verdict: Verdict) -> Said:
    house = zero(desk.library.authority.house_currency)
    stand = Stand({}, {}, Sums(zero(batch.currency), house, {}))
    if isinstance(verdict, Granted | Counted):
        stand = verdict.stand
    return Said(
        external_id=given.external_id,
        person_id=form.approver[:80],
        decision=form.decision[:20],
        covers=stand.covers,
        struck=sorted(stand.struck.values()),
        total_minor=stand.sums.order.minor,
        house_minor=stand.sums.house.minor,
        verdict=AnswerVerdict.REFUSED if isinstance(verdict, Refused) else AnswerVerdict.ACCEPTED,
        why=_why(verdict),
        answered_at=form.answered_at,
    )


def _why(verdict: Verdict) -> str:
    match verdict:
        case Refused():
            return verdict.why
        case Counted():
            return COUNTED
        case Granted():
            return ""
        case _:
            assert_never(verdict)


def _follow(
    tx: Tx, desk: Desk, batch: Batch, given: Given, form: Form, verdict: Verdict, answer_id: int
) -> None:
    match verdict:
        case Granted():
            _tell(tx, desk, batch, verdict, form, answer_id)
        case Counted():
            batches.mark(tx, batch.id, verdict.stand.struck, MemberStatus.STRUCK)
            ask_again(tx, desk, batch, verdict.said, given.run)
        case Refused():
            batches.mark(tx, batch.id, verdict.left, MemberStatus.LEFT)
            ask_again(tx, desk, batch, verdict.said, given.run)
        case _:
            assert_never(verdict)
    if isinstance(verdict, Granted):
        by_run = given.run
        batches.answered(tx, batch, verdict.decision, verdict.by, desk.now(), by_run=by_run)


def _tell(tx: Tx, desk: Desk, batch: Batch, verdict: Granted, form: Form, answer_id: int) -> None:
    """Each case that was listed and not struck out hears of it, also one that was closed meanwhile."""
    struck = verdict.stand.struck
    told: list[int] = []
    received_at = desk.now() - (datetime.now(UTC) - form.answered_at)
    fields = {"decision": form.decision, "approver": verdict.by, "note": form.note}
    for approval, case in batch_members.waiting(tx, batch.id):
        if approval.id in struck:
            continue
        told.append(approval.id)
        inbox.put(
            tx,
            case.id,
            source=SOURCE,
            external_id=f"batch-{batch.id}-{approval.id}",
            name="approval",
            match=questions.key_of(case.number, approval.question_seq),
            payload={
                "fields": fields,
                "answered_at": form.answered_at.isoformat(),
                "batch": batch.id,
                "answer": answer_id,
            },
            received_at=received_at,
            now=desk.now(),
        )
    batches.mark(tx, batch.id, told, MemberStatus.ANSWERED)
    batches.mark(tx, batch.id, struck, MemberStatus.STRUCK)


def ask_again(tx: Tx, desk: Desk, batch: Batch, why: str, run: UUID | None) -> None:
    """Another round of what is left, shown by the run that was answered, or by a new one."""
    waiting = batch_members.waiting(tx, batch.id)
    listed = [held for pair in waiting if (held := batch_members.held(tx, desk, pair)) is not None]
    if not listed:
        batches.withdraw(tx, batch, desk.now())
        return
    pairs = [(each.approval, each.case) for each in listed]
    sums = batch_members.sums_of(desk.library.authority, pairs, batch.currency)
    kind = Kind(batch.procedure, batch.step, batch.market, batch.currency, batch.cause)
    packet = batch_packets.write(desk, kind, listed, sums, why)
    batches.ask_again(tx, batch.id, packet, batch_packets.digest(packet))
    if run is None or run != batch.run_id:
        batches.replace_run(tx, batch, desk.now())
