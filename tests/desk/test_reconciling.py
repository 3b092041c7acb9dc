"""After a downtime: what came in time first, then timers once, longest overdue first; and lost errands."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text

from makegood.desk import legs, outgoing, views
from makegood.gateways.outcomes import Unavailable
from makegood.store import approvals, outbox, runs
from tests.desk.bench import Bench, NoEngine, make_bench, perform
from tests.desk.test_adversary_lost import with_engine
from tests.desk.test_refund import dear_order, templates
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


def test_a_run_that_died_once_its_case_was_put_down_is_noted_once(bench: Bench) -> None:
    engine, run = with_engine(bench), uuid4()
    number = bench.open()
    legs.drive(bench.desk, number, str(run), perform, run_id=str(run))
    with bench.desk.store.begin() as tx:  # killed after the last commit but one
        tx.session.execute(text("update run_links set state = 'Running'"))
    engine.put(run, "RUNNING")
    bench.wait(minutes=3)
    bench.sweep()
    bench.sweep()
    told = [line.sentence for line in views.case_view(bench.desk, number).journal]
    assert sum(sentence.startswith("Noted: leg-lost.") for sentence in told) == 1
    with bench.desk.store.begin() as tx:
        link = runs.by_run(tx, run)
    assert link is not None
    assert link.state == "Crashed"


def test_where_questions_are_very_many_each_is_in_just_one_share(store_url: str) -> None:
    bench = make_bench(store_url, *(dear_order(), dear_order().model_copy(update={"ref": "B-1"})))
    for ref in ("A-1", "B-1"):
        assert bench.drive(bench.open(order=ref, reason="changed_mind")).end == "suspended"
    with bench.desk.store.begin() as tx:
        assert approvals.count_open(tx) == 2
        shares = [[a.id for a, _ in approvals.share(tx, number, 3)] for number in range(3)]
    assert sorted(id_ for share in shares for id_ in share) == [1, 2]
    bench.desk.store.close()
