"""After a downtime: what came in time first, then timers once, longest overdue first; and lost errands."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text

from makegood.desk import outgoing
from makegood.gateways.outcomes import Unavailable
from makegood.store import outbox
from tests.desk.bench import Bench, NoEngine, make_bench
from tests.desk.test_refund import templates
from tests.fakes import order


def asked_for(bench: Bench) -> list[str]:
    """Cases whose next leg waits in the outbox, in the order in which it is sent."""
    with bench.desk.store.begin() as tx:
        rows = tx.session.execute(
            text("select payload ->> 'case' from outbox where sent_at is null order by due_at, id")
        )
        return [row[0] for row in rows]


def test_overdue_timers_fire_once_and_the_longest_overdue_first(store_url: str) -> None:
    bench = make_bench(store_url, order("A-1"), order("B-1"))
    numbers = []
    for ref in ("A-1", "B-1"):
        numbers.append(bench.open(order=ref))
        bench.drive(numbers[-1])
        bench.wait(hours=1)
    outgoing.drain(bench.desk)
    bench.wait(days=4)  # all of them are to be reminded by now
    bench.sweep()
    bench.sweep()
    assert asked_for(bench) == numbers
    for number in numbers:
        bench.drive(number)
    assert templates(bench).count("reminder") == 2
    bench.sweep()
    for number in numbers:
        bench.drive(number)
    assert templates(bench).count("reminder") == 2
    bench.desk.store.close()


def test_after_weeks_of_downtime_a_customer_is_not_reminded_of_what_is_over(bench: Bench) -> None:
    number = bench.open()
    bench.drive(number)
    bench.wait(days=30)
    for _ in range(6):
        bench.sweep()
        bench.drive(number)
        bench.wait(minutes=1)
    assert bench.case(number).outcome == "unanswered"
    assert templates(bench).count("reminder") <= 1


class Away(NoEngine):
    """Prefect, which does not answer until it is back."""

    def __init__(self) -> None:
        super().__init__()
        self.back = False
        self.keys: list[str] = []

    def start(self, deployment: str, case: str | None, *, key: str, name: str, tags: Any = ()) -> UUID:
        self._reach()
        self.keys.append(key)
        return uuid4()

    def suspended(self) -> Any:
        self._reach()
        return iter(())

    def _reach(self) -> None:
        if not self.back:
            raise Unavailable("Prefect", "http://127.0.0.1:9", "does not answer")


def test_what_could_not_be_sent_is_sent_when_prefect_is_back(bench: Bench) -> None:
    away = Away()
    bench.desk = replace(bench.desk, engine=away)
    number = bench.open()
    for _ in range(5):
        bench.sweep()
        assert outgoing.drain(bench.desk) == 0
        bench.wait(minutes=2)
    away.back = True
    bench.wait(minutes=5)
    assert outgoing.drain(bench.desk) == 1
    assert away.keys == [f"start-leg:{number}:1"], "once"
    with bench.desk.store.begin() as tx:
        assert outbox.unsent(tx) == 0


def test_a_stage_of_the_sweep_that_breaks_keeps_no_other_from_its_work(bench: Bench) -> None:
    class Broken(NoEngine):
        def suspended(self) -> Any:
            raise ZeroDivisionError

    bench.desk = replace(bench.desk, engine=Broken())
    number = bench.open()
    bench.drive(number)
    outgoing.drain(bench.desk)
    bench.wait(days=4)
    bench.sweep()
    assert asked_for(bench) == [number]
