"""Processes by id and birth."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import psutil

from makegood.running import processes
from makegood.running.processes import Process

SLEEPER = ("-c", "import time; time.sleep(60)")
STUBBORN = (
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    "print('up', flush=True); time.sleep(60)",
)


def spawn(tmp_path: Path, arguments: tuple[str, ...]) -> Process:
    return processes.spawn(arguments, os.environ, tmp_path, tmp_path / "logs" / "part.log")


def test_a_recycled_id_is_not_ours_and_is_left_alone() -> None:
    with subprocess.Popen([sys.executable, *SLEEPER]) as foreign:
        recycled = Process(foreign.pid, psutil.Process(foreign.pid).create_time() - 60)
        assert not recycled.is_alive()
        recycled.end(0.1)
        assert foreign.poll() is None
        foreign.kill()


def test_a_process_ends_when_it_is_asked(tmp_path: Path) -> None:
    process = spawn(tmp_path, SLEEPER)
    assert process.is_alive()
    process.end(5)
    assert not process.is_alive()
    process.end(5)  # again is no error


def test_one_that_does_not_listen_is_ended_all_the_same(tmp_path: Path) -> None:
    process = spawn(tmp_path, STUBBORN)
    while "up" not in processes.tail(tmp_path / "logs" / "part.log"):
        time.sleep(0.05)
    process.end(0.3)
    assert not process.is_alive()


def test_a_zombie_counts_as_dead(tmp_path: Path) -> None:
    process = spawn(tmp_path, ("-c", "pass"))
    assert process.wait(10)
    assert not process.is_alive()
    processes.reap()


def test_a_part_does_not_hear_the_terminals_ctrl_c(tmp_path: Path) -> None:
    process = spawn(tmp_path, SLEEPER)
    assert os.getpgid(process.pid) != os.getpgid(0)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait(5)


def test_a_log_is_for_its_owner_alone(tmp_path: Path) -> None:
    spawn(tmp_path, ("-c", "print('hello')")).wait(10)
    log = tmp_path / "logs" / "part.log"
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert processes.tail(log) == "hello"
