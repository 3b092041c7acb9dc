"""Runs that a crash, a person or a wipe left apart from their cases, on a real Prefect server."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import psycopg
import pyotp
import pytest
from prefect.exceptions import Pause
from prefect.settings import PREFECT_API_URL, temporary_settings
from sqlalchemy import text

from flows import forms, prefect_patches
from makegood.desk import holding, intake, legs, outgoing, sweeping
from makegood.gateways.prefect import Prefect
from makegood.store import approvals, journal, leases
from tests.desk.bench import Bench, make_bench, perform
from tests.desk.test_refund import dear_order
from tests.flows.conftest import PrefectServer, StartWorker, until

_lines = itertools.count(1)


@pytest.fixture
def line(store_url: str, prefect: Prefect) -> Iterator[Bench]:
    made = make_bench(store_url, dear_order())
    made.desk = replace(made.desk, engine=prefect, forms=prefect)
    with made.desk.store.begin() as tx:  # one Prefect server for all tests: no number, no key twice
        numbers = {"last": 700_000 + 100 * next(_lines)}
        tx.session.execute(text("insert into case_numbers (year, last) values (2026, :last)"), numbers)
    yield made
    made.desk.store.close()


def run_of(bench: Bench, number: str, leg: int = 1, again: int = 0) -> UUID:
    """The run that the outbox has started: the same key brings the same run."""
    key = f"start-leg:{number}:{leg}" + (f":{again}" if again else "")
    return bench.desk.engine.start("refund/legs", number, key=key, name="a leg")


def put(server: PrefectServer, run: UUID, kind: str, name: str | None = None, minutes_ago: int = 5) -> None:
    """Sets a run's state by hand, as of a while ago."""
    body = {"state": {"type": kind, "name": name or kind.title()}, "force": True}
    httpx.post(f"{server.api}/flow_runs/{run}/set_state", json=body).raise_for_status()
    age(server, run, minutes_ago)


def age(server: PrefectServer, run: UUID, minutes: int = 5) -> None:
    with psycopg.connect(server.database.replace("+psycopg", "")) as connection:
        connection.execute(
            "update flow_run_state set timestamp = timestamp - %s where flow_run_id = %s",
            (timedelta(minutes=minutes), run),
        )


def state_of(bench: Bench, run: UUID) -> str:
    found = bench.desk.engine.runs([run]).get(run)
    return found.state if found else "Gone"


def drive(bench: Bench, server: PrefectServer, number: str, run: UUID) -> legs.Leg:
    """One leg as the flow has it, with the suspension that ends it."""
    put(server, run, "RUNNING", minutes_ago=0)
    leg = legs.drive(bench.desk, number, str(run), perform, run_id=str(run))
    if leg.question is not None:
        with bench.desk.store.begin() as tx:
            approval = approvals.by_question(tx, bench.case(number).id, leg.question.seq)
        assert approval is not None
        form, key = forms.approval(approval.packet), f"{number.lower()}-{leg.question.seq}"
        with temporary_settings({PREFECT_API_URL: server.api}), pytest.raises(Pause):
            prefect_patches.suspend(run, form, key)
    return leg


def asked(bench: Bench, server: PrefectServer) -> tuple[str, UUID]:
    """A case whose question is shown by a suspended run."""
    number = bench.open(reason="changed_mind")
    outgoing.drain(bench.desk)
    run = run_of(bench, number)
    assert drive(bench, server, number, run).end == "suspended"
    assert state_of(bench, run) == "Suspended"
    return number, run


def repairs(bench: Bench, number: str) -> list[str]:
    with bench.desk.store.begin() as tx:
        told = [entry.event for entry in journal.read(tx, bench.case(number).id)]
    return [event.what for event in told if event.kind == "noted"]


def swept(bench: Bench) -> None:
    """Twice: what is repaired is not repaired again."""
    sweeping.sweep(bench.desk)
    sweeping.sweep(bench.desk)
    outgoing.drain(bench.desk)


@pytest.mark.parametrize("found", ["CRASHED", "FAILED", "CANCELLED", "COMPLETED", "deleted", "RUNNING"])
def test_a_question_whose_run_has_ended_however_is_asked_by_another(
    line: Bench, prefect_server: PrefectServer, found: str
) -> None:
    number, lost = asked(line, prefect_server)
    if found == "deleted":
        httpx.delete(f"{prefect_server.api}/flow_runs/{lost}").raise_for_status()
    else:
        put(prefect_server, lost, found)
    swept(line)
    assert repairs(line, number) == ["question-run-replaced"]
    other = run_of(line, number, leg=2)
    assert other != lost
    assert drive(line, prefect_server, number, other).end == "suspended"
    assert state_of(line, other) == "Suspended"
    assert state_of(line, lost) in ("Crashed", "Failed", "Cancelled", "Completed", "Gone"), (
        "none seems to live"
    )
    swept(line)
    assert repairs(line, number) == ["question-run-replaced"]


def test_a_suspended_run_without_its_schema_could_not_be_answered_and_is_replaced(
    line: Bench, prefect_server: PrefectServer
) -> None:
    number, lost = asked(line, prefect_server)
    question = line.state(number).question
    assert question is not None
    schema = f"{prefect_server.api}/flow_runs/{lost}/input/suspended-{number.lower()}-{question.seq}-schema"
    httpx.delete(schema).raise_for_status()
    swept(line)
    other = run_of(line, number, leg=2)
    assert drive(line, prefect_server, number, other).end == "suspended"
    outgoing.drain(line.desk)
    assert (state_of(line, lost), state_of(line, other)) == ("Cancelled", "Suspended")
    assert repairs(line, number) == ["question-run-replaced"]


@pytest.mark.parametrize("name", ["Pending", "Submitting", "Running"])
def test_a_leg_whose_worker_died_is_buried_and_the_case_goes_on(
    line: Bench, prefect_server: PrefectServer, name: str
) -> None:
    number = line.open(reason="changed_mind")
    outgoing.drain(line.desk)
    run = run_of(line, number)
    dying = replace(line.desk, lease=timedelta(0))
    assert isinstance(holding.take(dying, number, str(run), str(run)), holding.Hand)  # and then nothing
    put(prefect_server, run, "RUNNING" if name == "Running" else "PENDING", name)
    line.wait(minutes=3)
    swept(line)
    assert state_of(line, run) == "Crashed"
    assert repairs(line, number) == ["leg-lost"]
    assert drive(line, prefect_server, number, run_of(line, number, leg=2)).end == "suspended"


@pytest.mark.parametrize("name", ["Pending", "Running"])
def test_a_run_that_died_without_its_case_is_not_shown_as_running_for_ever(
    line: Bench, prefect_server: PrefectServer, name: str
) -> None:
    number = line.open(reason="changed_mind")
    outgoing.drain(line.desk)
    run = run_of(line, number)
    put(prefect_server, run, name.upper(), name, minutes_ago=5)
    swept(line)
    assert state_of(line, run) == name, "its worker may be slow"
    put(prefect_server, run, name.upper(), name, minutes_ago=11)
    fence = leases.acquire(line.desk.store, line.case(number).id, str(run), timedelta(minutes=1))
    assert fence is not None
    swept(line)
    assert state_of(line, run) == name, "it drives its case"
    leases.release(line.desk.store, line.case(number).id, fence)
    swept(line)
    assert state_of(line, run) == "Crashed"
    assert repairs(line, number) == []


@pytest.mark.parametrize("found", ["CANCELLED", "COMPLETED", "CRASHED", "PENDING", "deleted"])
def test_a_run_that_was_lost_before_it_took_its_case_is_started_anew(
    line: Bench, prefect_server: PrefectServer, found: str
) -> None:
    number = line.open(reason="changed_mind")
    outgoing.drain(line.desk)
    lost = run_of(line, number)
    if found == "deleted":
        httpx.delete(f"{prefect_server.api}/flow_runs/{lost}").raise_for_status()
    else:
        put(prefect_server, lost, found)
    line.wait(minutes=3)
    swept(line)
    assert repairs(line, number) == ["leg-asked-for-again"]
    other = run_of(line, number) if found == "deleted" else run_of(line, number, again=1)
    assert state_of(line, other) == "Scheduled"
    assert drive(line, prefect_server, number, other).end == "suspended"


@pytest.mark.parametrize("left", ["CRASHED", "RUNNING", "SCHEDULED"])
def test_an_answer_that_nobody_read_counts_as_of_when_it_was_given(
    line: Bench, prefect_server: PrefectServer, prefect: Prefect, left: str
) -> None:
    """The worker died between Resume and the inbox, and the time-out passed before the sweep came."""
    line.hire("sam")
    number, run = asked(line, prefect_server)
    code = pyotp.TOTP(line.secrets["sam"]).at(datetime.now(UTC) - timedelta(minutes=5))
    prefect.resume(run, {"decision": "approve", "approver": "sam", "code": code, "note": "", "amount": ""})
    age(prefect_server, run)
    if left != "SCHEDULED":
        put(prefect_server, run, left, minutes_ago=0)
        with psycopg.connect(prefect_server.database.replace("+psycopg", "")) as connection:
            connection.execute(
                "update flow_run_state set timestamp = timestamp - interval '4 minutes'"
                " where flow_run_id = %s and type = %s and name = %s",
                (run, left, left.title()),
            )
    question = line.state(number).question
    assert question is not None
    assert question.due is not None
    line.world.clock.advance(question.due - line.desk.now() - timedelta(minutes=2))
    swept(line)
    line.wait(minutes=30)
    assert repairs(line, number) == ["answer-found"]
    line.drive(number)
    kinds = [row.status for row in _approvals(line, number)]
    assert kinds[0] == "answered", "it was in time"
    assert _approvals(line, number)[0].decided_by == "sam"


def _approvals(bench: Bench, number: str) -> list[approvals.Approval]:
    with bench.desk.store.begin() as tx:
        return approvals.of_case(tx, bench.case(number).id)


def test_a_run_that_outlived_its_question_is_cancelled(line: Bench, prefect_server: PrefectServer) -> None:
    number, run = asked(line, prefect_server)
    intake.reply(line.desk, number, text="I keep it", channel="email", external_id="r-1", intent="withdraw")
    assert line.drive(number).end == "closed"
    with line.desk.store.begin() as tx:  # the order to cancel was lost on its way
        tx.session.execute(text("update outbox set sent_at = now() where verb = 'cancel-run'"))
    age(prefect_server, run)
    swept(line)
    assert state_of(line, run) == "Cancelled"
    assert repairs(line, number).count("stale-run-cancelled") == 1


def test_somebody_elses_suspended_run_is_left_alone(line: Bench, prefect_server: PrefectServer) -> None:
    run = run_of(line, line.open(reason="changed_mind"))
    put(prefect_server, run, "PAUSED", "Suspended")
    swept(line)
    assert state_of(line, run) == "Suspended", "no leg of ours has it: nothing says that it is stale"


def test_deployments_that_were_deleted_are_applied_again_by_a_worker_that_lives(
    prefect_server: PrefectServer, start_worker: StartWorker
) -> None:
    def names() -> set[str]:
        found = httpx.post(f"{prefect_server.api}/deployments/filter", json={}).json()
        return {deployment["entrypoint"] for deployment in found}

    with start_worker():
        before = {name for name in names() if name.startswith("flows.")}
        for deployment in httpx.post(f"{prefect_server.api}/deployments/filter", json={}).json():
            httpx.delete(f"{prefect_server.api}/deployments/{deployment['id']}").raise_for_status()
        assert "flows.sweep.sweep" not in names()
        until(lambda: before <= names(), 60)
