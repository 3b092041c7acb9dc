"""Cases: numbered without gaps or twins, and never lost between running and parked."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest

from makegood.core.errors import MoveRefused
from makegood.store import Store, cases, inbox, leases, outbox, runs
from makegood.store.cases import Filter
from makegood.store.errors import AlreadyOpen, Missing, StaleFence
from makegood.store.models import Case
from makegood.store.words import CaseStatus, OutboxVerb
from tests.store.rows import LATER, NOW, Maker, at_once

MINUTE = timedelta(minutes=1)
RUN = UUID(int=1)


def arrive(store: Store, case: Case, external_id: str = "w-1") -> bool:
    with store.begin() as tx:
        return inbox.put(
            tx,
            case.id,
            source="carrier",
            external_id=external_id,
            name="parcel.received",
            match="PX1",
            payload={"tracking": "PX1"},
            received_at=NOW,
            now=NOW,
        )


def hold(store: Store, case: Case) -> int:
    fence = leases.acquire(store, case.id, "leg-1", MINUTE)
    assert fence is not None
    return fence


def fresh(store: Store, case: Case) -> Case:
    with store.begin() as tx:
        return cases.get(tx, case.id)


def test_a_new_case_is_due_at_once_and_asks_for_its_first_leg(make: Maker) -> None:
    case = make.case()
    assert case.number == "MG-2026-000001"
    with make.store.begin() as tx:
        assert [found.number for found in cases.due(tx, NOW)] == [case.number]
        (asked,) = outbox.take(tx, NOW)
        assert (asked.verb, asked.payload) == (OutboxVerb.START_LEG, {"case": case.number, "leg": 1})
        assert cases.by_number(tx, "mg-2026-000001") is not None
        assert cases.by_number(tx, "MG-2026-000099") is None


def test_numbers_start_anew_each_year(make: Maker) -> None:
    make.case()
    with make.store.begin() as tx:
        opened = cases.open(tx, make.new_case(), NOW + timedelta(days=60))
    assert opened.case.number == "MG-2027-000001"


def test_numbers_given_out_at_once_are_all_different_and_without_gaps(make: Maker) -> None:
    customers = [make.customer() for _ in range(24)]
    numbers: list[str] = []

    def open_six(mine: int) -> None:
        for customer in customers[mine : mine + 6]:
            numbers.append(make.case(customer).number)

    at_once(*[lambda mine=mine: open_six(mine) for mine in range(0, 24, 6)])
    assert sorted(numbers) == [f"MG-2026-{n:06d}" for n in range(1, 25)]


def test_a_second_message_about_a_problem_joins_its_open_case(make: Maker) -> None:
    customer, order = make.customer(), make.order()
    first = make.case(customer, order)
    with make.store.begin() as tx:
        again = cases.open(tx, make.new_case(customer, order), NOW)
        assert (again.fresh, again.case.number) == (False, first.number)
        other_problem = cases.open(tx, make.new_case(customer, order, problem="cancel"), NOW)
        assert other_problem.fresh


def test_two_messages_without_an_order_number_are_one_case(make: Maker) -> None:
    customer = make.customer()
    assert make.case(customer).number == make.case(customer).number


def test_the_same_problem_reported_four_times_at_once_is_one_case(make: Maker) -> None:
    customer, order = make.customer(), make.order()

    def open_it() -> tuple[bool, str]:
        with make.store.begin() as tx:
            opened = cases.open(tx, make.new_case(customer, order), NOW)
            return opened.fresh, opened.case.number

    results = at_once(*[open_it] * 4)
    assert sorted(fresh for fresh, _ in results) == [False, False, False, True]  # type: ignore[misc]
    assert len({number for _, number in results}) == 1  # type: ignore[misc]


def test_a_closed_problem_opens_a_new_case(make: Maker) -> None:
    customer, order = make.customer(), make.order()
    first = make.case(customer, order)
    with make.store.begin() as tx:
        cases.close(tx, first.id, hold(make.store, first), outcome="refunded", now=NOW)
    assert make.case(customer, order).number != first.number


def test_the_order_that_was_found_is_attached_unless_its_problem_has_a_case(make: Maker) -> None:
    customer, order, other = make.customer(), make.order(), make.order()
    taken = make.case(customer, order)
    case = make.case(customer)
    with pytest.raises(AlreadyOpen) as refused, make.store.begin() as tx:
        cases.attach_order(tx, case.id, order.ref, order.id, "EUR")
    assert refused.value.number == taken.number
    with make.store.begin() as tx:
        cases.attach_order(tx, case.id, other.ref, other.id, "EUR")
        assert cases.get(tx, case.id).order_id == other.id
        assert [found.id for found in cases.of_order(tx, other.id, only_open=True)] == [case.id]


def test_a_parked_case_sleeps_until_its_timer_and_gives_up_its_lease(make: Maker) -> None:
    case = make.case()
    fence = hold(make.store, case)
    with make.store.begin() as tx:
        cases.run(tx, cases.lock(tx, case.id, fence), step="await-parcel", wake_at=NOW + MINUTE)
        assert not cases.park(
            tx, case.id, fence, step="await-parcel", waits_on="parcel", wake_at=LATER, now=NOW
        )
    parked = fresh(make.store, case)
    assert (parked.status, parked.waits_on, parked.wake_at) == (CaseStatus.PARKED, "parcel", LATER)
    assert not leases.check(make.store, case.id, fence)
    with make.store.begin() as tx:
        assert cases.due(tx, LATER - MINUTE) == []
        assert len(cases.due(tx, LATER)) == 1


def test_what_arrives_while_a_leg_is_parking_wakes_the_case(make: Maker) -> None:
    case = make.case()
    fence = hold(make.store, case)
    with make.store.begin() as tx:
        runs.link(tx, cases.lock(tx, case.id), RUN, flow="refund", purpose="drive", now=NOW)
    assert arrive(make.store, case)
    with make.store.begin() as tx:
        assert cases.park(tx, case.id, fence, step="x", waits_on="parcel", wake_at=LATER, now=NOW)
    assert fresh(make.store, case).wake_at == NOW
    with make.store.begin() as tx:
        asked = [row.payload["leg"] for row in outbox.take(tx, NOW)]
    assert asked == [1, 2]


def test_what_arrives_for_a_parked_case_wakes_it(make: Maker) -> None:
    case = make.case()
    with make.store.begin() as tx:
        cases.park(tx, case.id, 0, step="x", waits_on="parcel", wake_at=LATER, now=NOW)
    assert arrive(make.store, case)
    assert fresh(make.store, case).wake_at == NOW


def test_an_arrival_racing_a_park_never_leaves_the_case_asleep(make: Maker) -> None:
    """Whoever of the two locks the case first, the case is due and a leg is asked for."""

    def park(case: Case, fence: int) -> bool:
        with make.store.begin() as tx:
            return cases.park(tx, case.id, fence, step="x", waits_on="parcel", wake_at=LATER, now=NOW)

    for n in range(12):
        case = make.case()
        fence = hold(make.store, case)
        with make.store.begin() as tx:
            runs.link(tx, cases.lock(tx, case.id), UUID(int=n), flow="refund", purpose="drive", now=NOW)
        parked, arrived = at_once(partial(park, case, fence), partial(arrive, make.store, case, f"w-{n}"))
        assert arrived is True
        assert parked in (True, False)
        assert fresh(make.store, case).wake_at == NOW
        with make.store.begin() as tx:
            asked = [row.payload["leg"] for row in outbox.take(tx, NOW, 99) if row.case_id == case.id]
        assert asked == [1, 2]


def test_a_driver_that_was_overtaken_moves_nothing(make: Maker) -> None:
    case = make.case()
    old = hold(make.store, case)
    with make.store.begin() as tx:
        new = cases.bump_fence(tx, case.id)
    assert new == old + 1
    with pytest.raises(StaleFence) as refused, make.store.begin() as tx:
        cases.park(tx, case.id, old, step="x", waits_on="parcel", wake_at=LATER, now=NOW)
    assert (refused.value.held, refused.value.current) == (old, new)
    assert not leases.check(make.store, case.id, old)


def test_a_closed_case_has_no_wake_at_and_moves_no_more(make: Maker) -> None:
    case = make.case()
    with make.store.begin() as tx:
        assert not cases.close(tx, case.id, 0, outcome="refunded", now=NOW)
    closed = fresh(make.store, case)
    assert (closed.status, closed.outcome, closed.wake_at) == (CaseStatus.CLOSED, "refunded", None)
    with pytest.raises(MoveRefused), make.store.begin() as tx:
        cases.suspend(tx, case.id, 0, step="x", waits_on="approval", wake_at=LATER, now=NOW)


def test_what_arrives_for_a_closed_case_asks_for_a_leg_and_is_seen_by_the_sweep(make: Maker) -> None:
    case = make.case()
    with make.store.begin() as tx:
        runs.link(tx, cases.lock(tx, case.id), RUN, flow="refund", purpose="drive", now=NOW)
        cases.close(tx, case.id, 0, outcome="refunded", now=NOW)
    assert arrive(make.store, case)
    assert fresh(make.store, case).status is CaseStatus.CLOSED
    with make.store.begin() as tx:
        assert [row.payload["leg"] for row in outbox.take(tx, NOW)] == [1, 2]
        assert inbox.stranded(tx, NOW) == []
        assert inbox.stranded(tx, NOW + MINUTE) == [case.id]


def test_closing_over_an_unread_arrival_asks_for_a_leg(make: Maker) -> None:
    case = make.case()
    arrive(make.store, case)
    with make.store.begin() as tx:
        assert cases.close(tx, case.id, 0, outcome="refunded", now=NOW)


def test_a_closed_case_is_reopened_unless_its_problem_has_another(make: Maker) -> None:
    customer = make.customer()
    first = make.case(customer)
    with make.store.begin() as tx:
        cases.close(tx, first.id, 0, outcome="unanswered", now=NOW)
        cases.reopen(tx, first.id, 0, now=LATER)
        assert cases.get(tx, first.id).status is CaseStatus.RUNNING
        cases.close(tx, first.id, 0, outcome="unanswered", now=NOW)
    make.case(customer)
    with make.store.begin() as tx, pytest.raises(AlreadyOpen):
        cases.reopen(tx, first.id, 0, now=LATER)


def test_waking_from_elsewhere_needs_no_lease(make: Maker) -> None:
    case = make.case()
    with make.store.begin() as tx:
        cases.suspend(tx, case.id, 0, step="x", waits_on="approval", wake_at=LATER, now=NOW)
        assert cases.wake(tx, case.id, NOW + MINUTE)
        assert cases.get(tx, case.id).wake_at == NOW + MINUTE


def test_the_same_order_attached_to_two_cases_at_once_stays_with_one(make: Maker) -> None:
    customer, order = make.customer(), make.order()
    several = [make.case(customer, make.order()) for _ in range(3)]

    def attach(case: Case) -> bool:
        with make.store.begin() as tx:
            cases.attach_order(tx, case.id, order.ref, order.id, "EUR")
            return True

    results = at_once(*[partial(attach, case) for case in several])
    assert results.count(True) == 1
    assert sum(isinstance(result, AlreadyOpen) for result in results) == 2
    with make.store.begin() as tx:
        assert len(cases.of_order_ref(tx, order.ref, only_open=True)) == 1


def test_a_case_knows_who_called_it_and_never_waits_for_itself(make: Maker) -> None:
    caller, called = make.case(), make.case()
    with make.store.begin() as tx:
        cases.set_caller(tx, called.id, caller.id)
        assert cases.get(tx, called.id).called_by == caller.id
        with pytest.raises(MoveRefused):
            cases.set_caller(tx, called.id, called.id)


def test_a_living_leg_puts_the_next_look_off_but_never_brings_it_forward(make: Maker) -> None:
    case = make.case()
    with make.store.begin() as tx:
        cases.postpone(tx, case.id, LATER)  # parked: nobody drives it
        assert cases.get(tx, case.id).wake_at == NOW
        cases.run(tx, cases.lock(tx, case.id, 0), step="x", wake_at=NOW + MINUTE)
        cases.postpone(tx, case.id, NOW)
        assert cases.get(tx, case.id).wake_at == NOW + MINUTE
        cases.postpone(tx, case.id, LATER)
        assert cases.get(tx, case.id).wake_at == LATER


def test_a_leg_that_was_asked_for_and_never_began_is_asked_for_again(make: Maker) -> None:
    lost, begun = make.case(), make.case()
    with make.store.begin() as tx:
        for row in outbox.take(tx, NOW):
            outbox.sent(tx, row.id, NOW)
        runs.link(tx, cases.lock(tx, begun.id), RUN, flow="refund", purpose="drive", now=NOW)
    with make.store.begin() as tx:
        assert outbox.ask_again(tx, NOW + MINUTE, after=2 * MINUTE) == 0
        assert outbox.ask_again(tx, NOW + 3 * MINUTE, after=2 * MINUTE) == 1
        assert [row.case_id for row in outbox.take(tx, NOW + 3 * MINUTE)] == [lost.id]


def test_the_due_query_reads_its_partial_index_in_order(make: Maker) -> None:
    """Also as a generic plan, which is what a prepared statement ends up with."""
    query = str(cases.due_query(NOW, 100).compile(make.store.engine))
    query = query % {"wake_at_1": "$1", "param_1": "$2"}
    with make.store.begin() as tx:
        run = tx.session.connection().exec_driver_sql
        run("set local enable_seqscan = off")
        run("set local enable_bitmapscan = off")
        run("set local plan_cache_mode = force_generic_plan")
        run(f"prepare due as {query}")
        plan = run(f"explain (costs off) execute due ('{NOW.isoformat()}', 100)").scalars().all()
    assert [line.strip() for line in plan[:2]] == ["Limit", "->  Index Scan using ix_cases_due on cases"]


def test_pages_follow_each_other_without_gap_or_repeat(make: Maker) -> None:
    numbers = [make.case().number for _ in range(7)]
    with make.store.begin() as tx:
        seen: list[str] = []
        after = None
        while page := cases.page(tx, after=after, limit=3):
            seen += [case.number for case in page]
            after = (page[-1].opened_at, page[-1].id)
    assert seen == numbers[::-1]


def test_lists_are_narrowed_by_status_market_procedure_and_owner(make: Maker) -> None:
    german, french = make.case(), make.case(market="FR")
    with make.store.begin() as tx:
        cases.close(tx, german.id, 0, outcome="refunded", now=NOW)
        assert [case.id for case in cases.page(tx, Filter(markets=("FR",)))] == [french.id]
        assert [case.id for case in cases.page(tx, Filter(status=CaseStatus.CLOSED))] == [german.id]
        assert cases.page(tx, Filter(procedure="cancel", owner="ada")) == []
        counts = cases.count_by_status(tx)
    assert (counts[CaseStatus.CLOSED], counts[CaseStatus.PARKED], counts[CaseStatus.SUSPENDED]) == (1, 1, 0)


def test_a_customers_claims_are_counted_since_an_instant(make: Maker) -> None:
    customer = make.customer()
    make.case(customer)
    make.case(customer, problem="cancel")
    with make.store.begin() as tx:
        assert cases.opened_since(tx, customer, NOW - timedelta(days=90)) == 2
        assert cases.opened_since(tx, customer, NOW + MINUTE) == 0
        assert len(cases.of_customer(tx, customer)) == 2


def test_a_case_that_is_not_there_is_a_surprise_with_its_number(store: Store) -> None:
    with pytest.raises(Missing, match="no case 99"), store.begin() as tx:
        cases.get(tx, 99)
