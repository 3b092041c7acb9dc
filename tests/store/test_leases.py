"""Leases: one driver at a time, on the database's clock, with a fence that only grows."""

from __future__ import annotations

from datetime import timedelta

from makegood.store import leases
from tests.store.rows import Maker, at_once

MINUTE = timedelta(minutes=1)
GONE = timedelta(seconds=-1)


def test_of_many_that_want_a_case_one_gets_it(make: Maker) -> None:
    case = make.case()
    wanted = [lambda n=n: leases.acquire(make.store, case.id, f"leg-{n}", MINUTE) for n in range(6)]
    fences = at_once(*wanted)
    assert sorted(fences, key=str) == [1, None, None, None, None, None]


def test_of_many_that_want_an_expired_lease_one_gets_it(make: Maker) -> None:
    case = make.case()
    assert leases.acquire(make.store, case.id, "dead", GONE) == 1
    wanted = [lambda n=n: leases.acquire(make.store, case.id, f"leg-{n}", MINUTE) for n in range(6)]
    assert [fence for fence in at_once(*wanted) if fence is not None] == [2]


def test_the_same_holder_comes_back_under_a_new_fence(make: Maker) -> None:
    case = make.case()
    first = leases.acquire(make.store, case.id, "run-7", MINUTE)
    again = leases.acquire(make.store, case.id, "run-7", MINUTE)
    assert (first, again) == (1, 2)
    assert not leases.check(make.store, case.id, 1)
    assert leases.check(make.store, case.id, 2)


def test_a_lease_that_ends_before_the_call_could_is_no_lease(make: Maker) -> None:
    case = make.case()
    fence = leases.acquire(make.store, case.id, "leg", timedelta(seconds=30))
    assert fence is not None
    assert leases.check(make.store, case.id, fence, need=timedelta(seconds=10))
    assert not leases.check(make.store, case.id, fence, need=MINUTE)
    with make.store.begin() as tx:
        assert leases.renew(tx, case.id, fence, 2 * MINUTE)
    assert leases.check(make.store, case.id, fence, need=MINUTE)


def test_an_expired_lease_does_not_hold_but_can_be_renewed_until_it_is_taken(make: Maker) -> None:
    case = make.case()
    fence = leases.acquire(make.store, case.id, "slow", GONE)
    assert fence is not None
    assert not leases.check(make.store, case.id, fence)
    with make.store.begin() as tx:
        assert leases.renew(tx, case.id, fence, GONE)
    assert leases.acquire(make.store, case.id, "next", MINUTE) == 2
    with make.store.begin() as tx:
        assert not leases.renew(tx, case.id, fence, MINUTE)


def test_a_lease_is_held_while_it_lives(make: Maker) -> None:
    case = make.case()
    with make.store.begin() as tx:
        assert not leases.held(tx, case.id)
    leases.acquire(make.store, case.id, "a", MINUTE)
    with make.store.begin() as tx:
        assert leases.held(tx, case.id)
    leases.acquire(make.store, case.id, "a", GONE)
    with make.store.begin() as tx:
        assert not leases.held(tx, case.id)


def test_of_two_sweeps_at_once_one_sweeps(make: Maker) -> None:
    with make.store.begin() as first, make.store.begin() as second:
        assert leases.only_one(first, "sweep")
        assert not leases.only_one(second, "sweep")
        assert leases.only_one(second, "sync")
    with make.store.begin() as third:
        assert leases.only_one(third, "sweep")


def test_a_released_lease_is_free_and_an_old_release_frees_nothing(make: Maker) -> None:
    case = make.case()
    assert leases.acquire(make.store, case.id, "a", MINUTE) == 1
    leases.release(make.store, case.id, 1)
    assert leases.acquire(make.store, case.id, "b", MINUTE) == 2
    leases.release(make.store, case.id, 1)
    assert leases.check(make.store, case.id, 2)
