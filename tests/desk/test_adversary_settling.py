"""What no look-up can tell, a person does: and the books of the provider have the last word."""

from __future__ import annotations

from makegood.desk import answering, working
from makegood.store import tasks
from makegood.store.words import Role
from tests.desk.bench import Bench, make_bench
from tests.desk.test_adversary_money import status, two_payments
from tests.desk.test_nothing_twice import until_keep_offer
from tests.desk.test_refund import euro


def half_paid(bench: Bench) -> str:
    """The gift card has its part, and the card of the rest is closed for good."""
    bench.hire("fin", Role.FINANCE)
    number = until_keep_offer(bench)
    bench.world.payments.refuse(f"{number}:refund:1:2", "card_closed")
    for _ in range(12):
        bench.drive(number)
        bench.wait(hours=1)
    assert status(bench, f"{number}:refund:1") == ("unknown", {"reserved"})
    return number


def the_task(bench: Bench) -> int:
    with bench.desk.store.begin() as tx:
        (task,) = [task for task, _ in tasks.waiting(tx, roles=[Role.FINANCE])]
        form = answering.task_form(bench.desk, task)
        assert form is not None
        assert set(form.fields) == {"outcome"}
    return task.id


def test_finance_settles_a_refund_that_is_half_paid_for_ever(store_url: str) -> None:
    bench = make_bench(store_url, two_payments())
    number = half_paid(bench)
    working.done(bench.desk, the_task(bench), "fin", {"outcome": "did_not_happen"})
    bench.drive(number)
    assert status(bench, f"{number}:refund:1") == ("unknown", {"reserved"}), "5 EUR are gone: it did begin"
    for _ in range(3):
        bench.wait(hours=1)
        bench.drive(number)
    working.done(bench.desk, the_task(bench), "fin", {"outcome": "happened"})
    assert bench.drive(number).end == "closed"
    assert status(bench, f"{number}:refund:1") == ("done", {"consumed"})
    bench.desk.store.close()


def test_what_never_arrived_is_given_up_by_a_person_and_goes_to_its_branch(bench: Bench) -> None:
    bench.hire("fin", Role.FINANCE)
    number = until_keep_offer(bench)
    for _ in range(10):
        bench.world.payments.lose_request(f"{number}:refund:1")
        bench.drive(number)
        bench.wait(hours=1)
    working.done(bench.desk, the_task(bench), "fin", {"outcome": "did_not_happen"})
    bench.drive(number)
    assert bench.state(number).step == "money-desk"
    assert status(bench, f"{number}:refund:1") == ("failed", {"released"})
    assert not bench.world.payments.refunds


def test_a_person_who_is_wrong_about_money_that_moved_does_not_move_it_again(bench: Bench) -> None:
    bench.hire("fin", Role.FINANCE)
    number = until_keep_offer(bench)
    for _ in range(10):
        bench.world.payments.lose_request(f"{number}:refund:1")
        bench.drive(number)
        bench.wait(hours=1)
    task = the_task(bench)
    bench.world.payments._lost_requests.clear()
    bench.world.payments.refund(
        "pay-A-1", euro(800), reason="defective", key=f"{number}:refund:1"
    )  # the first call arrives after all
    working.done(bench.desk, task, "fin", {"outcome": "did_not_happen"})
    assert bench.drive(number).end == "closed"
    assert len(bench.world.payments.refunds) == 1
