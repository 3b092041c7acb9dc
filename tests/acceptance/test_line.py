"""The whole line on real parts: all stories and tales, books to the cent, nothing personal in Prefect."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from tests.acceptance.branches import PROCEDURES, UNREACHABLE, Tally, shown, tally
from tests.acceptance.choosing import cast
from tests.acceptance.comparison import differences, table, told_by
from tests.acceptance.fairness import given_twice, missing_stock
from tests.acceptance.part import Part
from tests.acceptance.play import Play
from tests.acceptance.real import INTAKE_SECRET, WEBHOOK_SECRET, RealLine
from tests.acceptance.retail import RETAIL, is_here, orders_in
from tests.acceptance.scenarios import STORIES
from tests.acceptance.secrecy import (
    Search,
    found_in_database,
    found_in_files,
    personal_values,
    rows_in,
    search,
)
from tests.acceptance.speech import matter_of, message_of
from tests.acceptance.story import Json
from tests.acceptance.story_part import cast_of
from tests.acceptance.tale_part import put_on
from tests.acceptance.tales import some
from tests.acceptance.trouble import trouble
from tests.acceptance.watching import plain
from tests.instance import Instance, running

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(4800)]

HANGS = 4  # answers that never come; each costs its case ten seconds
PART = os.environ.get("ACCEPTANCE", "all")
"""`all`, or `2/3`: the second third of stories and tales, for a machine that has less time."""


@dataclass
class Performance:
    """What is left to look at when all cases are closed. `seller` is the sandbox's books."""

    instance: Instance
    play: Play
    seller: Json
    counts: Tally
    faulty: int  # how many stories and tales had faults


@pytest.fixture(scope="module")
def performance(request: pytest.FixtureRequest) -> Iterator[Performance]:
    say = _teller(request)
    say("starting everything")
    settings = {
        "MAKEGOOD_INTAKE_SECRET": INTAKE_SECRET,
        "MAKEGOOD_WEBHOOK_SECRET": WEBHOOK_SECRET,
        "MAKEGOOD_STEPS_AS_TASK_RUNS": os.environ.get("ACCEPTANCE_STEPS", "false"),
    }
    settings |= {"MAKEGOOD_DATA": str(RETAIL)} if is_here() else {}
    with running(**settings) as instance:
        say(f"its home is {instance.home}")
        line = RealLine(instance, say)
        try:
            parts = _parts(line)
            line.tell_twice()
            faulty = trouble(line, parts, HANGS)
            say(f"{len(parts)} stories and tales, {faulty} of them with faults")
            play = Play(line, parts, say)
            play.run()
            line.control("DELETE", "/faults")
            seller = line.control("GET", "/books")
            say("\n" + table([part.account for part in parts], seller, play.cases(), play.outcomes()))
            counts = tally(line.journals())
            say("\n" + shown(counts))
            yield Performance(instance, play, seller, counts, faulty)
        finally:
            line.close()


def _parts(line: RealLine) -> list[Part]:
    """Stories need the orders of a real shop; tales bring their own."""
    now = line.now()
    plots = cast(STORIES, orders_in(line.shop), now) if is_here() else []
    mine = [plot for plot in plots if _is_played(plot.nr - plot.claims_before)]  # with the claims before it
    return [*cast_of(mine, now), *put_on(line, some(lambda nr, _: _is_played(nr)))]


def _is_played(nr: int) -> bool:
    nth, _, of = PART.partition("/")
    return PART == "all" or nr % int(of) == int(nth) - 1


needs_all = pytest.mark.skipif(PART != "all" or not is_here(), reason="a part of the cases is played")


def _teller(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Progress goes past pytest's capture: whoever waits for minutes wants to see something move."""
    capture, began = request.config.pluginmanager.getplugin("capturemanager"), time.monotonic()

    def say(text: str) -> None:
        with capture.global_and_fixture_disabled():
            sys.stdout.write(f"\n{time.monotonic() - began:5.0f} s  {text}")
            sys.stdout.flush()

    return say


def test_every_case_closes_as_its_story_ends(performance: Performance) -> None:
    assert performance.play.wrong_outcomes() == []


@needs_all
def test_two_hundred_cases_are_played_and_a_quarter_of_them_with_faults(performance: Performance) -> None:
    parts = performance.play.parts
    assert len(performance.play.cases()) >= 200
    assert performance.faulty * 4 >= len(parts)


def test_the_books_agree_with_the_expectation_to_the_cent(performance: Performance) -> None:
    accounts = [part.account for part in performance.play.parts]
    wrong = differences(accounts, performance.seller, performance.play.cases())
    assert not wrong, "\n".join(told_by(each, accounts) for each in wrong)


def test_nobody_is_given_the_same_twice(performance: Performance) -> None:
    seller, line = performance.seller, performance.play.line
    scans = {
        tracking: [event["status"] for event in line.control("GET", f"/parcels/{tracking}")["events"]]
        for tracking in (str(shipment["tracking"]) for shipment in seller["shipments"])
    }
    assert list(given_twice(seller, scans)) == []
    assert list(missing_stock(seller)) == []


@needs_all
@pytest.mark.parametrize("procedure", PROCEDURES)
def test_every_way_is_gone_and_every_outcome_reached_twice(performance: Performance, procedure: str) -> None:
    excused = set(UNREACHABLE.get(procedure, {}))
    assert performance.counts.missing(procedure) == excused
    assert performance.counts.rare(procedure) == {}


def test_a_replay_of_every_message_creates_nothing(performance: Performance) -> None:
    play = performance.play
    before = play.outcomes()
    for part in play.parts:
        number = part.cases["first"]
        assert play.line.write(*part.first, typed=False) == (number, False)
    assert play.outcomes() == before


def test_no_webhook_of_the_seller_was_refused(performance: Performance) -> None:
    refused = [each for each in performance.seller["webhooks"] if each["refused_status"]]
    assert refused == []


def test_nothing_personal_is_in_prefect(performance: Performance) -> None:
    known = json.loads((performance.instance.home / "instance.json").read_text())
    url = plain(known["databases"]["prefect"])
    assert rows_in(url)["public.flow_run"] > len(performance.play.cases())
    numbers = search(performance.play.cases())
    found = {number.upper() for _, number in found_in_database(url, numbers)}
    assert found == set(performance.play.cases()), "the search finds what is there"
    assert set(found_in_database(url, _secrets(performance))) == set()


def test_nothing_personal_is_in_the_logs(performance: Performance) -> None:
    home = performance.instance.home
    for folder in ("logs", "prefect"):
        assert set(found_in_files(home / folder, _secrets(performance))) == set()
    assert (home / "logs" / "worker.log").stat().st_size > 0


def _secrets(performance: Performance) -> Search:
    parts = performance.play.parts
    values = {value for part in parts for value in personal_values(dict(part.order))}
    for part in parts:
        values |= {message_of(part.order, part.nr), matter_of(part.order, part.nr)}
    return search(values)


def test_everything_ended_without_a_failed_run(performance: Performance) -> None:
    body = {"flow_runs": {"state": {"type": {"any_": ["FAILED", "CRASHED"]}}}}
    assert performance.instance.prefect("/flow_runs/filter", body) == []
