"""The command itself: quick, and clear about what went wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from makegood.cli import BAD_INPUT, PART_DOWN, exit_code
from makegood.core.errors import BadInput, Surprise
from makegood.running.instance import StartUnderWay

HEAVY = ["prefect", "great_expectations", "sqlalchemy", "fastapi", "psycopg", "pydantic", "httpx"]


def run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "makegood.cli", *arguments]
    environment = {"MAKEGOOD_HOME": str(home), "PATH": "/usr/bin:/bin", "TERM": "dumb"}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_help_imports_nothing_heavy() -> None:
    program = f"""
import sys
from makegood.cli import make_app
make_app()
print([module for module in {HEAVY} if module in sys.modules])
"""
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_status_of_nothing_is_valid_json_and_exit_code_3(tmp_path: Path) -> None:
    result = run(tmp_path, "status", "--json")
    assert result.returncode == PART_DOWN
    shown = json.loads(result.stdout)
    assert {"prefect_ui", "prefect_api", "web", "sandbox", "database_url", "pids", "cases"} <= set(shown)
    assert "make up" in result.stderr
    assert shown["prefect_api"] in result.stderr


def test_stopping_what_does_not_run_is_no_error(tmp_path: Path) -> None:
    result = run(tmp_path, "down")
    assert result.returncode == 0
    assert "Nothing is running" in result.stdout


def test_a_wrong_setting_is_bad_input_and_named(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "makegood.cli", "status"]
    environment = {"MAKEGOOD_HOME": str(tmp_path), "MAKEGOOD_WORKER_LIMIT": "many", "PATH": "/usr/bin:/bin"}
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == BAD_INPUT
    assert "worker_limit" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (BadInput("sops/refund.yaml:3", "unknown step", "one of run, ask", "Name a step"), BAD_INPUT),
        (StartUnderWay(Path("/srv")), BAD_INPUT),
        (Surprise("parts disagree"), 1),
        (KeyError("unforeseen"), None),
    ],
)
def test_exit_codes_tell_bad_input_from_defects(error: Exception, code: int | None) -> None:
    assert exit_code(error) == code
