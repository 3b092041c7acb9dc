"""The whole line on real parts: sixty cases to their end, books to the cent, nothing personal in Prefect."""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from tests.acceptance.choosing import cast
from tests.acceptance.comparison import differences, table
from tests.acceptance.expectation import expect
from tests.acceptance.part import Part
from tests.acceptance.play import Play
from tests.acceptance.real import INTAKE_SECRET, WEBHOOK_SECRET, RealLine
from tests.acceptance.retail import RETAIL, needs_retail, orders_in
from tests.acceptance.scenarios import STORIES
from tests.acceptance.secrecy import (
    found_in_database,
    found_in_files,
    personal_values,
    rows_in,
    search,
)
from tests.acceptance.speech import matter_of, message_of
from tests.acceptance.story import Json
from tests.acceptance.watching import plain
from tests.instance import Instance, running

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(900), needs_retail]


@dataclass
class Performance:
    """What is left to look at when all cases are closed. `seller` is the sandbox's books."""

    instance: Instance
    play: Play
    seller: Json


@pytest.fixture(scope="module")
def performance(request: pytest.FixtureRequest) -> Iterator[Performance]:
    say = _teller(request)
    say("starting everything")
    settings = {
        "MAKEGOOD_DATA": str(RETAIL),
        "MAKEGOOD_INTAKE_SECRET": INTAKE_SECRET,
        "MAKEGOOD_WEBHOOK_SECRET": WEBHOOK_SECRET,
    }
    with running(**settings) as instance:
        say(f"its home is {instance.home}; enrolling the team")
        line = RealLine(instance, say)
        try:
            now = line.now()
            parts = [Part(plot, expect(plot, now)) for plot in cast(STORIES, orders_in(line.shop), now)]
            line.tell_twice()
            play = Play(line, parts, say)
            play.run()
            seller = line.shop.get("/books").raise_for_status().json()
            expectations = [part.expected for part in parts]
            say("\n" + table(expectations, seller, play.cases(), play.outcomes()))
            yield Performance(instance, play, seller)
        finally:
            line.close()


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
    assert len(performance.play.cases()) >= 60


def test_the_books_agree_with_the_expectation_to_the_cent(performance: Performance) -> None:
    expectations = [part.expected for part in performance.play.parts]
    wrong = differences(expectations, performance.seller, performance.play.cases())
    assert not wrong, "\n".join(map(str, wrong))


def test_a_replay_of_every_message_creates_nothing(performance: Performance) -> None:
    play = performance.play
    before = play.outcomes()
    for part in play.parts:
        told = play.line.write(part.plot, *part.first, typed=False)
        assert told == (part.number, False)
    assert play.outcomes() == before


def test_no_webhook_of_the_seller_was_refused(performance: Performance) -> None:
    refused = [each for each in performance.seller["webhooks"] if each["refused_status"]]
    assert refused == []


def test_nothing_personal_is_in_prefect(performance: Performance) -> None:
    known = json.loads((performance.instance.home / "instance.json").read_text())
    url = plain(known["databases"]["prefect"])
    assert rows_in(url)["public.flow_run"] > 60
    numbers = search(performance.play.cases())
    found = {number.upper() for _, number in found_in_database(url, numbers)}
    assert found == set(performance.play.cases()), "the search finds what is there"
    assert set(found_in_database(url, _secrets(performance))) == set()


def test_nothing_personal_is_in_the_logs(performance: Performance) -> None:
    home = performance.instance.home
    for folder in ("logs", "prefect"):
        assert set(found_in_files(home / folder, _secrets(performance))) == set()
    assert (home / "logs" / "worker.log").stat().st_size > 0


def _secrets(performance: Performance) -> re.Pattern[str]:
    plots = [part.plot for part in performance.play.parts]
    values = {value for plot in plots for value in personal_values(plot.order)}
    return search(values | {said for plot in plots for said in (message_of(plot), matter_of(plot))})


def test_everything_ended_without_a_failed_run(performance: Performance) -> None:
    body = {"flow_runs": {"state": {"type": {"any_": ["FAILED", "CRASHED"]}}}}
    assert performance.instance.prefect("/flow_runs/filter", body) == []
