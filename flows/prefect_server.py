"""Prefect's command line, made for a long life: `python -m flows.prefect_server server start`."""

from __future__ import annotations

import importlib

from prefect.cli import app

from makegood.running import collecting

if __name__ == "__main__":
    importlib.import_module("prefect.server.api.server")  # nearly all that a server imports
    collecting.rarely()
    app()
