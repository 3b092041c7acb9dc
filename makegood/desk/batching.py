"""Batching: open questions of one cause are offered together, and the runs that show them are seen to."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from makegood.core.authority import Batching
from makegood.core.causes import cause_of
from makegood.desk import batch_answers, batch_members, batch_packets
from makegood.desk.batch_answers import Given
from makegood.desk.desk import Desk
from makegood.desk.engine import Run, is_dead, is_over
from makegood.gateways.outcomes import Outcome
from makegood.store import batches
from makegood.store.batches import Kind, Said
from makegood.store.models import Batch
from makegood.store.words import AnswerVerdict, BatchStatus

_SETTLED = timedelta(minutes=2)
"""A run that was asked for, or changed, less long ago may still be in somebody's hands."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a run is to show. `key` names the round."""

    key: str
    packet: str


@dataclass(frozen=True, slots=True)
class NotShown:
    """`why` is for the run's page."""

    why: str


def offer(desk: Desk) -> Mapping[str, int]:
    """Of each cause with enough questions that were in no batch yet. Twice makes no second batch."""
    asked = desk.library.authority.batch
    if asked is None:
        return {}
    with desk.store.begin() as tx:
        found = batches.free(tx, asked.least)
    return {"batches offered": sum(_offer(desk, kind, ids, asked) for kind, ids in _groups(found, asked))}


def _groups(found: Sequence[Any], asked: Batching) -> Iterator[tuple[Kind, list[int]]]:
    alike: defaultdict[Kind, list[int]] = defaultdict(list)
    for row in found:
        cause = cause_of(row.reason, row.skus, row.ships_from, row.shipped_on)
        if cause is not None:
            kind = Kind(row.procedure, row.step, row.market, row.currency, str(cause))
            alike[kind].append(row.approval_id)
    for kind, ids in alike.items():
        for start in range(0, len(ids), asked.most):
            yield kind, ids[start : start + asked.most]


def _offer(desk: Desk, kind: Kind, ids: Sequence[int], asked: Batching) -> bool:
    """A case that changed since it was asked is not listed: its own question is asked again first."""
    with desk.store.begin() as tx:
        held = [batch_members.held(tx, desk, pair) for pair in batches.pairs(tx, ids)]
        listed = [
            each
            for each in held
            if each is not None and batch_members.change_of(each, each.approval.packet_hash) is None
        ]
        if len(listed) < asked.least:
            return False
        pairs = [(each.approval, each.case) for each in listed]
        sums = batch_members.sums_of(desk.library.authority, pairs, kind.currency)
        packet = batch_packets.write(desk, kind, listed, sums)
        members = {each.approval.id: each.approval.packet_hash for each in listed}
        batches.offer(tx, kind, members, packet, batch_packets.digest(packet), desk.now())
        return True


def show(desk: Desk, batch_id: int, run: UUID) -> Shown | NotShown:
    """What this run is to show; one run shows a batch at a time."""
    with desk.store.begin() as tx:
        batch = batches.get(tx, batch_id)
    elsewhere = batch is not None and batch.run_id not in (None, run) and _can_answer(desk, batch)
    with desk.store.begin() as tx:
        batch = batches.lock(tx, batch_id)
        if batch is None:
            return NotShown("there is no such batch")
        if batch.status is not BatchStatus.OPEN:
            return NotShown(f"the batch was {batch.status.value}")
        if elsewhere:
            return NotShown("another run shows this batch")
        batches.shown_by(tx, batch_id, run)
        return Shown(batch_answers.key_of(batch), batch.packet)


def _can_answer(desk: Desk, batch: Batch) -> bool:
    """Whether the run that shows it can be answered in the Prefect UI; yes, while nobody can tell."""
    assert batch.run_id is not None
    try:
        run = desk.engine.runs([batch.run_id]).get(batch.run_id)
        return run is not None and not is_over(run) and not desk.forms.is_unanswerable(run)
    except Outcome:
        return True


def see_to(desk: Desk) -> Mapping[str, int]:
    """Answers that a dead run left, batches that have nothing left to ask, and runs that are gone."""
    counts: Counter[str] = Counter()
    with desk.store.begin() as tx:
        for batch in batches.spent(tx):
            batches.withdraw(tx, batch, desk.now())
            counts["batches withdrawn"] += 1
        left = batches.open_ones(tx)
    if not left:
        return counts
    try:
        known = desk.engine.runs([batch.run_id for batch in left if batch.run_id is not None])
        for batch in left:
            counts.update(_see_to(desk, batch, None if batch.run_id is None else known.get(batch.run_id)))
    except Outcome:
        pass  # Prefect cannot be asked: nothing is known to be lost
    return counts


def _see_to(desk: Desk, batch: Batch, run: Run | None) -> Mapping[str, int]:
    if run is not None and _heard(desk, batch, run):
        return {"answers to batches found": 1}
    if not _is_lost(desk, batch, run):
        return {}
    with desk.store.begin() as tx:
        locked = batches.lock(tx, batch.id)
        if locked is None or not _is_still(locked, batch):
            return {}
        batches.record(tx, locked, _lost(desk, batch, run))
        batches.replace_run(tx, locked, desk.now())
    if run is not None and is_dead(run):
        desk.engine.bury(run.id, "its worker is gone; the batch is shown by another run")
    return {"batches asked again": 1}


def _lost(desk: Desk, batch: Batch, run: Run | None) -> Said:
    """Beside the answers: whatever became of the run, nothing was decided by it."""
    state = "gone" if run is None else "crashed" if is_dead(run) else run.state.lower()
    return Said(
        external_id=f"batch-{batch.id}:run-{batch.runs}",
        person_id="",
        decision="",
        covers={},
        struck=(),
        total_minor=0,
        house_minor=0,
        verdict=AnswerVerdict.REFUSED,
        why=f"run-{state}",
        answered_at=desk.now() if run is None else run.since,
    )


def _is_still(locked: Batch, seen: Batch) -> bool:
    """Nobody answered it, or gave it another run, while we asked."""
    same = (locked.run_id, locked.runs, locked.round) == (seen.run_id, seen.runs, seen.round)
    return same and locked.status is BatchStatus.OPEN


def _is_lost(desk: Desk, batch: Batch, run: Run | None) -> bool:
    """Nobody can answer it there, nor will anybody be able to."""
    if batch.run_id is None:
        return desk.now() - batch.asked_at > _SETTLED
    return run is None or is_over(run) or desk.forms.is_unanswerable(run)


def _heard(desk: Desk, batch: Batch, run: Run) -> bool:
    """Somebody has pressed Resume, and the run died before it told us, or has no worker to tell us by."""
    waits = run.type == "SCHEDULED" and datetime.now(UTC) - run.since > _SETTLED
    if not (is_over(run) or waits):
        return False
    given = desk.forms.given(run.id)
    if given is None or given.form != batch_answers.key_of(batch):
        return False
    answer = Given(external_id=f"{run.id}:{given.form}", key=given.form, fields=given.fields, at=given.at)
    return batch_answers.take(desk, batch.id, answer).verdict is not None


def listed(desk: Desk) -> list[tuple[Batch, list[batch_members.Pair], datetime | None]]:
    """Open batches with what still waits in them, and when the first of it goes its own way."""
    with desk.store.begin() as tx:
        return [
            (batch, batch_members.waiting(tx, batch.id), batches.due(tx, batch.id))
            for batch in batches.open_ones(tx)
        ]
