"""The bulk flow: every ready case in one run, with its progress as counts in the Prefect UI."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from prefect import flow, get_run_logger
from prefect.artifacts import create_progress_artifact, update_progress_artifact
from prefect.client.schemas.objects import State
from prefect.context import FlowRunContext
from prefect.states import Completed

from flows import seam
from flows.dispatch import drain
from flows.scrubbing import scrubbed

TOLD_EVERY = 2.0  # seconds
ARTIFACT = "bulk-progress"


class Progress:
    """What the driving threads count, for the run's own thread to tell."""

    def __init__(self) -> None:
        self._counts: Mapping[str, int] = {}
        self._lock = threading.Lock()

    def take(self, counts: Mapping[str, int]) -> None:
        with self._lock:
            if sum(counts.values()) > sum(self._counts.values()):
                self._counts = counts

    def counts(self) -> Mapping[str, int]:
        with self._lock:
            return self._counts


@flow(name="bulk", persist_result=False, log_prints=False)
def bulk() -> State[Any]:
    """Two at once share the work, as the processes of one do.

    What needs a person gets a run of its own, through the outbox.
    """
    context = FlowRunContext.get()
    assert context is not None, "a bulk run is a flow run"
    assert context.flow_run is not None
    with scrubbed("bulk"):
        drained = _drive(seam.desk(), f"run {context.flow_run.id}")
    drain()
    return Completed(message=said(drained.counts) + lost(drained.died))


def said(counts: Mapping[str, int]) -> str:
    """`1200 closed, 3 person`"""
    return ", ".join(f"{count} {ending}" for ending, count in counts.items()) or "no case was ready"


def lost(died: int) -> str:
    """Of processes, not of cases."""
    return f"; processes that died: {died}, their cases are ready again within a minute" if died else ""


def _drive(desk: seam.Desk, holder: str) -> seam.Drained:
    progress, whole = Progress(), desk.ready()
    artifact = create_progress_artifact(progress=0.0, key=ARTIFACT, description=f"{whole} cases are ready")
    log, before = get_run_logger(), 0
    with ThreadPoolExecutor(1, thread_name_prefix="bulk") as thread:
        driving = thread.submit(desk.bulk, holder, progress.take)
        while not _ended(driving):
            counts = progress.counts()
            done = sum(counts.values())
            if done > before:
                before = done
                log.info("%d of %d: %s", done, whole, said(counts))
                _tell(artifact, 100.0 * done / max(whole, done), said(counts))
        drained = driving.result()
    _tell(artifact, 100.0, said(drained.counts) + lost(drained.died))
    return drained


def _ended(driving: Future[Any]) -> bool:
    waited = threading.Event()
    driving.add_done_callback(lambda _: waited.set())
    return waited.wait(TOLD_EVERY)


def _tell(artifact: Any, percent: float, words: str) -> None:
    update_progress_artifact(artifact_id=artifact, progress=percent, description=words)
