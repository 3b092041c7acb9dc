"""Starting, keeping and stopping parts: real processes, small ones."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from makegood.running import instance, keeper, parts, startup
from makegood.running.parts import Part
from makegood.running.processes import Process
from makegood.running.startup import PartNotStarted, Startup
from makegood.settings import Settings
from tests.running.test_instance import an_instance

WEB = "import http.server, sys; http.server.ThreadingHTTPServer(('127.0.0.1', int(sys.argv[1])), "
WEB += "http.server.SimpleHTTPRequestHandler).serve_forever()"


def a_startup(home: Path) -> Startup:
    begun = Startup(Settings(home=home), lambda part, doing: None)
    begun.instance = an_instance()
    begun.environment = dict(os.environ)
    return begun


def a_web_part(port: int) -> Part:
    return Part("web", ("-c", WEB, str(port)), {}, f"http://127.0.0.1:{port}/")


def wait_until(what: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def process_of(home: Path, part: str) -> Process:
    running = instance.read(home)
    assert running is not None
    return running.processes[part]


def test_a_part_is_on_record_once_it_answers(tmp_path: Path, free_port: int) -> None:
    begun = a_startup(tmp_path)
    begun.start_part(a_web_part(free_port))
    assert process_of(tmp_path, "web").is_alive()
    startup.stop(tmp_path, begun.instance, lambda part, doing: None)
    assert not begun.instance.processes["web"].is_alive()
    assert instance.read(tmp_path) is None


def test_a_part_that_dies_at_its_start_is_named_with_the_end_of_its_log(
    tmp_path: Path, free_port: int
) -> None:
    failing = Part("web", ("-c", "raise SystemExit('no such table')"), {}, f"http://127.0.0.1:{free_port}/")
    with pytest.raises(PartNotStarted, match=r"(?s)web ended at its start.*no such table"):
        a_startup(tmp_path).start_part(failing)


def test_when_one_part_fails_the_others_give_up(tmp_path: Path, free_port: int) -> None:
    begun = a_startup(tmp_path)
    silent = Part("web", ("-c", "import time; time.sleep(60)"), {}, f"http://127.0.0.1:{free_port}/")
    threading.Timer(0.5, begun.failed.set).start()
    began = time.monotonic()
    with pytest.raises(startup.Abandoned):
        begun.start_part(silent)
    assert time.monotonic() - began < 10
    startup.stop(tmp_path, begun.instance, lambda part, doing: None)


def test_the_keeper_starts_again_what_was_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    part = Part("worker", ("-c", "import time; time.sleep(60)"))
    started = startup.spawn(tmp_path, part, os.environ)
    instance.write(tmp_path, an_instance().with_process("worker", started))
    kept = keeper.Keeper(
        tmp_path, lambda name, text: said.append(f"{name} {text}"), lambda name, running: part
    )
    thread = threading.Thread(target=kept.keep)
    thread.start()
    try:
        os.kill(started.pid, signal.SIGKILL)
        wait_until(lambda: process_of(tmp_path, "worker").pid != started.pid)
        assert process_of(tmp_path, "worker").is_alive()
    finally:
        kept.stopping.set()
        thread.join()
        process_of(tmp_path, "worker").end(5)
    assert said[0] == "worker died; starting it again in 0 s"


def test_what_keeps_dying_is_started_again_after_the_longest_pause_at_most(tmp_path: Path) -> None:
    said: list[str] = []
    dying = Part("worker", ("-c", "pass"))
    instance.write(tmp_path, an_instance().with_process("worker", startup.spawn(tmp_path, dying, os.environ)))
    kept = keeper.Keeper(tmp_path, lambda _, text: said.append(text), lambda *_: dying, longest=0.5)
    thread = threading.Thread(target=kept.keep)
    thread.start()
    try:
        wait_until(lambda: sum(text.startswith("started again") for text in said) >= 3, seconds=20)
    finally:
        kept.stopping.set()
        thread.join()


def test_the_keeper_ends_when_the_instance_was_stopped_from_elsewhere(tmp_path: Path) -> None:
    keeper.Keeper(tmp_path, lambda part, text: None).keep()


def test_stopping_leaves_alone_a_process_with_a_recycled_id(tmp_path: Path) -> None:
    running = an_instance().with_process("web", Process(os.getpid(), 1.0))
    startup.stop(tmp_path, running, lambda part, doing: None)


def test_every_part_is_stopped_and_none_twice() -> None:
    assert sorted(part for row in parts.STOPPING for part in row) == sorted(parts.ORDER)
