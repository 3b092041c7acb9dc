"""The sandbox as a process: `makegood sandbox`."""

from dataclasses import replace
from pathlib import Path

import uvicorn

from makegood.sandbox.app import open_app
from makegood.sandbox.data import retail
from makegood.sandbox.setup import from_environment

GRACE_SECONDS = 3  # an answer that a fault switch lets hang does not hold up the end


def run(host: str, port: int, data: Path | None = None, seed: int | None = None) -> None:
    """Serves until interrupted. What is not given, and the database, come from the environment.

    Raises NoDatabase, and DataUnreadable for a folder that is not a shop's.
    """
    setup = from_environment()
    if data is not None:
        retail.read(data)  # said now, not from the depths of a server's start
    setup = replace(setup, data=data or setup.data, seed=setup.seed if seed is None else seed)
    app = open_app(setup)
    uvicorn.run(
        app,
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
