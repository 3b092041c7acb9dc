"""A bulk run that is killed, and killed again: nothing is lost, nothing happens twice."""

from __future__ import annotations

import subprocess
import time

import pytest

from bench.refund8 import desk as refund8
from bench.refund8.seller import Books
from makegood.desk import legs
from makegood.desk.desk import Desk
from makegood.store import cases, effects, journal
from makegood.store.words import CaseStatus
from tests.desk.bench import perform
from tests.desk.bulk.conftest import ROOT, command

MANY = 24
LEASE = 2.0


def start(desk: Desk, books: Books) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        command(desk, books, LEASE, size=8),
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    process.stdin.write(b"go\n")
    process.stdin.close()
    return process


def kill_when(process: subprocess.Popen[bytes], books: Books, table: str, count: int) -> None:
    deadline = time.monotonic() + 60
    while books.run(f"select count(*) from {table}").fetchone()[0] < count and process.poll() is None:
        assert time.monotonic() < deadline
    process.kill()
    process.wait()


def closed(desk: Desk) -> int:
    with desk.store.begin() as tx:
        return cases.count_by_status(tx)[CaseStatus.CLOSED]


@pytest.mark.parametrize("second", [("notes", 10), ("refunds", 14)])
def test_killed_twice_and_run_again_every_case_is_refunded_once(
    desk: Desk, books: Books, second: tuple[str, int]
) -> None:
    refs = [f"a-{n}" for n in range(MANY)]
    books.add(refs)
    numbers = refund8.accept(desk, refs)
    for table, count in (("refunds", 3), second):
        kill_when(start(desk, books), books, table, count)
        time.sleep(LEASE)
    assert closed(desk) < MANY, "killed too late to show anything"
    assert start(desk, books).wait(120) == 0
    for number in numbers:  # what two bulk runs have died with is a leg's
        assert legs.drive(desk, number, f"leg-{number}", perform).end == "closed"
    refunds = books.run("select count(*), count(distinct case_id), max(attempts) from refunds").fetchone()
    assert refunds == (MANY, MANY, 1)
    assert books.run("select count(*), count(distinct key) from notes").fetchone() == (MANY, MANY)
    with desk.store.begin() as tx:
        for number in numbers:
            case = cases.by_number(tx, number)
            assert case is not None
            assert case.outcome == "refunded"
            assert journal.verify(tx, case.id) is None
            assert {row.status for row in effects.of_case(tx, case.id)} == {"done"}
