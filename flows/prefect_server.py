"""Prefect's command line, made for a long life: `python -m flows.prefect_server server start`."""

from __future__ import annotations

import importlib

from prefect.cli import app

from flows import prefect_database, prefect_reads
from makegood.running import collecting

if __name__ == "__main__":
    importlib.import_module("prefect.server.api.server")  # nearly all that a server imports
    prefect_database.trust_what_was_just_used()
    prefect_database.send_plain_times()
    prefect_reads.read_less()
    collecting.rarely()
    app()
