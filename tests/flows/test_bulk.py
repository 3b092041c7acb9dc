"""The bulk flow: one run whose progress is told in counts."""

from __future__ import annotations

import httpx

from makegood.gateways.prefect import Prefect
from tests.flows.conftest import PrefectServer, StartWorker, until


def test_a_bulk_run_says_how_many_cases_ended_in_which_way_and_nothing_else(
    prefect: Prefect, prefect_server: PrefectServer, start_worker: StartWorker
) -> None:
    with start_worker():
        run = prefect.start("bulk/bulk", None, key="bulk-1", name="bulk · by hand")
        until(lambda: prefect.runs([run])[run].ended)
    assert prefect.runs([run])[run].state == "Completed"
    state = httpx.get(f"{prefect_server.api}/flow_runs/{run}").json()["state"]
    assert state["message"] == "3 closed, 1 person"
    body = {"artifacts": {"flow_run_id": {"any_": [str(run)]}}}
    (artifact,) = httpx.post(f"{prefect_server.api}/artifacts/filter", json=body).json()
    assert (artifact["key"], artifact["data"]) == ("bulk-progress", 100.0)
    assert artifact["description"] == "3 closed, 1 person"
