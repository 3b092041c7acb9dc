"""The dispatch flow: what the outbox holds becomes runs, cancellations and notices."""

from __future__ import annotations

from typing import Any

from prefect import flow, get_run_logger
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows import seam
from flows.scrubbing import scrubbed


@flow(name="dispatch", persist_result=False, log_prints=False)
def dispatch() -> State[Any]:
    """Our own worker drains by itself when notified; this serves stock workers, and people in a hurry."""
    sent = drain()
    return Completed(message=f"{sent} sent")


def drain() -> int:
    """Safe beside another: rows are taken with SKIP LOCKED and each carries its idempotency key."""
    with scrubbed("dispatch"):
        sent = seam.desk().drain()
    get_run_logger().info("outbox: %d sent", sent)
    return sent
