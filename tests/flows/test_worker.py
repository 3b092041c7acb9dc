"""The worker as a process: claims, kills, stops, and servers that go away."""

from __future__ import annotations

import re
import subprocess
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import httpx
import psycopg
import pytest
from prefect.client.orchestration import SyncPrefectClient

from flows import claiming
from makegood import databases, postgres
from makegood.gateways.prefect import Prefect
from makegood.gateways.prefect_runs import Run
from tests.flows.conftest import PrefectServer, StartWorker, end, serve, until
from tests.flows.fake_desk import APPROVE, FakeDesk

RunAt = Callable[..., Run]


def set_state(server: PrefectServer, run: Run, kind: str) -> None:
    body = {"state": {"type": kind, "name": kind.capitalize()}, "force": True}
    httpx.post(f"{server.api}/flow_runs/{run.id}/set_state", json=body).raise_for_status()


def states(server: PrefectServer, run: Run) -> list[str]:
    found = httpx.get(f"{server.api}/flow_run_states/", params={"flow_run_id": str(run.id)}).json()
    return [state["name"] for state in sorted(found, key=lambda state: str(state["timestamp"]))]


def test_two_workers_drive_each_run_once(
    desk: FakeDesk, prefect: Prefect, prefect_server: PrefectServer, run_at: RunAt, start_worker: StartWorker
) -> None:
    cases = [f"MG-2026-0002{n:02}" for n in range(12)]
    with start_worker(), start_worker():
        for case in cases:
            desk.open(case)
        runs = [run_at(case, "Suspended") for case in cases]
        for run in runs:
            prefect.resume(run.id, APPROVE)
        for case in cases:
            run_at(case, "Completed")
    for run in runs:
        assert states(prefect_server, run).count("Running") == 2
    counted = "select count(*) from calls where case_no like 'MG-2026-0002%%' group by case_no, step"
    assert desk.ask(counted) == [(1,)] * 24


def test_killed_between_form_and_state_leaves_a_run_that_can_be_driven_again(
    desk: FakeDesk, prefect: Prefect, prefect_server: PrefectServer, run_at: RunAt, start_worker: StartWorker
) -> None:
    with start_worker("die-before-suspended") as worker:
        desk.open("MG-2026-000220")
        assert worker.wait(30) == 9
    run = run_at("MG-2026-000220", "Running")
    schema = f"{prefect_server.api}/flow_runs/{run.id}/input/suspended-mg-2026-000220-2-schema"
    assert httpx.get(schema).status_code == 200
    assert run.id not in {suspended.id for suspended in prefect.suspended()}
    set_state(prefect_server, run, "SCHEDULED")  # as the sweep does with a leg whose lease ran out
    with start_worker():
        again = run_at("MG-2026-000220", "Suspended", form="mg-2026-000220-2")
        assert not prefect.is_unanswerable(again)
        prefect.resume(again.id, APPROVE)
        run_at("MG-2026-000220", "Completed")
    assert desk.kinds("MG-2026-000220") == ["loaded", "asked", "approved", "closed"]


def test_killed_after_an_answer_was_delivered_it_still_counts_once(
    desk: FakeDesk, prefect: Prefect, prefect_server: PrefectServer, run_at: RunAt, start_worker: StartWorker
) -> None:
    with start_worker():
        desk.open("MG-2026-000221")
        run = run_at("MG-2026-000221", "Suspended")
    with start_worker("die-before-forgotten") as worker:
        prefect.resume(run.id, APPROVE)
        assert worker.wait(30) == 9
    read = desk.ask("select read from inbox where case_no = 'MG-2026-000221'")
    assert read == [(True,)], "it is deleted in Prefect after its case has moved on"
    set_state(prefect_server, run, "SCHEDULED")
    with start_worker():
        run_at("MG-2026-000221", "Completed")
    assert desk.kinds("MG-2026-000221") == ["loaded", "asked", "approved", "closed"]
    assert desk.ask("select count(*) from inbox where case_no = 'MG-2026-000221'") == [(1,)]
    response = f"{prefect_server.api}/flow_runs/{run.id}/input/suspended-{run.form}-response"
    assert httpx.get(response).status_code == 404


def test_a_worker_that_is_told_to_stop_finishes_its_legs_and_takes_no_new_ones(
    desk: FakeDesk, run_at: RunAt, start_worker: StartWorker
) -> None:
    with start_worker() as worker:
        desk.open("MG-2026-00023S")  # its first step takes 2 s
        run_at("MG-2026-00023S", "Running")
        started = time.monotonic()
        worker.terminate()
        assert worker.wait(20) == 0
        assert time.monotonic() - started < 10
    assert run_at("MG-2026-00023S", "Suspended", seconds=5).form == "mg-2026-00023s-2"


def test_the_worker_shows_as_online_and_leaves_no_name_behind(
    prefect_server: PrefectServer, start_worker: StartWorker
) -> None:
    def statuses(pid: int) -> list[str]:
        found = httpx.post(f"{prefect_server.api}/work_pools/makegood/workers/filter", json={}).json()
        return [worker["status"] for worker in found if worker["name"].endswith(f"-{pid}")]

    with start_worker() as worker:
        until(lambda: statuses(worker.pid) == ["ONLINE"])
        pool = httpx.get(f"{prefect_server.api}/work_pools/makegood").json()
        assert (pool["type"], pool["status"]) == ("process", "READY")
    assert statuses(worker.pid) == []


def test_of_a_schedule_that_piled_up_only_the_latest_run_is_taken(
    prefect: Prefect, prefect_server: PrefectServer, start_worker: StartWorker
) -> None:
    sweep = prefect.deployment("sweep/sweep")
    late = []
    for n in range(5):
        body = {"idempotency_key": f"late-{n}"}
        made = httpx.post(f"{prefect_server.api}/deployments/{sweep}/create_flow_run", json=body).json()
        late.append(UUID(made["id"]))
    with psycopg.connect(prefect_server.database.replace("+psycopg", "")) as connection:
        connection.execute("delete from flow_run where auto_scheduled")
        for n, run in enumerate(late):  # as Prefect's scheduler makes them
            due = datetime.now(UTC) - timedelta(minutes=len(late) - n)
            connection.execute(
                "update flow_run set auto_scheduled = true, next_scheduled_start_time = %s,"
                " expected_start_time = %s where id = %s",
                (due, due, run),
            )
    with start_worker():
        until(lambda: all(run.ended for run in prefect.runs(late).values()))
    found = prefect.runs(late)
    assert found[late[-1]].state == "Completed"
    # rows that Prefect's own services have locked are left out of its answer, so one more may have run
    assert [found[run].state for run in late].count("Cancelled") >= 3


def test_a_stock_process_worker_runs_the_same_leg(
    desk: FakeDesk, prefect: Prefect, prefect_server: PrefectServer, run_at: RunAt, prefect_folder: Path
) -> None:
    flow = httpx.post(f"{prefect_server.api}/flows/", json={"name": "refund"}).json()["id"]
    body = {
        "name": "stock",
        "flow_id": flow,
        "entrypoint": "tests.flows.stock_flows.refund",
        "work_pool_name": "makegood",
        "pull_steps": [],
    }
    httpx.post(f"{prefect_server.api}/deployments/", json=body).raise_for_status()
    desk.open("MG-2026-000240", "refund/stock")
    desk.drain()
    started = ["-m", "prefect", "worker", "start", "--pool", "makegood", "--type", "process"]
    here = {"FAKE_DESK_URL": desk.url, "PYTHONPATH": str(Path.cwd()), "PREFECT_WORKER_QUERY_SECONDS": "2"}
    worker = prefect_server.spawn(*started, log=prefect_folder / "stock.log", **here)
    try:
        run = run_at("MG-2026-000240", "Suspended", seconds=60)
        prefect.resume(run.id, APPROVE)
        run_at("MG-2026-000240", "Completed", seconds=60)
    finally:
        end(worker)
    assert desk.kinds("MG-2026-000240") == ["loaded", "asked", "approved", "closed"]


@pytest.fixture
def second_server(
    postgres_server: postgres.Server, prefect_server: PrefectServer, tmp_path: Path, free_port: int
) -> PrefectServer:
    """One that may be killed and wiped."""
    databases.create_database(postgres_server.url, "prefect_2")
    database = postgres_server.database("prefect_2")
    api = f"http://127.0.0.1:{free_port}/api"
    here = {
        "PREFECT_API_URL": api,
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": database.replace("+psycopg", "+asyncpg"),
    }
    return PrefectServer(api, database, prefect_server.environment | here)


def test_a_worker_outlives_its_prefect_server_and_brings_the_deployments_to_a_new_one(
    postgres_server: postgres.Server, second_server: PrefectServer, tmp_path: Path, desk: FakeDesk
) -> None:
    log = tmp_path / "worker.log"
    worker = second_server.spawn(
        "-m", "tests.flows.fake_worker", desk.url, log=log
    )  # before there is a server
    server: subprocess.Popen[bytes] | None = None
    try:
        until(lambda: b"Prefect does not answer" in log.read_bytes())
        server = serve(second_server, tmp_path)
        here = FakeDesk(desk.url, second_server.api)
        until(lambda: _deployed(second_server.api))  # by the worker, which found no pool
        here.open("MG-2026-000250")
        until(lambda: here.run_of("MG-2026-000250"))
        end(server)
        databases.drop_database(postgres_server.url, "prefect_2")
        databases.create_database(postgres_server.url, "prefect_2")
        server = serve(second_server, tmp_path)
        until(lambda: _deployed(second_server.api))
        here.open("MG-2026-000251")
        run = until(lambda: here.run_of("MG-2026-000251"))
        prefect = Prefect(httpx.Client(), second_server.api)
        until(lambda: [r.state for r in prefect.runs([run]).values()] == ["Suspended"])  # type: ignore[list-item]
        assert worker.poll() is None
    finally:
        end(worker)
        if server is not None:
            end(server)
        databases.drop_database(postgres_server.url, "prefect_2")


def _deployed(api: str) -> bool:
    try:
        return httpx.get(f"{api}/deployments/name/sweep/sweep").status_code == 200
    except httpx.TransportError:
        return False


@pytest.mark.parametrize(
    ("elsewhere", "told"),
    [
        (["pending", "running", "completed"], "Pending:elsewhere Running:elsewhere Completed:elsewhere"),
        (["pending", "running", "paused"], "Pending:elsewhere Running:elsewhere Paused:elsewhere"),
        (["pending", "running", "scheduled"], "Pending:elsewhere Running:elsewhere Scheduled:elsewhere"),
        (["pending"], "Pending:elsewhere"),
        (["running"], "Running:elsewhere"),
        (["cancelled"], "Cancelled:elsewhere"),
    ],
)
def test_a_leg_that_is_not_any_more_what_a_worker_found_is_left_as_it_is(
    prefect_server: PrefectServer, prefect_folder: Path, elsewhere: list[str], told: str
) -> None:
    assert _waits(prefect_server, prefect_folder, elsewhere, case="C") == f"said 1 Scheduled {told}"


def test_a_leg_that_is_what_a_worker_found_begins_at_once(
    prefect_server: PrefectServer, prefect_folder: Path
) -> None:
    """Its deployment is none of ours, so to drive it is to say so."""
    said = _waits(prefect_server, prefect_folder, [], case="C")
    assert re.match(
        "said 1 Scheduled Running:begun by waiting [0-9a-f]{6} Crashed:the worker could not", said
    )


def test_of_several_who_found_a_leg_at_the_same_instant_one_begins_it(prefect_server: PrefectServer) -> None:
    """Each asks with what it found; none looks again."""
    api, run = prefect_server.api, _scheduled(prefect_server.api, f"same-{uuid.uuid4().hex[:8]}", case="C")

    def one(worker: int) -> bool:
        with SyncPrefectClient(api) as client:
            return claiming.claim(client, found.model_copy(), f"worker {worker}") is not None

    with SyncPrefectClient(api) as client:
        found = client.read_flow_run(UUID(run))
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(one, range(8))) == 1
    with SyncPrefectClient(api) as client:
        assert [state.name for state in client.read_flow_run_states(UUID(run))] == ["Scheduled", "Running"]


def test_a_leg_whose_beginning_was_answered_into_the_void_is_still_its_workers(
    prefect_server: PrefectServer,
) -> None:
    """Prefect's client repeats a request whose answer was lost; the run is not scheduled any more by then."""
    run = UUID(_scheduled(prefect_server.api, f"void-{uuid.uuid4().hex[:8]}", case="C"))
    with SyncPrefectClient(prefect_server.api) as client:
        found = client.read_flow_run(run)
        for _ in range(2):
            mine = claiming.claim(client, found.model_copy(), "the first")
            assert mine is not None
            assert mine.state is not None
            assert mine.state.is_running()
        assert claiming.claim(client, found.model_copy(), "another") is None
        assert [state.name for state in client.read_flow_run_states(run)] == ["Scheduled", "Running"]


def test_prefect_still_knows_a_change_of_state_by_its_number(prefect_server: PrefectServer) -> None:
    """Without the condition, which such twins may both have seen fulfilled."""
    api, run = prefect_server.api, _scheduled(prefect_server.api, f"twin-{uuid.uuid4().hex[:8]}", case="C")
    state = {"type": "RUNNING", "state_details": {"transition_id": str(uuid.uuid4())}}
    body = {"flow_runs": {"id": {"any_": [run]}}, "state": state}
    answers = [httpx.post(f"{api}/flow_runs/bulk_set_state", json=body).json()["results"] for _ in range(2)]
    assert [answer[0]["status"] for answer in answers] == ["ACCEPT", "REJECT"]


@pytest.mark.parametrize(
    ("elsewhere", "told"),
    [
        # claimed, found ended, and put back as it was
        (
            ["pending", "running", "completed"],
            "Scheduled Pending:elsewhere Running:elsewhere Completed:elsewhere Pending Completed:elsewhere",
        ),
        (["pending", "running"], "Scheduled Pending:elsewhere Running:elsewhere"),
        (["cancelled"], "Scheduled Cancelled:elsewhere"),
    ],
)
def test_what_another_worker_drove_while_it_waited_for_a_thread_is_not_driven_again(
    prefect_server: PrefectServer, prefect_folder: Path, elsewhere: list[str], told: str
) -> None:
    said = _waits(prefect_server, prefect_folder, elsewhere)
    assert said == f"said 1 {told}"


def test_what_was_driven_and_asked_for_again_while_it_waited_for_a_thread_is_driven_as_it_is_now(
    prefect_server: PrefectServer, prefect_folder: Path
) -> None:
    said = _waits(prefect_server, prefect_folder, ["pending", "running", "scheduled"])
    there = "Scheduled Pending:elsewhere Running:elsewhere Scheduled:elsewhere Pending"
    assert said.startswith(f"said 1 {there} Crashed:the worker could not run it:")
    assert "was driven and asked for again since it was found" in (prefect_folder / "waiting.log").read_text()


def _waits(server: PrefectServer, folder: Path, elsewhere: list[str], **parameters: str) -> str:
    """What a crew says of a run that waited for its thread."""
    log, pool = folder / "waiting.log", f"waiting-{uuid.uuid4().hex[:8]}"
    run = _scheduled(server.api, pool, **parameters)
    process = server.spawn("-m", "tests.flows.waiting_crew", run, pool, *elsewhere, log=log)
    assert process.wait(60) == 0, log.read_text()
    return log.read_text().splitlines()[-1]


def _scheduled(api: str, pool: str, **parameters: str) -> str:
    """A run in a pool of its own. Its deployment is none of ours."""
    httpx.post(f"{api}/work_pools/", json={"name": pool, "type": "process"}).raise_for_status()
    flow = httpx.post(f"{api}/flows/", json={"name": "waiting"}).json()["id"]
    told = {"name": pool, "flow_id": flow, "work_pool_name": pool, "entrypoint": "nowhere.py:flow"}
    deployment = httpx.post(f"{api}/deployments/", json=told).json()["id"]
    asked = {"parameters": parameters}
    run: str = httpx.post(f"{api}/deployments/{deployment}/create_flow_run", json=asked).json()["id"]
    return run
