"""The runs that show a batch: one at a time, replaced when they are gone, cancelled when all is answered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pyotp
import pytest

from makegood.desk import batching, outgoing, sweeping
from makegood.desk.batching import NotShown, Shown
from makegood.desk.engine import Given
from makegood.gateways.outcomes import Unavailable
from makegood.store import batches
from makegood.store.models import Batch
from makegood.store.words import BatchStatus, Role
from tests.desk.batches import Line, bought
from tests.desk.test_adversary_lost import Engine

EACH = 12_000


class Prefect(Engine):
    """As `Engine`, and it starts batches; `entered` is what its runs were resumed with."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[int] = []
        self.entered: dict[UUID, Given] = {}
        self.away = False

    def start(
        self,
        deployment: str,
        case: str | None,
        *,
        key: str,
        name: str,
        tags: Any = (),
        batch: int | None = None,
    ) -> UUID:
        if batch is not None:
            self.shown.append(batch)
        return super().start(deployment, case, key=key, name=name, tags=tags)

    def runs(self, ids: Any) -> dict[UUID, Any]:
        if self.away:
            raise Unavailable("Prefect", "http://127.0.0.1:9", "does not answer")
        return super().runs(ids)

    def given(self, run: UUID) -> Given | None:
        return self.entered.get(run)


@pytest.fixture
def prefect() -> Prefect:
    return Prefect()


@pytest.fixture
def line(store_url: str, prefect: Prefect) -> Iterator[Line]:
    made = Line.of(store_url, *(bought(f"A-{n}", EACH) for n in range(1, 4)))
    made.bench.desk = replace(made.bench.desk, engine=prefect, forms=prefect)
    made.bench.hire("sam", Role.SUPERVISOR, 50_000)
    yield made
    made.bench.desk.store.close()


def suspended(line: Line, prefect: Prefect, batch: Batch) -> UUID:
    """The run of the batch that the outbox started, once it has shown what it asks."""
    outgoing.drain(line.bench.desk)
    run = next(id_ for key, id_ in reversed(prefect.keys.items()) if key.startswith("start-batch:"))
    assert isinstance(line.show(batch, run), Shown)
    prefect.put(run, "PAUSED")
    return run


def swept(line: Line) -> None:
    sweeping.sweep(line.bench.desk)
    sweeping.sweep(line.bench.desk)
    outgoing.drain(line.bench.desk)


def test_a_batch_is_shown_by_one_run(line: Line, prefect: Prefect) -> None:
    batch = line.offered()
    run = suspended(line, prefect, batch)
    assert prefect.shown == [batch.id]
    assert line.show(batch, uuid4()) == NotShown("another run shows this batch")
    again = line.show(batch, run)
    assert isinstance(again, Shown)
    assert (again.key, again.packet) == (f"batch-{batch.id}-1", batch.packet)


@pytest.mark.parametrize("found", ["CRASHED", "FAILED", "CANCELLED", "COMPLETED", "RUNNING", "gone"])
def test_a_batch_whose_run_has_ended_however_is_asked_by_another(
    line: Line, prefect: Prefect, found: str
) -> None:
    batch = line.offered()
    run = suspended(line, prefect, batch)
    if found == "gone":
        del prefect.known[run]
    else:
        prefect.put(run, found)
    swept(line)
    assert prefect.shown == [batch.id, batch.id]
    assert line.batch(batch.id).runs == 2
    assert line.paid() == {}
    with line.bench.desk.store.begin() as tx:
        (kept,) = batches.answers(tx, batch.id)
    word = {"RUNNING": "crashed"}.get(found, found.lower())
    assert (kept.person_id, kept.verdict.value, kept.why) == ("", "refused", f"run-{word}")
    other = suspended(line, prefect, batch)
    assert other != run
    swept(line)
    assert line.batch(batch.id).runs == 2, "it is shown, and needs no third"


def test_a_run_that_was_asked_for_and_never_showed_the_batch_is_asked_for_again(
    line: Line, prefect: Prefect
) -> None:
    batch = line.offered()
    outgoing.drain(line.bench.desk)
    swept(line)
    assert prefect.shown == [batch.id], "it may just be about to"
    line.bench.wait(minutes=3)
    swept(line)
    assert prefect.shown == [batch.id, batch.id]


def test_while_prefect_cannot_be_asked_nothing_is_lost_or_replaced(line: Line, prefect: Prefect) -> None:
    batch = line.offered()
    run = suspended(line, prefect, batch)
    del prefect.known[run]
    prefect.away = True
    sweeping.sweep(line.bench.desk)
    assert line.batch(batch.id).runs == 1
    assert line.show(batch, uuid4()) == NotShown("another run shows this batch")


def test_an_answer_that_nobody_read_counts_as_of_when_it_was_given(line: Line, prefect: Prefect) -> None:
    """Somebody pressed Resume, and the worker died before it told us; that code is stale by now."""
    batch = line.offered()
    run = suspended(line, prefect, batch)
    then = datetime.now(UTC) - timedelta(minutes=10)
    fields = {"decision": "approve", "strike": line.numbers[0], "approver": "sam", "note": ""}
    code = pyotp.TOTP(line.bench.secrets["sam"]).at(then)
    prefect.entered[run] = Given(f"batch-{batch.id}-1", {**fields, "code": code}, then)
    prefect.put(run, "CRASHED")
    swept(line)
    line.drive()
    assert line.paid() == dict.fromkeys(line.numbers[1:], EACH)
    assert line.batch(batch.id).status is BatchStatus.ANSWERED
    assert prefect.shown == [batch.id]


def test_what_is_answered_elsewhere_cancels_the_run_that_shows_it(line: Line, prefect: Prefect) -> None:
    batch = line.offered()
    run = suspended(line, prefect, batch)
    line.say(batch, "sam")
    outgoing.drain(line.bench.desk)
    assert run in prefect.cancelled
    assert line.show(batch, run) == NotShown("the batch was answered")


def test_a_wrong_answer_at_a_terminal_shows_the_batch_anew(line: Line, prefect: Prefect) -> None:
    batch = line.offered()
    run = suspended(line, prefect, batch)
    line.say(batch, "sam", code="000000")
    outgoing.drain(line.bench.desk)
    assert prefect.cancelled == [run]
    assert prefect.shown == [batch.id, batch.id]
    other = suspended(line, prefect, batch)
    shown = line.show(batch, other)
    assert isinstance(shown, Shown)
    assert shown.key == f"batch-{batch.id}-2"


def test_a_wrong_answer_in_the_run_itself_is_asked_again_by_the_same_run(
    line: Line, prefect: Prefect
) -> None:
    batch = line.offered()
    run = suspended(line, prefect, batch)
    line.say(batch, "sam", code="000000", run=run)
    outgoing.drain(line.bench.desk)
    assert (prefect.cancelled, prefect.shown) == ([], [batch.id])
    shown = line.show(batch, run)
    assert isinstance(shown, Shown)
    assert shown.packet.startswith("> **Asked again:** The id or the one-time code is wrong")


def test_a_batch_of_which_nothing_is_open_any_more_is_withdrawn_and_its_run_cancelled(
    line: Line, prefect: Prefect
) -> None:
    batch = line.offered()
    run = suspended(line, prefect, batch)
    for number in line.numbers:
        line.bench.decide(number, "reject", "sam", note="no")
        line.bench.drive(number)
        line.renew_code("sam")
    swept(line)
    assert line.batch(batch.id).status is BatchStatus.WITHDRAWN
    assert run in prefect.cancelled
    assert line.show(batch, run) == NotShown("the batch was withdrawn")


def test_a_run_made_by_hand_for_a_batch_that_is_not_there_shows_nothing(line: Line) -> None:
    assert batching.show(line.bench.desk, 99, uuid4()) == NotShown("there is no such batch")
