"""The client of the crew's threads: what is left out is so for the run that it takes, and for no other."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import suppress
from threading import Thread

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun
from prefect.context import SyncClientContext
from prefect.exceptions import ObjectNotFound
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.states import Completed, Pending, Running

from flows import leg_client
from flows.leg_client import LegClient
from makegood.gateways.prefect import Prefect
from tests.flows.conftest import PrefectServer


class Counted(LegClient):
    """Notes what reaches the server."""

    asked: list[str]

    def request(self, method: str, path: str, **more: object) -> object:  # type: ignore[override]
        self.asked.append(f"{method} {path}")
        return super().request(method, path, **more)  # type: ignore[arg-type]


@pytest.fixture
def client(prefect_server: PrefectServer) -> Iterator[Counted]:
    with temporary_settings({PREFECT_API_URL: prefect_server.api}), Counted(prefect_server.api) as opened:
        opened.asked = []
        yield opened


def made(client: Counted, prefect: Prefect, **state: object) -> FlowRun:
    deployment = prefect.deployment("refund/legs")
    run = client.create_flow_run_from_deployment(
        deployment, parameters={"case": f"MG-{uuid.uuid4()}"}, **state
    )
    client.asked.clear()
    return run


def test_the_run_that_is_taken_is_not_read_again_and_read_anew_by_whoever_asks_later(
    client: Counted, prefect: Prefect
) -> None:
    run = made(client, prefect)
    client.takes(run)
    assert client.read_flow_run(run.id) is run
    assert client.asked == []
    assert client.read_flow_run(run.id) is not run
    assert client.asked == ["GET /flow_runs/{id}"]


def test_another_run_is_asked_for(client: Counted, prefect: Prefect) -> None:
    run, other = made(client, prefect), made(client, prefect)
    client.takes(run)
    assert client.read_flow_run(other.id).id == other.id
    client.update_flow_run(other.id, flow_version="1")
    client.set_flow_run_state(other.id, Running())
    assert client.asked == ["GET /flow_runs/{id}", "PATCH /flow_runs/{id}", "POST /flow_runs/{id}/set_state"]


def test_what_the_engine_tells_is_left_out_and_what_a_leg_tells_is_not(
    client: Counted, prefect: Prefect
) -> None:
    run = made(client, prefect)
    client.takes(run)
    client.update_flow_run(run.id, flow_version="1", empirical_policy=run.empirical_policy)
    assert client.asked == []
    client.update_flow_run(run.id, name="refund · MG-1 · DE")
    assert client.asked == ["PATCH /flow_runs/{id}"]
    assert client.read_flow_run(run.id) is run
    assert client.read_flow_run(run.id).name == "refund · MG-1 · DE"


def test_a_run_that_was_made_running_is_not_told_to_run_and_its_end_is_told(
    client: Counted, prefect: Prefect
) -> None:
    run = made(client, prefect, state=Running())
    client.takes(run)
    told = client.set_flow_run_state(run.id, Running())
    assert client.asked == []
    assert told.state is not None
    assert told.state.is_running()
    client.set_flow_run_state(run.id, Completed())
    assert client.asked == ["POST /flow_runs/{id}/set_state"]
    found = client.read_flow_run(run.id)
    found = client.read_flow_run(run.id)
    assert found.state_name == "Completed"
    assert found.start_time is not None, "the page of a run shows how long it took"


def test_a_run_that_was_claimed_is_told_to_run(client: Counted, prefect: Prefect) -> None:
    run = made(client, prefect)
    run.state = client.set_flow_run_state(run.id, Pending()).state
    client.takes(run)
    client.set_flow_run_state(run.id, Running())
    assert client.asked == ["POST /flow_runs/{id}/set_state"] * 2


def test_the_next_run_of_a_thread_is_the_one_that_counts(client: Counted, prefect: Prefect) -> None:
    first, second = made(client, prefect, state=Running()), made(client, prefect, state=Running())
    client.takes(first)
    client.takes(second)
    client.set_flow_run_state(first.id, Running())
    assert client.asked == ["POST /flow_runs/{id}/set_state"]
    with suppress(ObjectNotFound):
        client.read_flow_run(uuid.uuid4())
    assert client.read_flow_run(second.id) is second


def test_each_thread_has_one_client_and_prefects_own_code_finds_it(prefect_server: PrefectServer) -> None:
    found: list[bool] = []

    def thread() -> None:
        with temporary_settings({PREFECT_API_URL: prefect_server.api}):
            ours = leg_client.of_this_thread()
            found.append(ours is leg_client.of_this_thread() is get_client(sync_client=True))
            context = SyncClientContext.get()
            assert context is not None
            context.__exit__()

    thread_of_ours = Thread(target=thread)
    thread_of_ours.start()
    thread_of_ours.join()
    assert found == [True]
