"""Several processes share a bulk run: they write what one writes, and none that dies takes a case along."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from signal import SIG_DFL, SIGINT, SIGTERM
from signal import signal as signals

import psutil
import pytest
from sqlalchemy import text

from bench.refund8 import desk as refund8
from bench.refund8.seller import Books
from makegood.desk import bulk
from makegood.desk.desk import Desk
from makegood.store import cases, effects, journal
from makegood.store.transaction import Tx
from makegood.store.words import CaseStatus
from tests.desk.bulk.conftest import ROOT, command

LEASE = 3.0
MANY = 60
_VOLATILE = {"message", "facts", "look_up_at", "retry_at", "due"}


@pytest.fixture(autouse=True)
def _in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def accept(desk: Desk, books: Books, mark: str, many: int = MANY) -> list[str]:
    refs = [f"{mark}-{n}" for n in range(many)]
    books.add(refs)
    return refund8.accept(desk, refs)


def story(tx: Tx, number: str) -> str:
    """A journal without what differs from case to case."""
    case = cases.by_number(tx, number)
    assert case is not None
    assert case.outcome == "refunded"
    assert journal.verify(tx, case.id) is None
    events = [entry.event for entry in journal.read(tx, case.id)]
    told = [(event.kind, event.model_dump(mode="json", exclude=_VOLATILE)) for event in events]
    return str(told).replace(number, "MG")


def all_refunded_once(desk: Desk, books: Books, numbers: list[str]) -> None:
    many = len(numbers)
    refunds = books.run("select count(*), count(distinct case_id), max(attempts) from refunds").fetchone()
    assert refunds == (many, many, 1)
    assert books.run("select count(*), count(distinct key) from notes").fetchone() == (many, many)
    with desk.store.begin() as tx:
        assert cases.count_by_status(tx)[CaseStatus.CLOSED] == many
        for number in numbers:
            case = cases.by_number(tx, number)
            assert case is not None
            assert journal.verify(tx, case.id) is None
            assert {row.status for row in effects.of_case(tx, case.id)} == {"done"}


def start(desk: Desk, books: Books) -> subprocess.Popen[bytes]:
    """A run of two processes, at work."""
    process = subprocess.Popen(
        command(desk, books, LEASE, "--processes", "2", size=5),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        preexec_fn=lambda: signals(SIGINT, SIG_DFL),  # a shell's background jobs are deaf to it
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    process.stdin.write(b"go\n")
    process.stdin.flush()
    return process


def until_refunds(books: Books, count: int) -> None:
    deadline = time.monotonic() + 60
    while books.run("select count(*) from refunds").fetchone()[0] < count:
        assert time.monotonic() < deadline


def test_two_processes_share_the_work_and_write_what_one_writes(desk: Desk, books: Books) -> None:
    alone = accept(desk, books, "one", 5)
    assert bulk.share(desk, "one", [], processes=2, size=5).counts == {"closed": 5}, "one batch, one process"
    holders, told = set[str](), list[int]()

    def tell(counts: Mapping[str, int]) -> None:
        told.append(counts.get("closed", 0))
        with desk.store.begin() as tx:
            holders.update(tx.session.scalars(text("select split_part(holder, '/', 2) from leases")))

    with bulk.started(command(desk, books, LEASE, "--share", size=5), 2) as shares:
        assert shares.drain("idle") == bulk.Drained({}), "both are up"
        together = accept(desk, books, "two")
        assert shares.drain("two", tell) == bulk.Drained({"closed": MANY})
    assert holders == {"0", "1"}
    assert told == sorted(told), "progress only grows"
    with desk.store.begin() as tx:
        assert len({story(tx, number) for number in alone + together}) == 1
    all_refunded_once(desk, books, alone + together)


def test_a_process_that_is_killed_loses_nothing_and_the_run_says_so(desk: Desk, books: Books) -> None:
    numbers = accept(desk, books, "a")
    run = start(desk, books)
    victim = psutil.Process(run.pid).children()[0]
    until_refunds(books, 8)
    victim.kill()
    said, _ = run.communicate(timeout=60)
    assert json.loads(said)["died"] == 1
    time.sleep(LEASE)
    assert set(bulk.drain(desk, "again").counts) <= {"closed"}, "the other process may have driven them"
    all_refunded_once(desk, books, numbers)


@pytest.mark.parametrize("signal", [SIGTERM, SIGINT])
def test_a_run_that_is_broken_off_takes_its_processes_along(desk: Desk, books: Books, signal: int) -> None:
    numbers = accept(desk, books, "a")
    run = start(desk, books)
    children = psutil.Process(run.pid).children()
    assert len(children) == 2
    until_refunds(books, 1)
    os.kill(run.pid, signal)
    run.wait(30)
    assert not psutil.wait_procs(children, timeout=30)[1]
    with desk.store.begin() as tx:
        assert tx.session.scalar(text("select count(*) from leases")) == 0, "batches in hand are finished"
        assert cases.count_by_status(tx)[CaseStatus.CLOSED] < MANY, "broken off too late to show anything"
    assert set(bulk.drain(desk, "again").counts) == {"closed"}
    all_refunded_once(desk, books, numbers)


def test_where_every_process_dies_the_run_fails(desk: Desk, books: Books) -> None:
    accept(desk, books, "a", 12)
    with pytest.raises(bulk.AllDied):
        bulk.share(desk, "doomed", ["false"], processes=2, size=5)


TALKATIVE = """
import sys
print("a library says that it is there", flush=True)
sys.stdin.readline()
print('{"counts": {"closed": 1}, "ended": true}', flush=True)
sys.stdin.read()
"""


def test_a_line_that_is_none_of_ours_keeps_nobody_waiting() -> None:
    with bulk.started([sys.executable, "-c", TALKATIVE], 2) as shares:
        assert shares.drain("run") == bulk.Drained({"closed": 2})
