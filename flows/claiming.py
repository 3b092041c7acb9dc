"""A worker claims a run that it has found: Prefect lets one of several have it, and some that it should not.

A run may have been found a while ago, and driven, suspended, cancelled or asked for again since. Seen on
Prefect 3.8.8:

a leg begins at once, with one change of state instead of two: Running, on the condition that the run is
    scheduled for the time that we know of. That condition is the filter of `bulk_set_state`, which Prefect
    reads before it locks the run; the number of the change, the same for all who found this, keeps out
    whoever read at the same instant. A limit on the concurrency of a leg's deployment is therefore not
    kept: workers have their own;
any other run is claimed as by stock workers, with Pending. Prefect refuses that while another drives it,
    while it is suspended and once it is cancelled, but not after another end. The answer tells what the run
    was: it has the time for which a scheduled run was due, and of an ended one it has none.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas import OrchestrationResult
from prefect.client.schemas.objects import FlowRun, State
from prefect.client.schemas.responses import SetStateStatus
from prefect.states import Pending

log = logging.getLogger("makegood.worker")

_CHANGES = UUID("5a0b1b53-8a0b-4a5e-9c3c-5f3c2d0e7d11")  # of the numbers of changes; any, and for ever


def claim(client: SyncPrefectClient, found: FlowRun, worker: str) -> FlowRun | None:
    """The run, ours and with its new state: `found` itself where it is as it was found, else as it is now.

    None when another worker was quicker, or it has been cancelled, or has ended: then it ends as it had.
    """
    due = found.next_scheduled_start_time
    if due is not None and "case" in found.parameters:
        return _begin(client, found, due, worker)
    return _pend(client, found)


def _begin(client: SyncPrefectClient, found: FlowRun, due: datetime, worker: str) -> FlowRun | None:
    """Where the answer to us was lost, and the client has asked again, the state says that it is ours."""
    told, said = due.isoformat(), f"begun by {worker}"
    change = uuid5(_CHANGES, f"{found.id} {told}")
    running = {"type": "RUNNING", "name": "Running", "message": said}
    body = {
        "flow_runs": {
            "id": {"any_": [str(found.id)]},
            "state": {"type": {"any_": ["SCHEDULED"]}},
            "next_scheduled_start_time": {"after_": told, "before_": told},
        },
        "state": {**running, "state_details": {"transition_id": str(change)}},
    }
    # an address that the client's own list does not have
    answer = client.request("POST", "/flow_runs/bulk_set_state", json=body)  # type: ignore[arg-type]
    results = answer.json()["results"]
    if results and results[0]["status"] == SetStateStatus.ABORT.value:
        log.warning("run %s could not be begun: %s", found.id, results[0]["details"].get("reason"))
        return None
    now = State.model_validate(results[0]["state"]) if results else client.read_flow_run(found.id).state
    if now is None or not now.is_running() or now.message != said:
        return None
    found.state = now
    return found


def _pend(client: SyncPrefectClient, found: FlowRun) -> FlowRun | None:
    answer: OrchestrationResult[None] = client.set_flow_run_state(found.id, Pending())
    if answer.status != SetStateStatus.ACCEPT or answer.state is None:
        return None
    due = answer.state.state_details.scheduled_time
    if due is None:
        _put_back(client, found)
        return None
    if found.state is not None and due == found.state.state_details.scheduled_time:
        found.state = answer.state
        return found
    log.info("run %s was driven and asked for again since it was found", found.id)
    return client.read_flow_run(found.id)


def _put_back(client: SyncPrefectClient, run: FlowRun) -> None:
    """Into the state in which it had ended before we claimed it."""
    states: list[State[Any]] = sorted(client.read_flow_run_states(run.id), key=lambda told: told.timestamp)
    ended = next((state for state in reversed(states) if state.is_final()), None)
    log.info("run %s had ended since it was found", run.id)
    if ended is not None:
        again = State(type=ended.type, name=ended.name, message=ended.message)
        client.set_flow_run_state(run.id, again, force=True)
