"""The sandbox without the rest: for whoever writes against the Seller API."""

from __future__ import annotations

import os
from pathlib import Path

from makegood import postgres
from makegood.core.errors import BadInput
from makegood.running import addresses, preparation
from makegood.settings import Settings, make_master_key


def run_sandbox(settings: Settings, port: int, data: Path | None) -> None:
    """Until Ctrl-C. An embedded server that was not running before is stopped again."""
    if not addresses.is_free(port):
        raise BadInput(
            "--port", f"{port} is taken on {addresses.HOST}", "a free one", "Is `make up` running?"
        )
    from makegood.sandbox import serve

    os.environ["MAKEGOOD_HOME"] = str(settings.home)
    if settings.sandbox_database_url is not None:
        serve.run(addresses.HOST, port, data)
        return
    make_master_key(settings.key_file)
    folder = settings.home / "postgres"
    ran_before = postgres.find(folder.resolve()) is not None
    prepared = preparation.start_embedded(settings.home)
    os.environ["MAKEGOOD_SANDBOX_DATABASE_URL"] = prepared.addresses["sandbox"]
    try:
        serve.run(addresses.HOST, port, data)
    finally:
        if not ran_before and prepared.postgres is not None:
            preparation.stop_embedded(settings.home, prepared.postgres)
