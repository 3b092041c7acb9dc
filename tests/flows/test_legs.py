"""A leg, its suspension and its answer, on a real Prefect server."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import psycopg
import pytest

from makegood.gateways.outcomes import Refused
from makegood.gateways.prefect import Prefect
from makegood.gateways.prefect_runs import Run
from tests.flows.conftest import PrefectServer, StartWorker, until
from tests.flows.fake_desk import APPROVE, CUSTOMER, RIGHT_CODE, FakeDesk

RunAt = Callable[..., Run]


@pytest.fixture(scope="module", autouse=True)
def worker(start_worker: StartWorker) -> Iterator[None]:
    with start_worker():
        yield


def test_a_suspended_leg_shows_its_form_and_an_answer_reaches_the_case_with_its_instant(
    desk: FakeDesk, prefect: Prefect, run_at: RunAt
) -> None:
    desk.open("MG-2026-000101")
    run = run_at("MG-2026-000101", "Suspended")
    form = prefect.form(run)
    assert form is not None
    assert form.key == "mg-2026-000101-2"
    assert "Refund of 129.00 EUR" in form.packet
    assert set(form.schema["properties"]) == {"decision", "amount", "approver", "code", "note", "packet"}
    assert not prefect.is_unanswerable(run)
    assert run.name == "refund · MG-2026-000101 · DE"
    assert {"procedure:refund", "market:DE"} <= set(run.tags)

    before = datetime.now(UTC)
    prefect.resume(run.id, APPROVE)
    after = datetime.now(UTC)
    run_at("MG-2026-000101", "Completed")

    assert desk.kinds("MG-2026-000101") == ["loaded", "asked", "approved", "closed"]
    ((question, at, resumed),) = desk.ask(
        "select question, at, resumed from inbox where case_no = 'MG-2026-000101'"
    )
    assert (question, resumed) == ("mg-2026-000101-2", True)
    assert before - timedelta(seconds=1) <= at <= after + timedelta(seconds=1)
    assert desk.ask("select step from calls where case_no = 'MG-2026-000101' order by at") == [
        ("load",),
        ("refund",),
    ]


def test_a_wrong_answer_asks_again_in_the_same_run_under_a_new_key(
    desk: FakeDesk, prefect: Prefect, run_at: RunAt
) -> None:
    desk.open("MG-2026-000102")
    first = run_at("MG-2026-000102", "Suspended")
    prefect.resume(first.id, APPROVE | {"code": "000000"})
    second = run_at("MG-2026-000102", "Suspended", form="mg-2026-000102-3")
    assert second.id == first.id
    form = prefect.form(second)
    assert form is not None
    assert form.packet.startswith("**The code was wrong.**")
    prefect.resume(second.id, APPROVE)
    run_at("MG-2026-000102", "Completed")
    assert desk.kinds("MG-2026-000102") == ["loaded", "asked", "asked", "approved", "closed"]
    assert desk.ask("select count(*) from calls where case_no = 'MG-2026-000102' and step = 'load'") == [(1,)]


def test_what_was_entered_is_deleted_once_it_is_delivered(
    desk: FakeDesk, prefect: Prefect, prefect_server: PrefectServer, run_at: RunAt
) -> None:
    desk.open("MG-2026-000103")
    run = run_at("MG-2026-000103", "Suspended")
    prefect.resume(run.id, APPROVE | {"note": "for Zdravka"})
    run_at("MG-2026-000103", "Completed")
    body = {"prefix": "suspended-", "limit": 50}
    left = httpx.post(f"{prefect_server.api}/flow_runs/{run.id}/input/filter", json=body).json()
    assert sorted(entry["key"].rpartition("-")[2] for entry in left) == ["description", "schema"]


def test_an_answer_of_the_wrong_shape_is_refused_and_the_run_stays_suspended(
    desk: FakeDesk, prefect: Prefect, run_at: RunAt
) -> None:
    desk.open("MG-2026-000104")
    run = run_at("MG-2026-000104", "Suspended")
    for wrong in ({}, {"decision": "approve"}, APPROVE | {"decision": "perhaps"}, APPROVE | {"payee": "me"}):
        with pytest.raises(Refused, match="not_resumed"):
            prefect.resume(run.id, wrong)
    assert run_at("MG-2026-000104", "Suspended").id == run.id


def test_a_second_resume_is_refused(desk: FakeDesk, prefect: Prefect, run_at: RunAt) -> None:
    desk.open("MG-2026-000105")
    run = run_at("MG-2026-000105", "Suspended")
    prefect.resume(run.id, APPROVE)
    with pytest.raises(Refused, match="not_resumed"):
        prefect.resume(run.id, APPROVE | {"decision": "reject"})
    run_at("MG-2026-000105", "Completed")
    assert desk.ask("select decision from inbox where case_no = 'MG-2026-000105'") == [("approve",)]


def test_a_state_set_by_hand_delivers_an_empty_answer_so_the_question_is_asked_again(
    desk: FakeDesk, prefect: Prefect, prefect_server: PrefectServer, run_at: RunAt
) -> None:
    desk.open("MG-2026-000106")
    run = run_at("MG-2026-000106", "Suspended")
    body = {"state": {"type": "SCHEDULED", "name": "Scheduled"}, "force": True}
    httpx.post(f"{prefect_server.api}/flow_runs/{run.id}/set_state", json=body).raise_for_status()
    run_at("MG-2026-000106", "Suspended", form="mg-2026-000106-3")
    assert desk.ask("select code, resumed from inbox where case_no = 'MG-2026-000106'") == [(None, False)]
    assert desk.ask("select step from calls where case_no = 'MG-2026-000106'") == [("load",)]


def test_a_suspended_run_is_cancelled_at_once_and_never_comes_back(
    desk: FakeDesk, prefect: Prefect, prefect_server: PrefectServer, run_at: RunAt
) -> None:
    desk.open("MG-2026-000107")
    run = run_at("MG-2026-000107", "Suspended")
    assert prefect.cancel(run.id, "the customer withdrew")
    assert run_at("MG-2026-000107", "Cancelled").ended
    assert not prefect.cancel(run.id, "twice is no error")
    with pytest.raises(Refused, match="not_resumed"):
        prefect.resume(run.id, APPROVE)
    assert (
        httpx.get(f"{prefect_server.api}/flow_runs/{run.id}/input/suspended-{run.form}-schema").status_code
        == 404
    )


def test_a_suspended_run_without_its_schema_is_told_as_unanswerable(
    desk: FakeDesk, prefect: Prefect, prefect_server: PrefectServer, run_at: RunAt
) -> None:
    desk.open("MG-2026-000108")
    run = run_at("MG-2026-000108", "Suspended")
    assert run.id in {suspended.id for suspended in prefect.suspended()}
    assert not prefect.is_unanswerable(run)
    httpx.delete(
        f"{prefect_server.api}/flow_runs/{run.id}/input/suspended-{run.form}-schema"
    ).raise_for_status()
    assert prefect.is_unanswerable(run)


def test_the_same_key_starts_one_run(prefect: Prefect) -> None:
    first = prefect.start("procedure/legs", "MG-2026-000109", key="MG-2026-000109:1", name="one")
    assert prefect.start("procedure/legs", "MG-2026-000109", key="MG-2026-000109:1", name="two") == first


def test_steps_are_task_runs_named_after_the_step(
    desk: FakeDesk, prefect: Prefect, prefect_server: PrefectServer, run_at: RunAt
) -> None:
    desk.open("MG-2026-000110")
    run = run_at("MG-2026-000110", "Suspended")
    prefect.resume(run.id, APPROVE)
    run_at("MG-2026-000110", "Completed")

    def steps() -> list[tuple[str, str]]:
        body = {"flow_runs": {"id": {"any_": [str(run.id)]}}, "sort": "EXPECTED_START_TIME_ASC"}
        found = httpx.post(f"{prefect_server.api}/task_runs/filter", json=body).json()
        return [(task["name"], task["state_name"]) for task in found]

    until(lambda: steps() == [("load-order", "Completed"), ("refund", "Completed")])


def test_a_leg_that_breaks_tells_prefect_the_kind_of_error_and_nothing_else(
    desk: FakeDesk, prefect_server: PrefectServer, run_at: RunAt
) -> None:
    desk.open("MG-2026-00011B")
    run = run_at("MG-2026-00011B", "Failed")
    state = httpx.get(f"{prefect_server.api}/flow_runs/{run.id}").json()["state"]
    assert "ProviderBroke card_stolen" in state["message"]
    time.sleep(3)  # logs and task runs arrive in batches
    words = [*CUSTOMER.replace(",", "").split(), RIGHT_CODE]
    assert find_words(prefect_server.database, words) == []


def test_prefect_keeps_nothing_of_a_step_but_strings(prefect_server: PrefectServer) -> None:
    """Runs after the others, and reads what they left."""
    with psycopg.connect(prefect_server.database.replace("+psycopg", "")) as connection:
        for (parameters,) in connection.execute("select parameters from flow_run").fetchall():
            kept = parameters if isinstance(parameters, dict) else json.loads(parameters)
            assert set(kept) in ({"case"}, {"batch"}, set())
            assert all(isinstance(value, str | int) for value in kept.values())
        states = connection.execute("select data from task_run_state where type = 'COMPLETED'").fetchall()
        assert states
        for (data,) in states:
            assert (
                data is None
                or (data if isinstance(data, dict) else json.loads(data)).get("type") != "literal"
            )


def find_words(database: str, words: list[str]) -> list[tuple[str, str]]:
    """(table, word) for each that stands anywhere in a database."""
    found = []
    with psycopg.connect(database.replace("+psycopg", "")) as connection:
        tables = connection.execute("select tablename from pg_tables where schemaname = 'public'").fetchall()
        for (table,) in tables:
            for word in words:
                sql = f'select 1 from "{table}" t where t::text ilike %s limit 1'
                if connection.execute(sql, (f"%{word}%",)).fetchone():
                    found.append((table, word))
    return found


def test_runs_asked_for_by_id_come_back_and_unknown_ones_are_missing(
    desk: FakeDesk, prefect: Prefect
) -> None:
    unknown = UUID("00000000-0000-0000-0000-000000000001")
    assert unknown not in prefect.runs([unknown])
    assert not prefect.cancel(unknown, "gone")
