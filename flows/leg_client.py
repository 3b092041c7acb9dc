"""The Prefect client of the crew's threads: it does not ask, or tell, the server what both know already.

Prefect's engine is written for a process that knows nothing but a run's id. A thread of ours has just been
given the run by the server, so for the leg that it takes (seen on the version of `prefect_patches`):

`read_flow_run`, which the engine calls after Running, answers with that run;
`update_flow_run` leaves out the engine's own: the flow's version, a hash of a file, and retries, of which
    legs have none. Prefect's page of a run then shows no flow version;
`set_flow_run_state` leaves out Running where the run was made Running for this thread.

Everything else, and everything about other runs, is asked as ever. tests/flows/test_leg_client.py plays legs
through it and counts.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas import OrchestrationResult
from prefect.client.schemas.objects import FlowRun, State
from prefect.client.schemas.responses import SetStateStatus, StateAcceptDetails
from prefect.context import SyncClientContext
from prefect.settings import PREFECT_API_AUTH_STRING, PREFECT_API_URL

_ENGINES = frozenset({"flow_version", "empirical_policy"})
"""What the engine tells of every run before it begins."""


class LegClient(SyncPrefectClient):
    """One for each thread. `takes` says which run its next leg is."""

    _run: FlowRun | None = None
    _is_begun = False
    _is_unread = False

    def takes(self, run: FlowRun) -> None:
        """`run` as the server told it, with the state that it was claimed in."""
        self._run, self._is_unread = run, True
        self._is_begun = run.state is not None and run.state.is_running()

    def read_flow_run(self, flow_run_id: UUID) -> FlowRun:
        """The first time, as it was taken: the engine's own. Whoever asks later learns what has changed."""
        if self._is_unread and self._run is not None and flow_run_id == self._run.id:
            self._is_unread = False
            return self._run
        return super().read_flow_run(flow_run_id)

    def update_flow_run(self, flow_run_id: UUID, *args: Any, **changes: Any) -> Any:
        """The answer, at which nobody looks; None where the engine tells of the run that it begins."""
        engines = not args and changes.keys() <= _ENGINES
        if engines and self._run is not None and flow_run_id == self._run.id:
            return None
        return super().update_flow_run(flow_run_id, *args, **changes)

    def set_flow_run_state(
        self, flow_run_id: UUID | str, state: State[Any], force: bool = False
    ) -> OrchestrationResult[Any]:
        run = self._run
        if self._is_begun and run is not None and flow_run_id == run.id and state.is_running():
            self._is_begun = False
            return OrchestrationResult(
                state=run.state, status=SetStateStatus.ACCEPT, details=StateAcceptDetails()
            )
        return super().set_flow_run_state(flow_run_id, state, force)


def of_this_thread() -> LegClient:
    """Opened for the life of this thread: a client for each run costs more than the run."""
    opened = SyncClientContext.get()
    if opened is None:
        opened = SyncClientContext()
        opened.client = LegClient(PREFECT_API_URL.value(), auth_string=PREFECT_API_AUTH_STRING.value())
        opened.__enter__()
    assert isinstance(opened.client, LegClient), "nobody else opens a client in a thread of the crew"
    return opened.client
