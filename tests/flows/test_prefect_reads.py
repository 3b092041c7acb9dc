"""A server that reads less answers as ever; what it leaves out is still read by Prefect, and not needed."""

from __future__ import annotations

import inspect
import os
import re
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from prefect.server.api import flow_runs as api
from prefect.server.database.orm_models import Deployment, FlowRun
from prefect.server.models import deployments, events, flow_runs
from prefect.server.orchestration import core_policy, global_policy, rules

from flows import prefect_reads
from makegood import databases, postgres
from tests.flows import conftest

QUEUE = {"work_queue_name": "default", "work_pool_name": "pool"}


class Api(httpx.Client):
    def ask(self, path: str, method: str = "POST", **body: Any) -> Any:
        answer = self.request(method, path, json=body or None)
        assert answer.is_success, answer.text
        return answer.json()

    def deployment(self, limit: int | None = None) -> str:
        name = uuid.uuid4().hex
        flow = self.ask("/flows/", name=name)["id"]
        made = self.ask(
            "/deployments/", name=name, flow_id=flow, work_pool_name="pool", concurrency_limit=limit
        )
        return str(made["id"])

    def run(self, deployment: str, **more: Any) -> dict[str, Any]:
        made: dict[str, Any] = self.ask(f"/deployments/{deployment}/create_flow_run", **{"name": "r"} | more)
        return made

    def put(self, run: str, kind: str, **more: Any) -> Any:
        return self.ask(f"/flow_runs/{run}/set_state", state={"type": kind, **more})


@pytest.fixture(scope="module")
def served(postgres_server: postgres.Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """By the server that reads less, on a database of its own."""
    folder = tmp_path_factory.mktemp("reads")
    databases.create_database(postgres_server.url, "prefect_reads")
    database, port = postgres_server.database("prefect_reads"), conftest._free_port()
    address = f"http://127.0.0.1:{port}/api"
    environment = os.environ | {
        "PREFECT_API_URL": address,
        "PREFECT_HOME": str(folder / "home"),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": database.replace("+psycopg", "+asyncpg"),
    }
    server = conftest.PrefectServer(address, database, environment)
    log = folder / "server.log"
    process = server.spawn("-m", "flows.prefect_server", "server", "start", "--port", str(port), log=log)
    try:
        conftest.until(lambda: process.poll() is not None or conftest._answers(address), 90)
        assert process.poll() is None, log.read_text()[-2000:]
        with Api(base_url=address, timeout=30) as client:
            client.ask("/work_pools/", name="pool", type="process")
            yield client
        assert "Traceback" not in log.read_text().replace("telemetry", "")
    finally:
        conftest.end(process)
        databases.drop_database(postgres_server.url, "prefect_reads")


@pytest.mark.parametrize("key", [{}, {"idempotency_key": "once"}], ids=["without a key", "with a key"])
def test_a_run_that_was_suspended_and_resumed_answers_with_its_queue_and_pool(
    served: Api, key: dict[str, str]
) -> None:
    deployment = served.deployment()
    made = served.run(deployment, **key)
    assert made.items() >= QUEUE.items()
    run = made["id"]
    if key:
        again = served.run(deployment, **key)
        assert again["id"] == run
        assert again.items() >= QUEUE.items()
    only = {"id": {"any_": [run]}, "state": {"type": {"any_": ["SCHEDULED"]}}}
    claimed = served.ask("/flow_runs/bulk_set_state", flow_runs=only, state={"type": "RUNNING"})["results"]
    assert [(each["flow_run_id"], each["status"]) for each in claimed] == [(run, "ACCEPT")]
    assert served.ask("/flow_runs/bulk_set_state", flow_runs=only, state={"type": "RUNNING"})["results"] == []
    paused = {"pause_reschedule": True, "pause_key": "a"}
    told = served.put(run, "PAUSED", name="Suspended", state_details=paused)
    assert told["status"] == "ACCEPT"
    assert served.ask(f"/flow_runs/{run}/resume")["status"] == "ACCEPT"
    read = served.ask(f"/flow_runs/{run}", "GET")
    assert read.items() >= (QUEUE | {"state_name": "Resuming"}).items()
    listed = served.ask("/flow_runs/filter", flow_runs={"id": {"any_": [run]}})
    assert [each.items() >= QUEUE.items() for each in listed] == [True]


def test_a_run_without_a_deployment_answers_with_its_queue_and_pool(served: Api) -> None:
    flow = served.ask("/flows/", name=uuid.uuid4().hex)["id"]
    made = served.ask("/flow_runs/", flow_id=flow, work_pool_name="pool", state={"type": "SCHEDULED"})
    assert made.items() >= QUEUE.items()
    assert served.put(made["id"], "PENDING")["status"] == "ACCEPT"
    bare = served.ask("/flow_runs/", flow_id=flow)
    assert bare["work_queue_name"] is None
    assert served.put(bare["id"], "RUNNING")["status"] == "ACCEPT"


def test_a_deployments_limit_is_kept_and_its_place_given_back(served: Api) -> None:
    deployment = served.deployment(limit=1)
    first, second = (served.run(deployment)["id"] for _ in range(2))
    assert served.put(first, "PENDING")["status"] == "ACCEPT"
    refused = served.put(second, "PENDING")
    assert (refused["status"], refused["state"]["name"]) == ("REJECT", "AwaitingConcurrencySlot")
    assert served.put(first, "RUNNING")["status"] == "ACCEPT"
    assert served.put(first, "COMPLETED")["status"] == "ACCEPT"
    third = served.run(deployment)["id"]
    assert served.put(third, "PENDING")["status"] == "ACCEPT"


def test_a_deployment_answers_with_its_queue_pool_and_schedules(served: Api) -> None:
    deployment = served.deployment()
    schedule = {"schedule": {"interval": 3600}, "active": False}
    served.request("POST", f"/deployments/{deployment}/schedules", json=[schedule]).raise_for_status()
    read = served.ask(f"/deployments/{deployment}", "GET")
    assert read.items() >= QUEUE.items()
    assert len(read["schedules"]) == 1


def test_prefect_still_loads_what_we_leave_out() -> None:
    run, creation = inspect.getsource(flow_runs.read_flow_run), inspect.getsource(flow_runs.create_flow_run)
    for source in (run, creation, inspect.getsource(flow_runs.read_flow_runs)):
        assert "selectinload(db.FlowRun.work_queue).selectinload(db.WorkQueue.work_pool)" in source
    assert "select.with_for_update()" in run
    assert "for_update=True" in inspect.getsource(flow_runs.set_flow_run_state)
    assert "session.get(db.Deployment, deployment_id)" in inspect.getsource(deployments.read_deployment)
    loads = [FlowRun.work_queue, Deployment.work_queue, Deployment.schedules]
    assert {each.property.lazy for each in loads} == {"selectin"}
    assert all(hasattr(module, name) for module, name, _ in prefect_reads.LESS)


def test_no_rule_of_a_change_of_state_looks_at_queues() -> None:
    sources = "".join(inspect.getsource(module) for module in (core_policy, global_policy, rules))
    assert "work_queue" not in sources
    assert "work_pool" not in sources


def test_rules_and_events_look_at_no_more_of_a_deployment_than_is_read() -> None:
    event = inspect.getsource(events._flow_run_related_resources_from_orm) + inspect.getsource(
        events._as_resource_data
    )
    policy = inspect.getsource(core_policy)
    for source in (event, policy):
        looked = set(re.findall(r"\bdeployment\.(\w+)", source))
        assert looked <= {*prefect_reads.DEPLOYMENT, "global_concurrency_limit"}
        assert set(re.findall(r"(?<!\.)\bdeployments\.(\w+)", source)) == {"read_deployment"}


def test_of_runs_to_be_changed_or_deleted_only_ids_are_used() -> None:
    change, deletion = (
        inspect.getsource(api.bulk_set_flow_run_state),
        inspect.getsource(api.bulk_delete_flow_runs),
    )
    assert set(re.findall(r"\bflow_run\.(\w+)", change)) == {"id"}
    assert set(re.findall(r"\bfr\.(\w+)", deletion)) == {"id"}
