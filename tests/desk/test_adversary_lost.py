"""Cases under attack: killed workers, poison and races must leave somebody who wakes them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from makegood.desk import legs, outgoing
from makegood.gateways.prefect_runs import Run
from makegood.store import approvals, outbox, tasks
from makegood.store.words import Role
from tests.desk.bench import Bench, NoEngine, make_bench, perform
from tests.desk.test_refund import dear_order


class Engine(NoEngine):
    """Prefect's runs, by the key that they were started under; the test says in what state they are."""

    def __init__(self) -> None:
        super().__init__()
        self.keys: dict[str, UUID] = {}
        self.known: dict[UUID, Run] = {}

    def start(self, deployment: str, case: str | None, *, key: str, name: str, tags: Any = ()) -> UUID:
        run = self.keys.setdefault(key, uuid4())
        self.known.setdefault(run, self._run(run, "SCHEDULED", timedelta()))
        return run

    def runs(self, ids: Any) -> dict[UUID, Run]:
        return {run: self.known[run] for run in ids if run in self.known}

    def put(self, run: UUID, type_: Any, since: timedelta = timedelta(minutes=5)) -> None:
        self.known[run] = self._run(run, type_, since)

    def _run(self, run: UUID, type_: Any, since: timedelta) -> Run:
        return Run(run, "a run", type_, type_.title(), datetime.now(UTC) - since, None, (), None)


def with_engine(bench: Bench) -> Engine:
    engine = Engine()
    bench.desk = replace(bench.desk, engine=engine, forms=engine)
    return engine


@pytest.mark.parametrize("died_as", ["PENDING", "RUNNING"])
def test_a_run_whose_worker_died_before_it_took_its_case_is_started_anew(bench: Bench, died_as: str) -> None:
    engine = with_engine(bench)
    bench.open()
    outgoing.drain(bench.desk)
    (first,) = engine.known
    for _ in range(3):
        bench.wait(minutes=3)
        bench.sweep()
        outgoing.drain(bench.desk)
    assert set(engine.known) == {first}, "it waits for a worker, and needs no company"
    engine.put(first, died_as)
    for _ in range(4):
        bench.wait(minutes=3)
        bench.sweep()
        outgoing.drain(bench.desk)
    assert len(engine.known) == 2, "one more, and only one while that one waits"


def suspended_leg(bench: Bench, number: str) -> tuple[legs.Leg, UUID]:
    run = uuid4()
    return legs.drive(bench.desk, number, str(run), perform, run_id=str(run)), run


def test_a_leg_killed_between_our_books_and_prefects_suspension_is_replaced(store_url: str) -> None:
    """The case says suspended, the run says Running and always will: no supervisor sees the question."""
    bench = make_bench(store_url, dear_order())
    engine = with_engine(bench)
    number = bench.open(reason="changed_mind")
    leg, dead = suspended_leg(bench, number)
    assert leg.end == "suspended"
    engine.put(dead, "RUNNING", timedelta(seconds=5))
    with bench.desk.store.begin() as tx:
        outgoing_before = outbox.unsent(tx)
    bench.sweep()
    with bench.desk.store.begin() as tx:
        assert outbox.unsent(tx) == outgoing_before, "it may be on its way to Prefect"
    engine.put(dead, "RUNNING", timedelta(minutes=5))
    bench.sweep()
    leg, alive = suspended_leg(bench, number)
    assert leg.end == "suspended", "another run shows the question"
    with bench.desk.store.begin() as tx:
        ((approval, _),) = approvals.waiting(tx)
    assert approval.run_id == alive
    outgoing.drain(bench.desk)
    assert dead in engine.cancelled, "the dead one does not stand in the list"
    bench.desk.store.close()


def test_a_leg_that_breaks_again_and_again_is_given_to_an_engineer(bench: Bench) -> None:
    number = bench.open()

    def broken(order: str) -> Any:
        raise ZeroDivisionError(order)

    real = bench.world.shop.load
    bench.world.shop.load = broken  # type: ignore[method-assign]
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            legs.drive(bench.desk, number, str(uuid4()), perform)
        bench.wait(minutes=30)
    with bench.desk.store.begin() as tx:
        waiting = [task.why for task, _ in tasks.waiting(tx, roles=[Role.ENGINEER])]
    assert waiting == ["leg-broke"]
    bench.world.shop.load = real  # type: ignore[method-assign]
    bench.drive(number)
    assert bench.state(number).step == "evidence"


def test_a_broken_leg_waits_longer_each_time(bench: Bench) -> None:
    number = bench.open()

    def broken(order: str) -> Any:
        raise ZeroDivisionError(order)

    bench.world.shop.load = broken  # type: ignore[method-assign]
    waits = []
    for _ in range(4):
        with pytest.raises(ZeroDivisionError):
            legs.drive(bench.desk, number, str(uuid4()), perform)
        wake_at = bench.case(number).wake_at
        assert wake_at is not None
        waits.append(wake_at - bench.desk.now())
    assert waits == sorted(waits)
    assert waits[0] <= timedelta(minutes=1) < waits[-1]
