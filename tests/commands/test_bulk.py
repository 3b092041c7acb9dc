"""`makegood bulk`: what it refuses before anything is driven."""

from __future__ import annotations

from typer.testing import CliRunner

from makegood.cli import make_app


def test_processes_are_the_commands_own_or_the_workers() -> None:
    told = CliRunner().invoke(make_app(), ["bulk", "--processes", "2"])
    assert told.exit_code == 2
    assert "MAKEGOOD_BULK_PROCESSES" in told.stderr
