"""Deciding a batch at a terminal: judged at once, by the rules by which an answer in Prefect is judged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from makegood.core.errors import BadInput, Refusal, UnknownName
from makegood.core.money import Money
from makegood.desk import batch_answers, batch_members, batching, entered
from makegood.desk.batch_verdicts import DECISIONS, Counted, Granted, Refused
from makegood.desk.deciding import AnswerRefused, OtherPacket
from makegood.desk.desk import Desk
from makegood.store import batches
from makegood.store.models import Batch
from makegood.store.words import BatchStatus


class BatchClosed(Refusal):
    def __init__(self, batch: Batch) -> None:
        super().__init__(
            f"batch {batch.id} was {batch.status.value} before; `makegood approvals batches` lists what waits"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """As it is typed. `packet` is the hash of what was read, in hex, or its first twelve digits."""

    by: str
    code: str
    decision: str
    strike: str = ""
    note: str = ""
    packet: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """`enough`: nobody else has to say yes, too. `cases` each have their answer now, `struck` stay open."""

    batch: int
    enough: bool
    decision: str
    cases: tuple[str, ...]
    struck: tuple[str, ...]
    total: Money


def decide(desk: Desk, batch_id: int, given: Given) -> Told:
    """Raises UnknownName, BatchClosed, OtherPacket, BadInput before it is judged, AnswerRefused after."""
    if given.decision not in DECISIONS:
        raise BadInput("--decision", f"{given.decision!r} is no decision", ", ".join(DECISIONS))
    with desk.store.begin() as tx:
        batch = batches.get(tx, batch_id)
        waiting = batch_members.waiting(tx, batch_id)
    if batch is None:
        known = [str(each.id) for each, _, _ in batching.listed(desk)]
        raise UnknownName("approvals", "batch", str(batch_id), known)
    if batch.status is not BatchStatus.OPEN:
        raise BatchClosed(batch)
    if given.packet and not entered.names(given.packet, batch.packet_hash):
        raise OtherPacket(f"batch {batch_id}", given.packet, batch.packet_hash.hex())
    fields = {
        "decision": given.decision,
        "strike": given.strike,
        "approver": given.by,
        "code": given.code,
        "note": given.note,
    }
    answer = batch_answers.Given(
        external_id=f"command:{uuid4()}",
        key=batch_answers.key_of(batch),
        fields=fields,
        at=datetime.now(UTC),
    )
    verdict = batch_answers.take(desk, batch_id, answer).verdict
    assert verdict is not None, "an id of its own was never judged before"
    if isinstance(verdict, Refused):
        raise AnswerRefused(f"batch {batch_id}", verdict.why, verdict.said)
    numbers = {approval.id: case.number for approval, case in waiting}
    return _told(batch_id, given, verdict, numbers)


def _told(batch_id: int, given: Given, verdict: Granted | Counted, numbers: dict[int, str]) -> Told:
    stand = verdict.stand
    cases = tuple(numbers[id_] for id_ in sorted(stand.covers))
    struck = tuple(sorted(stand.struck.values()))
    return Told(batch_id, isinstance(verdict, Granted), given.decision, cases, struck, stand.sums.order)
