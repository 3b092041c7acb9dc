"""A batch on a real Prefect server: shown with its form, asked again, answered, and replaced when lost."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import httpx
import pyotp
import pytest
from prefect.client.orchestration import get_client
from prefect.exceptions import Pause
from prefect.flow_engine import run_flow
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.states import Pending
from sqlalchemy import text

from flows import prefect_patches, seam
from flows.batches import approve_batch
from flows.real_desk import RealDesk
from makegood.desk import outgoing, sweeping
from makegood.gateways.prefect import Prefect
from makegood.gateways.prefect_runs import Run
from makegood.store import batches
from makegood.store.models import Batch
from makegood.store.words import BatchStatus
from tests.desk.batches import Line, bought
from tests.flows.conftest import PrefectServer
from tests.flows.test_reconciling import put

EACH = 12_000
_lines = itertools.count(1)


@pytest.fixture
def line(store_url: str, prefect: Prefect) -> Iterator[Line]:
    """Three cases of one cause; one Prefect server for all tests, so no number comes twice."""
    made = Line.of(store_url)
    bench = made.bench
    numbers = {"last": 800_000 + 100 * next(_lines)}
    with bench.desk.store.begin() as tx:
        tx.session.execute(text("insert into case_numbers (year, last) values (2026, :last)"), numbers)
    for each in (bought(f"A-{n}", EACH) for n in (1, 2, 3)):
        bench.world.add(each)
        made.ask(each.ref)
    bench.desk = replace(bench.desk, engine=prefect, forms=prefect)
    bench.hire("sam", limit=50_000)
    before = seam._installed
    seam.install(RealDesk(bench.desk))
    yield made
    seam._installed = before
    bench.desk.store.close()


def swept(line: Line) -> None:
    sweeping.sweep(line.bench.desk)
    sweeping.sweep(line.bench.desk)
    outgoing.drain(line.bench.desk)


def run_of(line: Line, batch: Batch) -> UUID:
    """The run that the outbox asked for last: the same key brings the same run."""
    with line.bench.desk.store.begin() as tx:
        query = text("select dedupe_key from outbox where verb = 'start-batch' order by id desc limit 1")
        key = tx.session.scalar(query)
    assert key is not None
    return line.bench.desk.engine.start("approve-batch/batch", None, key=key, name="a batch", batch=batch.id)


def go(server: PrefectServer, run: UUID) -> None:
    """As our worker takes a run that is due."""
    with temporary_settings({PREFECT_API_URL: server.api}), get_client(sync_client=True) as client:
        found = client.read_flow_run(run)
        before = prefect_patches.taken(found)
        claimed = client.set_flow_run_state(run, Pending())
        found.state = claimed.state
        with prefect_patches.taken_from(before), suppress(Pause):
            run_flow(approve_batch, flow_run=found, return_type="state")


def seen(prefect: Prefect, run: UUID) -> Run:
    return prefect.runs([run])[run]


def answer(line: Line, **more: str) -> dict[str, str]:
    code = pyotp.TOTP(line.bench.secrets["sam"]).at(datetime.now(UTC))
    return {"decision": "approve", "strike": "", "approver": "sam", "code": code, "note": "", **more}


@pytest.fixture
def asked(line: Line, prefect: Prefect, prefect_server: PrefectServer) -> tuple[Batch, UUID]:
    """A batch and the run that is suspended on it."""
    swept(line)
    (batch,) = line.open()
    run = run_of(line, batch)
    go(prefect_server, run)
    assert seen(prefect, run).state == "Suspended"
    return batch, run


def test_a_batch_is_suspended_with_its_form_asked_again_and_answered_with_one_struck_out(
    line: Line, prefect: Prefect, prefect_server: PrefectServer, asked: tuple[Batch, UUID]
) -> None:
    batch, run = asked
    shown = seen(prefect, run)
    form = prefect.form(shown)
    assert form is not None
    assert (form.key, form.packet) == (f"batch-{batch.id}-1", batch.packet)
    assert set(form.schema["properties"]) == {"decision", "strike", "approver", "code", "note", "packet"}
    assert shown.name == f"batch {batch.id} · refund · DE"
    kept = httpx.get(f"{prefect_server.api}/artifacts/batch-{batch.id}/latest").json()
    assert (kept["data"], kept["flow_run_id"]) == (batch.packet, str(run))

    prefect.resume(run, answer(line, code="000000"))
    go(prefect_server, run)
    form = prefect.form(seen(prefect, run))
    assert form is not None
    assert form.key == f"batch-{batch.id}-2"
    assert form.packet.startswith("> **Asked again:** The id or the one-time code is wrong")

    out = line.numbers[2]
    prefect.resume(run, answer(line, strike=out))
    go(prefect_server, run)
    assert seen(prefect, run).state == "Completed"
    line.drive()
    assert line.paid() == dict.fromkeys(line.numbers[:2], EACH)
    assert line.bench.state(out).step == "approval"
    response = httpx.get(f"{prefect_server.api}/flow_runs/{run}/input/suspended-{form.key}-response")
    assert response.status_code == 404, "what was entered is deleted once it is judged"


def test_what_was_read_before_the_batch_was_asked_anew_is_not_what_is_answered(
    line: Line, prefect: Prefect, prefect_server: PrefectServer, asked: tuple[Batch, UUID]
) -> None:
    batch, run = asked
    read = batch.packet_hash.hex()[:12]  # as the page of a second supervisor has it, open all the while
    prefect.resume(run, answer(line, code="000000"))
    go(prefect_server, run)
    prefect.resume(run, answer(line, packet=read))
    go(prefect_server, run)
    assert seen(prefect, run).state == "Suspended"
    with line.bench.desk.store.begin() as tx:
        assert [each.why for each in batches.answers(tx, batch.id)] == ["wrong_code", "older-form"]
    line.drive()
    assert line.paid() == {}


@pytest.mark.parametrize("found", ["COMPLETED", "CANCELLED", "CRASHED", "deleted"])
def test_a_batch_whose_run_was_ended_by_hand_or_deleted_is_asked_by_another(
    line: Line, prefect: Prefect, prefect_server: PrefectServer, asked: tuple[Batch, UUID], found: str
) -> None:
    batch, run = asked
    if found == "deleted":
        httpx.delete(f"{prefect_server.api}/flow_runs/{run}").raise_for_status()
    else:
        put(prefect_server, run, found)
    swept(line)
    other = run_of(line, batch)
    assert other != run
    go(prefect_server, other)
    assert seen(prefect, other).state == "Suspended"
    line.drive()
    assert line.paid() == {}
    prefect.resume(other, answer(line))
    go(prefect_server, other)
    line.drive()
    assert line.paid() == dict.fromkeys(line.numbers, EACH)


def test_a_run_that_was_resumed_without_the_form_approves_nothing(
    line: Line, prefect: Prefect, prefect_server: PrefectServer, asked: tuple[Batch, UUID]
) -> None:
    batch, run = asked
    body = {"state": {"type": "SCHEDULED", "name": "Resuming"}, "force": True}
    httpx.post(f"{prefect_server.api}/flow_runs/{run}/set_state", json=body).raise_for_status()
    go(prefect_server, run)
    line.drive()
    assert line.paid() == {}
    again = line.batch(batch.id)
    assert (again.status, again.round) == (BatchStatus.OPEN, 2)
    with line.bench.desk.store.begin() as tx:
        (kept,) = batches.answers(tx, batch.id)
    assert (kept.verdict.value, kept.why) == ("refused", "no-decision")


def test_a_second_run_for_the_same_batch_made_by_hand_shows_nothing(
    line: Line, prefect: Prefect, prefect_server: PrefectServer, asked: tuple[Batch, UUID]
) -> None:
    batch, run = asked
    key = f"by-hand-{run}"
    mine = prefect.start("approve-batch/batch", None, key=key, name="by hand", batch=batch.id)
    go(prefect_server, mine)
    assert seen(prefect, mine).state == "Completed"
    assert seen(prefect, run).state == "Suspended"


def test_an_answer_at_a_terminal_cancels_the_run_that_shows_the_batch(
    line: Line, prefect: Prefect, asked: tuple[Batch, UUID]
) -> None:
    batch, run = asked
    line.say(batch, "sam")
    outgoing.drain(line.bench.desk)
    assert seen(prefect, run).state == "Cancelled"
    assert line.paid() == dict.fromkeys(line.numbers, EACH)
