"""The sandbox without the rest: for whoever writes against the Seller API."""

from __future__ import annotations

import os
from pathlib import Path

from makegood.running import addresses, preparation
from makegood.settings import Settings, make_master_key


def run_sandbox(settings: Settings, port: int, data: Path | None) -> None:
    """Until Ctrl-C. The embedded server is started if it is not running, and left running."""
    os.environ["MAKEGOOD_HOME"] = str(settings.home)
    if settings.sandbox_database_url is None:
        make_master_key(settings.key_file)
        prepared = preparation.start_embedded(settings.home)
        os.environ["MAKEGOOD_SANDBOX_DATABASE_URL"] = prepared.addresses["sandbox"]
    from makegood.sandbox import serve

    serve.run(addresses.HOST, port, data)
