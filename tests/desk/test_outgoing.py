"""The outbox is emptied row by row: who waits for Prefect waits alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from makegood.desk import outgoing
from makegood.gateways.outcomes import Unavailable
from makegood.store import outbox
from tests.desk.bench import Bench, NoEngine


class Watched(NoEngine):
    """Does something whenever a leg is to be started."""

    def __init__(self, do: Callable[[], None]) -> None:
        super().__init__()
        self._do = do

    def start(self, deployment: str, case: str | None, *, key: str, name: str, tags: Any = ()) -> UUID:
        self._do()
        return uuid4()


def three_cases(bench: Bench) -> None:
    for nr in range(3):
        bench.open(order=None, email=f"buyer-{nr}@example.com", name="A Buyer", market="DE", locale="de-DE")


def test_what_was_sent_is_noted_before_the_next_is_sent(bench: Bench) -> None:
    three_cases(bench)
    unsent: list[int] = []

    def look() -> None:
        with bench.desk.store.begin() as tx:
            unsent.append(outbox.unsent(tx))

    assert outgoing.drain(replace(bench.desk, engine=Watched(look))) == 3
    assert unsent == [3, 2, 1]


def test_an_engine_that_is_away_is_asked_once_and_not_for_every_row(bench: Bench) -> None:
    three_cases(bench)
    asked: list[bool] = []

    def away() -> None:
        asked.append(True)
        raise Unavailable("Prefect", "nowhere", "does not answer")

    assert outgoing.drain(replace(bench.desk, engine=Watched(away))) == 0
    assert len(asked) == 1
    bench.wait(minutes=10)
    assert outgoing.drain(bench.desk) == 3
