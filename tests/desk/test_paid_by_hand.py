"""What finance pays outside of the line counts as given: no later case gives the same money again."""

from __future__ import annotations

from makegood.desk.answering import colleague_answers
from makegood.store import orders, tasks
from makegood.store.words import Role
from tests.desk.bench import Bench, make_bench
from tests.desk.test_adversary_money import status
from tests.desk.test_nothing_twice import until_keep_offer
from tests.desk.test_refund import templates
from tests.fakes import order


def pay_by_hand(bench: Bench, number: str) -> None:
    """No payment is known to give back through: finance does it at the bank."""
    bench.hire("fin", Role.FINANCE)
    bench.drive(number)
    assert bench.state(number).step == "money-desk"
    with bench.desk.store.begin() as tx:
        ((task, _),) = tasks.waiting(tx, roles=[Role.FINANCE])
    colleague_answers(bench.desk, task.id, {"settled": "paid"}, "fin")
    bench.drive(number)


def given(bench: Bench) -> list[int]:
    with bench.desk.store.begin() as tx:
        known = orders.by_ref(tx, "A-1")
        assert known is not None
        return [unit.given_minor for unit in known.units]


def test_it_is_written_into_the_ledger_and_told_to_the_customer(store_url: str) -> None:
    bench = make_bench(store_url, order(payments=()))
    number = until_keep_offer(bench)
    pay_by_hand(bench, number)
    assert status(bench, f"{number}:paid-by-hand:1") == ("done", {"consumed"})
    assert sum(given(bench)) == 800
    assert not bench.world.payments.refunds, "no acquirer is called"
    assert bench.state(number).facts["ledger.paid_minor"] == 800
    assert templates(bench).count("refund-confirmed") == 1
    bench.desk.store.close()


def test_the_next_case_gives_only_what_is_left(store_url: str) -> None:
    bench = make_bench(store_url, order(payments=()))
    pay_by_hand(bench, until_keep_offer(bench))
    number = bench.open(external_id="second", reason="missing_item")
    bench.drive(number)
    bench.answer(number, photos=1)
    bench.drive(number)
    paid = sum(line.unit_paid.minor * line.quantity for line in order().lines)
    assert bench.state(number).facts["quote.goods_minor"] == paid - 800
    bench.desk.store.close()
