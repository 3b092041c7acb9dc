"""The whole of `makegood up`, from an empty home folder to nothing left running."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from makegood.running import addresses, parts
from tests.conftest import server_folder

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(400)]


def run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKEGOOD_")}
    environment |= {"MAKEGOOD_HOME": str(home)}
    command = [sys.executable, "-m", "makegood.cli", *arguments]
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, cwd=parts.CHECKOUT
    )


def status(home: Path) -> dict[str, Any]:
    shown: dict[str, Any] = json.loads(run(home, "status", "--json").stdout)
    return shown


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    with server_folder() as folder:
        started = run(folder / "home", "up", "--detach", "--no-samples")
        yield folder / "home"
        run(folder / "home", "down")
    assert started.returncode == 0, started.stdout + started.stderr


def test_everything_answers_once_up_returns(home: Path) -> None:
    shown = status(home)
    assert set(shown["parts"].values()) == {"up"}
    assert set(shown["pids"]) == set(parts.ORDER)
    assert set(shown["cases"]) == {"running", "parked", "suspended", "closed"}
    for address in (f"{shown['prefect_api']}/health", f"{shown['web']}/health", f"{shown['sandbox']}/books"):
        assert addresses.answers(address)


def test_a_second_up_says_so_and_starts_nothing(home: Path) -> None:
    before = status(home)["pids"]
    again = run(home, "up", "--detach")
    assert again.returncode == 0
    assert "running already" in again.stdout
    assert "state=Suspended" in again.stdout
    assert status(home)["pids"] == before


def test_a_killed_database_and_worker_come_back_under_the_same_address(home: Path) -> None:
    before = status(home)
    for part in ("worker", "postgres"):
        os.kill(before["pids"][part], signal.SIGKILL)
    deadline = time.monotonic() + 60
    while True:
        time.sleep(1)
        after = status(home)
        if set(after["parts"].values()) == {"up"} and after["pids"]["postgres"] != before["pids"]["postgres"]:
            break
        assert time.monotonic() < deadline, after
    assert after["database_url"] == before["database_url"]
    assert after["pids"]["worker"] != before["pids"]["worker"]
    assert after["cases"] is not None


def test_the_sweep_comes_by_itself_each_minute(home: Path) -> None:
    """By Prefect's own schedule: a server whose scheduler is broken looks well in every other way."""
    address = f"{status(home)['prefect_api']}/flow_runs/filter"
    wanted = {
        "flows": {"name": {"any_": ["sweep"]}},
        "flow_runs": {"state": {"type": {"any_": ["COMPLETED"]}}},
    }
    deadline = time.monotonic() + 200
    while True:
        done = [run for run in _post(address, wanted) if run["auto_scheduled"]]
        if done:
            return
        assert time.monotonic() < deadline, "no scheduled sweep has run"
        time.sleep(2)


def _post(address: str, body: dict[str, Any]) -> list[dict[str, Any]]:
    data = json.dumps(body).encode()
    request = urllib.request.Request(address, data, {"Content-Type": "application/json"}, method="POST")
    with urllib.request.urlopen(request, timeout=30) as answer:
        found: list[dict[str, Any]] = json.load(answer)
    return found


def test_down_leaves_no_process_behind(home: Path) -> None:
    pids = status(home)["pids"].values()
    assert run(home, "down").returncode == 0
    assert not [pid for pid in pids if psutil.pid_exists(pid) and psutil.Process(pid).status() != "zombie"]
    assert run(home, "status").returncode == 3
