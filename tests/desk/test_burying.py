"""A case whose driver was killed goes on with the next sweep; one whose driver lives is left alone."""

from __future__ import annotations

import subprocess
import sys

import pytest

from makegood.desk import legs
from makegood.desk.alive import this_process
from makegood.store import leases
from tests.desk.bench import Bench, perform


def of_a_dead_process() -> str:
    done = subprocess.run(
        [sys.executable, "-c", "from makegood.desk.alive import this_process; print(this_process())"],
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


def held_by(bench: Bench, process: str) -> str:
    number = bench.open()
    taken = leases.take(bench.desk.store, bench.case(number).id, "a run", bench.desk.lease, process)
    assert taken is not None
    assert legs.drive(bench.desk, number, "another", perform).end == "stepped_back"
    return number


def test_a_case_whose_driver_was_killed_goes_on_with_the_next_sweep(bench: Bench) -> None:
    number = held_by(bench, of_a_dead_process())
    bench.sweep()
    assert legs.drive(bench.desk, number, "another", perform).end != "stepped_back"


@pytest.mark.parametrize(
    "process", [this_process(), "elsewhere/1:4000000:1700000000"], ids=["it lives", "it is elsewhere"]
)
def test_a_driver_that_lives_or_is_elsewhere_keeps_its_case(bench: Bench, process: str) -> None:
    number = held_by(bench, process)
    bench.sweep()
    assert legs.drive(bench.desk, number, "another", perform).end == "stepped_back"
