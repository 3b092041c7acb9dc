"""Poison: cases that break or kill what drives them end with an engineer, and keep nobody else waiting."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text

from flows.real_desk import RealDesk
from makegood.core.decisions import Do
from makegood.core.errors import Surprise
from makegood.desk import legs, outgoing, views, working
from makegood.desk.alive import has_died, this_process
from makegood.store import outbox, tasks, troubles
from makegood.store.models import Trouble
from makegood.store.words import OutboxVerb, Role
from tests.desk.bench import Bench, make_bench, perform
from tests.desk.doomed import CALL, LEASE
from tests.desk.test_goods import withdraw
from tests.fakes import order

DOOMED = (sys.executable, "-m", "tests.desk.doomed")


@pytest.fixture
def pair(store_url: str) -> Iterator[Bench]:
    """Two orders, and leases that run out while one waits for it."""
    made = make_bench(store_url, order(), order("B-1"), lease=LEASE, call_time=CALL)
    yield made
    made.desk.store.close()


def engineers(bench: Bench) -> list[str]:
    with bench.desk.store.begin() as tx:
        return [task.why for task, _ in tasks.waiting(tx, roles=[Role.ENGINEER])]


def trouble_of(bench: Bench, number: str) -> Trouble | None:
    with bench.desk.store.begin() as tx:
        return troubles.of_case(tx, bench.case(number).id)


def story(bench: Bench, number: str) -> str:
    return "\n".join(line.sentence for line in views.case_view(bench.desk, number).journal)


def die_over(bench: Bench, number: str, how: str) -> None:
    """A process that holds the case's lease ends for good; then the lease runs out."""
    done = subprocess.run([*DOOMED, "--as", how, bench.desk.store.url, number, str(uuid4())], check=False)
    assert done.returncode < 0, "it should have been killed by a signal"
    time.sleep(LEASE.total_seconds() + 0.1)


def real_desk(bench: Bench, *how: str) -> RealDesk:
    """As the worker has it, with a process of its own for what is set apart."""
    return RealDesk(bench.desk, apart=(*DOOMED, *how, bench.desk.store.url, "--apart"))


# ---- actions that raise ------------------------------------------------------------------------------


def test_an_action_that_always_raises_ends_with_an_engineer_who_can_read_why(bench: Bench) -> None:
    number = bench.open()

    def defective(order: str) -> None:
        raise ZeroDivisionError("a rate of nothing")

    bench.world.shop.load = defective  # type: ignore[method-assign,assignment]  # a defect of ours
    for _ in range(5):
        with pytest.raises(ZeroDivisionError):
            legs.drive(bench.desk, number, str(uuid4()), perform)
        bench.wait(hours=6)
    assert engineers(bench) == ["leg-broke"], "one task, however often it breaks"
    assert "ZeroDivisionError" in story(bench, number)
    assert "said = a rate of nothing" in story(bench, number)
    assert "test_trouble.py:" in story(bench, number), "where it happened"


def test_an_effect_that_always_raises_is_counted_although_its_leg_journals_before_it_breaks(
    bench: Bench,
) -> None:
    number = bench.open()

    def defective(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    bench.world.mailbox.send = defective  # type: ignore[method-assign,assignment]
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            legs.drive(bench.desk, number, str(uuid4()), perform)
        bench.wait(hours=1)
    assert engineers(bench) == ["leg-broke"]


def test_a_leg_that_ends_well_makes_a_fresh_start(bench: Bench) -> None:
    number = bench.open()
    real = bench.world.shop.load

    def once(order: str) -> None:
        bench.world.shop.load = real  # type: ignore[method-assign]
        raise ZeroDivisionError

    bench.world.shop.load = once  # type: ignore[method-assign,assignment]
    with pytest.raises(ZeroDivisionError):
        legs.drive(bench.desk, number, str(uuid4()), perform)
    assert trouble_of(bench, number) is not None
    bench.wait(minutes=2)
    bench.drive(number)
    assert trouble_of(bench, number) is None
    assert engineers(bench) == []


def test_a_case_that_cannot_even_be_taken_up_is_seen_and_looked_at_later_each_time(bench: Bench) -> None:
    """Its version is not among the plans: the break comes before anything is driven."""
    number = bench.open()
    whole = bench.desk.plans

    class Lost:
        def of(self, tx: object, version: str) -> None:
            raise KeyError(version)

    bench.desk = replace(bench.desk, plans=Lost())  # type: ignore[arg-type]
    waits = []
    for _ in range(3):
        with pytest.raises(KeyError):
            legs.drive(bench.desk, number, str(uuid4()), perform)
        wake_at = bench.case(number).wake_at
        assert wake_at is not None
        waits.append(wake_at - bench.desk.now())
    assert waits == [timedelta(minutes=1), timedelta(minutes=4), timedelta(minutes=16)]
    assert engineers(bench) == ["leg-broke"]
    bench.desk = replace(bench.desk, plans=whole)
    assert "leg-broke" in story(bench, number)
    assert bench.drive(number).end == "parked", "its lease was given up"


def test_a_case_whose_journal_cannot_be_read_is_an_engineers_too(bench: Bench) -> None:
    number = bench.open()
    with bench.desk.store.begin() as tx:
        tx.session.execute(text("update customers set key_wrapped = 'damaged'"))
    for _ in range(2):
        with pytest.raises(Exception):  # noqa: B017  # whichever
            legs.drive(bench.desk, number, str(uuid4()), perform)
        bench.wait(hours=1)
    (why,) = engineers(bench)
    assert why.startswith("leg-broke "), "nothing can be journalled, so the task says on what"


def test_a_row_of_the_outbox_that_nobody_planned_for_keeps_no_other_waiting(bench: Bench) -> None:
    now = bench.desk.now()
    with bench.desk.store.begin() as tx:
        outbox.put(tx, OutboxVerb.CANCEL_RUN, {"run": "no identity"}, now - timedelta(days=1))
    bench.open()
    assert outgoing.drain(bench.desk) == 1
    with bench.desk.store.begin() as tx:
        assert outbox.unsent(tx) == 1
        (left,) = tx.session.execute(text("select error, attempts from outbox where sent_at is null")).all()
    assert tuple(left) == ("ValueError", 1)


# ---- cases that kill ---------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["segfault", "out-of-memory"])
def test_a_case_that_kills_its_workers_is_set_apart_and_then_given_to_a_person(pair: Bench, how: str) -> None:
    poison, healthy = pair.open(), pair.open(order="B-1")
    for _ in range(2):
        die_over(pair, poison, how)
        pair.sweep()
    assert pair.drive(healthy).end == "parked", "the others go on"
    holder = str(uuid4())
    assert legs.drive(pair.desk, poison, holder, perform).end == "apart", "not in this process again"
    assert engineers(pair) == []
    ended = real_desk(pair, "--as", how).drive(poison, holder, _shown)
    assert (ended.end, ended.waits) == ("parked", "engineer")
    assert engineers(pair) == ["kills-its-worker"]
    assert "kills-its-worker" in story(pair, poison)
    assert pair.case(poison).waits_on == "engineer"
    pair.sweep()
    assert real_desk(pair).drive(poison, str(uuid4()), _shown).waits == "engineer", "nobody drives it"


def test_once_the_engineer_has_mended_it_the_case_is_tried_apart_and_goes_on(pair: Bench) -> None:
    pair.hire("eve", Role.ENGINEER)
    number = pair.open()
    with pair.desk.store.begin() as tx:
        troubles.died(tx, pair.case(number).id, pair.desk.now())
        troubles.died(tx, pair.case(number).id, pair.desk.now())
    holder = str(uuid4())
    assert real_desk(pair, "--as", "killed").drive(number, holder, _shown).waits == "engineer"
    with pair.desk.store.begin() as tx:
        ((task, _),) = tasks.waiting(tx, roles=[Role.ENGINEER])
    working.done(pair.desk, task.id, "eve", {})
    wake_at = pair.case(number).wake_at
    assert wake_at is not None
    assert wake_at <= pair.desk.now(), "it is woken at once"
    again = str(uuid4())
    assert legs.drive(pair.desk, number, again, perform).end == "apart"
    assert real_desk(pair).drive(number, again, _shown).end == "parked"
    assert trouble_of(pair, number) is None
    assert pair.state(number).step == "evidence"


def test_two_deaths_with_a_good_leg_between_them_are_chance(pair: Bench) -> None:
    number = pair.open()
    die_over(pair, number, "killed")
    assert pair.drive(number).end == "parked"
    assert trouble_of(pair, number) is None


def test_a_lease_that_ran_out_under_a_living_process_is_no_death(pair: Bench) -> None:
    """A paused worker, or one whose database was away."""
    from makegood.store import leases

    number = pair.open()
    case = pair.case(number)
    assert leases.take(pair.desk.store, case.id, "paused", timedelta(0), this_process())
    assert pair.drive(number).end == "parked"
    assert trouble_of(pair, number) is None


def test_processes_are_told_apart_by_their_birth() -> None:
    host, pid, born = this_process().rsplit(":", 2)
    assert not has_died(this_process())
    assert has_died(f"{host}:{pid}:{float(born) - 3600:.0f}"), "a recycled id"
    assert has_died(f"another-machine:{pid}:{born}"), "its lease ran out, and nobody here can see it"


def _shown(do: Do, call: object) -> None:
    call()  # type: ignore[operator]


# ---- steps that cannot be decided --------------------------------------------------------------------

HALVES = """
procedure: halves
title: Halves
owner: tests
serves: { reasons: all, markets: all }
start: order
interrupts:
  customer.withdrew:
    - { otherwise: withdrawn }
steps:
  order:     { run: order.load, as: order, on_error: { else: broken }, then: cut }
  cut:
    run: remedy.deduct
    with: { amount_minor: order.claim_minor / ledger.paid_minor, percent: 10% }
    as: cut
    then: broken
  withdrawn: { close: withdrawn }
  broken:    { close: broken }
"""


def test_what_leads_a_case_away_from_a_step_that_nobody_can_decide_is_heard_before_the_step(
    store_url: str, tmp_path: Path
) -> None:
    folder = tmp_path / "procedures"
    folder.mkdir()
    (folder / "halves.yaml").write_text(HALVES)
    bench = make_bench(store_url, order(), sops=tmp_path)
    number = bench.open(procedure="halves")
    with pytest.raises(Surprise):
        legs.drive(bench.desk, number, str(uuid4()), perform)
    withdraw(bench, number)
    assert bench.case(number).outcome == "withdrawn"
    bench.desk.store.close()
