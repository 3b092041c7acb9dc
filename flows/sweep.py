"""The sweep flow, each minute: fires what is due, reminds, escalates, and repairs what was left behind."""

from __future__ import annotations

from typing import Any

from prefect import flow, get_run_logger
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows import seam
from flows.dispatch import drain
from flows.scrubbing import scrubbed


@flow(name="sweep", persist_result=False, log_prints=False)
def sweep() -> State[Any]:
    """One at a time over all workers, by the desk's own lock: a slot of Prefect's is lost with its server."""
    with scrubbed("sweep"):
        counts = seam.desk().sweep()
    if counts is None:
        return Completed(message="another sweep is under way")
    summary = ", ".join(f"{count} {what}" for what, count in counts.items() if count) or "nothing was due"
    get_run_logger().info(summary)
    drain()
    return Completed(message=summary)
