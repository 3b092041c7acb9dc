"""The crew: takes scheduled runs of the pool and drives each in a thread of this process.

A stock process worker starts a process for each run: 9 CPU seconds a case, most of it imports. Here the
imports, the clients and the connections are there already.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from prefect import Flow
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.objects import FlowRun, State
from prefect.exceptions import Abort, ObjectNotFound, Pause
from prefect.flow_engine import run_flow
from prefect.flows import load_flow_from_entrypoint
from prefect.states import Cancelled, Crashed, Scheduled

from flows import claiming, deployments, leg_client, prefect_patches
from flows.scrubbing import scrub

log = logging.getLogger("makegood.worker")

AHEAD = 3  # runs found for each thread: the next begins without another look
HEARTBEAT = 15.0  # seconds; Prefect calls a worker offline after three that did not come


class NotOurs(RuntimeError):
    """A run of a deployment that is none of deployments/prefect.yaml: whoever has the server's password can
    make one, and it would load what its entrypoint names."""

    def __init__(self, run: UUID) -> None:
        super().__init__(f"run {run} is of a deployment that is not in deployments/prefect.yaml")


class Crew:
    """Runs at most `limit` runs at once. `wake`, `has_room`, `take`: any thread; the others: one."""

    def __init__(self, client: SyncPrefectClient, pool: str, name: str, limit: int) -> None:
        self._client = client
        self._pool = pool
        self._name = name
        # a process in another container may have our name
        self._sign = f"{name} {uuid4().hex[:6]}"
        self._limit = limit
        self._threads = ThreadPoolExecutor(limit, thread_name_prefix="leg")
        self._lock = threading.Lock()
        self._busy: dict[UUID, FlowRun] = {}  # under way, and waiting for a thread
        self._futures: dict[UUID, Future[None]] = {}
        self._ours: set[UUID] = set()  # of these, what was made for us
        self._unsaid: dict[UUID, State[None]] = {}  # crashes that the server has not been told of
        self._ended: dict[UUID, float] = {}  # when, on the monotonic clock
        self._flows: dict[UUID, Flow[..., object]] = {}
        self._awake = threading.Event()
        self._next_heartbeat = 0.0
        self._leaving = False
        self._more = False  # whether runs may be waiting for a thread

    def wake(self) -> None:
        """Look for runs now."""
        self._awake.set()

    def rest(self, seconds: float) -> None:
        """Until somebody wakes us, or the time is over."""
        self._awake.wait(seconds)
        self._awake.clear()

    def has_room(self) -> bool:
        """Who is told that there is none makes the run for whoever comes: we look for it."""
        room = not self._leaving and len(self._busy) < self._limit
        self._more = self._more or not room
        return room

    def take(self, run: Mapping[str, Any]) -> None:
        """From the thread of the outbox: a run that was made for us, so nobody else will look for it."""
        taken = FlowRun.model_validate(run)
        self._ours.add(taken.id)
        try:
            self._put(taken, claimed=True)
        except RuntimeError:  # told to stop meanwhile
            self._gone(taken.id)
            self._attempt(partial(self._hand_back, taken.id))

    def _put(self, run: FlowRun, *, claimed: bool) -> None:
        """It begins when a thread is free."""
        self._busy[run.id] = run
        future = self._threads.submit(self._take, run, claimed)
        self._futures[run.id] = future
        future.add_done_callback(lambda _: self._gone(run.id))

    def _gone(self, run_id: UUID) -> None:
        """It has ended, or will not begin."""
        self._ended[run_id] = time.monotonic()
        self._ours.discard(run_id)
        self._busy.pop(run_id, None)
        self._futures.pop(run_id, None)
        if self._more:
            self.wake()

    def look(self) -> int:
        """Takes what is due and says how much. Raises Prefect's client's errors when its server is away."""
        asked = time.monotonic()
        due = self._due() if len(self._busy) < self._limit else []
        self._beat()
        self._say_crashes()
        taken = 0
        for run in self._without_overtaken(due):
            if len(self._busy) >= self._limit * AHEAD:
                break
            # one that ended while the server was answering is old news; Prefect would let it run again
            if run.id not in self._busy and self._ended.get(run.id, 0.0) < asked:
                self._put(run, claimed=False)
                taken += 1
        self._ended = {run_id: at for run_id, at in list(self._ended.items()) if at > asked}
        self._more = len(self._busy) >= self._limit  # else the server has told us all that there is
        return taken

    def _due(self) -> list[FlowRun]:
        now = datetime.now(UTC)
        found = self._client.get_scheduled_flow_runs_for_work_pool(self._pool, scheduled_before=now)
        return sorted((entry.flow_run for entry in found), key=_due_at)

    def drain(self, patience: float) -> int:
        """Hands back what was made for us and has not begun, then what outlasts `patience`, and says how many
        runs it were. What was only found is found by others."""
        self._leaving = True
        deadline = time.monotonic() + patience
        unbegun = self._unbegun()
        self._hand_all_back(unbegun)
        while self._futures and time.monotonic() < deadline:
            self.rest(0.1)
        self._threads.shutdown(wait=False)
        left = list(self._futures)
        self._hand_all_back(left)
        self._attempt(self._leave)
        return len(unbegun) + len(left)

    def _hand_all_back(self, run_ids: Sequence[UUID]) -> None:
        for run_id in run_ids:
            self._attempt(partial(self._hand_back, run_id))

    def _unbegun(self) -> list[UUID]:
        """What waits for a thread will not get one; of that, what was made for us."""
        made = []
        for run_id, future in list(self._futures.items()):
            is_ours = run_id in self._ours
            if future.cancel() and is_ours:
                made.append(run_id)
        return made

    def _hand_back(self, run_id: UUID) -> None:
        state: State[None] = Scheduled(message="handed back: its worker was stopped")
        self._client.set_flow_run_state(run_id, state, force=True)

    def _leave(self) -> None:
        path = {"work_pool_name": self._pool, "name": self._name}
        self._client.request("DELETE", "/work_pools/{work_pool_name}/workers/{name}", path_params=path)

    def _beat(self) -> None:
        if time.monotonic() >= self._next_heartbeat:
            self._client.send_worker_heartbeat(self._pool, self._name, heartbeat_interval_seconds=HEARTBEAT)
            self._next_heartbeat = time.monotonic() + HEARTBEAT

    def _without_overtaken(self, due: Sequence[FlowRun]) -> list[FlowRun]:
        """Of a schedule's runs only the latest counts, and none while one is under way. `due` is sorted."""
        under_way = {run.deployment_id for run in list(self._busy.values()) if run.auto_scheduled}
        latest = {run.deployment_id: run for run in due if run.auto_scheduled}  # the last of each stays
        kept = []
        for run in due:
            if not run.auto_scheduled:
                kept.append(run)
            elif run is not latest[run.deployment_id]:
                self._client.set_flow_run_state(run.id, Cancelled(message="overtaken by a later one"))
            elif run.deployment_id not in under_way:
                kept.append(run)
        return kept

    def _take(self, run: FlowRun, claimed: bool) -> None:
        """In a thread of the crew. Whatever happens in a run stays in it."""
        try:
            mine = run if claimed else self._claim(run)
            if mine is not None:
                leg_client.of_this_thread().takes(mine)
                with prefect_patches.taken_from(prefect_patches.taken(run) if mine is run else None):
                    run_flow(self._flow_of(mine), flow_run=mine, return_type="state")
        except (Pause, Abort):
            pass  # suspended, or taken away by a cancellation: the server knows
        except BaseException as error:  # a SystemExit in a flow must not end a thread either
            log.exception("run %s crashed", run.id)
            with self._lock:
                self._unsaid[run.id] = Crashed(message=f"the worker could not run it: {scrub(error)}")

    def _claim(self, run: FlowRun) -> FlowRun | None:
        try:
            return claiming.claim(leg_client.of_this_thread(), run, self._sign)
        except Exception as error:
            if "case" not in run.parameters:
                raise  # it may be Pending, and no sweep looks for those
            log.warning("run %s could not be claimed: %s", run.id, scrub(error))
            return None  # who looks next finds it, where it is still there

    def _flow_of(self, run: FlowRun) -> Flow[..., object]:
        """By its deployment's entrypoint; kept, so new code needs a new worker."""
        assert run.deployment_id is not None, "the pool has runs of deployments only"
        with self._lock:
            if run.deployment_id not in self._flows:
                entrypoint = get_client(sync_client=True).read_deployment(run.deployment_id).entrypoint
                if entrypoint is None or entrypoint not in deployments.entrypoints():
                    raise NotOurs(run.id)
                self._flows[run.deployment_id] = load_flow_from_entrypoint(
                    entrypoint, use_placeholder_flow=False
                )
            return self._flows[run.deployment_id]

    def _say_crashes(self) -> None:
        for run_id, state in list(self._unsaid.items()):
            try:
                self._client.set_flow_run_state(run_id, state, force=True)
            except ObjectNotFound:
                log.info("run %s was deleted meanwhile", run_id)
            self._unsaid.pop(run_id)

    def _attempt(self, request: Callable[[], object]) -> None:
        try:
            request()
        except Exception:  # we are leaving; the sweep finds what stays behind
            log.warning("Prefect did not take our farewell", exc_info=True)


def _due_at(run: FlowRun) -> datetime:
    return run.next_scheduled_start_time or run.expected_start_time or datetime.max.replace(tzinfo=UTC)
