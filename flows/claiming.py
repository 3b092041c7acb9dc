"""A worker claims a run that it has found: Prefect lets one of several have it, and some that it should not.

A run may have been found a while ago. Prefect (3.8.8) refuses Pending while another worker drives it, while
it is suspended, and once it is cancelled, but not after another end. Its answer tells what the run was
before: it has the time for which a scheduled run was due, and of an ended one it has none.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas import OrchestrationResult
from prefect.client.schemas.objects import FlowRun, State
from prefect.client.schemas.responses import SetStateStatus
from prefect.states import Pending

log = logging.getLogger("makegood.worker")


def claim(client: SyncPrefectClient, found: FlowRun) -> FlowRun | None:
    """The run, Pending and ours: `found` itself where it is as it was found, else as it is now.

    None when another worker was quicker, or it has been cancelled, or has ended: then it ends as it had.
    """
    answer: OrchestrationResult[None] = client.set_flow_run_state(found.id, Pending())
    if answer.status != SetStateStatus.ACCEPT or answer.state is None:
        return None
    due = answer.state.state_details.scheduled_time
    if due is None:
        _put_back(client, found)
        return None
    if due == _due(found):
        found.state = answer.state
        return found
    log.info("run %s was driven and asked for again since it was found", found.id)
    return client.read_flow_run(found.id)


def _due(run: FlowRun) -> datetime | None:
    return None if run.state is None else run.state.state_details.scheduled_time


def _put_back(client: SyncPrefectClient, run: FlowRun) -> None:
    """Into the state in which it had ended before we claimed it."""
    states: list[State[Any]] = sorted(client.read_flow_run_states(run.id), key=lambda told: told.timestamp)
    ended = next((state for state in reversed(states) if state.is_final()), None)
    log.info("run %s had ended since it was found", run.id)
    if ended is not None:
        again = State(type=ended.type, name=ended.name, message=ended.message)
        client.set_flow_run_state(run.id, again, force=True)
