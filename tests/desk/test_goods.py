"""Goods over the desk: sent again once, taken back where they did not arrive, and never given twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from makegood.core.contracts import CONTRACTS
from makegood.core.decisions import Do
from makegood.core.money import Money
from makegood.desk import authorising, intake
from makegood.desk.actions.goods import WriteOff
from makegood.desk.actions.parcels import VoidLabel
from makegood.desk.actions.shape import Prepared
from makegood.desk.hearing import Report, hear
from makegood.desk.ports import Refused
from makegood.store import effects, journal, orders
from makegood.store.words import EffectStatus
from tests.desk.bench import Bench, make_bench
from tests.desk.test_refund import dear_order
from tests.fakes import order

TRIALS = Path(__file__).parent / "trials"
MUG = "MUG"


@pytest.fixture
def bench(store_url: str) -> Iterator[Bench]:
    """Four mugs more overseas, for an order of two at 19.99."""
    made = make_bench(store_url, order(), sops=TRIALS)
    made.world.stock.units["DE-1", MUG] = 4
    yield made
    made.desk.store.close()


def units(bench: Bench) -> list[tuple[int, int]]:
    """What is reserved for and given back of each unit of A-1."""
    with bench.desk.store.begin() as tx:
        kept = orders.by_ref(tx, "A-1")
        assert kept
        return [(unit.reserved_minor, unit.given_minor) for unit in kept.units]


def told(bench: Bench, number: str, event: str, match: str, **facts: Any) -> None:
    report = Report(
        source="world",
        id=f"{event}:{match}",
        name=event,
        order="A-1",
        match=match,
        facts=facts,
        occurred_at=bench.desk.now(),
    )
    assert hear(bench.desk, report).taken
    bench.drive(number)


def again(bench: Bench, *units: str) -> str:
    number = bench.open(procedure="again", reason="not_delivered", units=units)
    bench.drive(number)
    return number


def status(bench: Bench, key: str) -> EffectStatus:
    with bench.desk.store.begin() as tx:
        row = effects.get(tx, key)
        assert row
        return row.status


def test_a_reship_takes_stock_and_counts_as_given_at_the_price_paid(bench: Bench) -> None:
    number = again(bench)
    assert bench.state(number).step == "arrival"
    assert bench.world.shipments.sent == {"shipment-1": {MUG: 2}}
    assert bench.world.stock.units["DE-1", MUG] == 2
    assert units(bench) == [(0, 1999), (0, 1999)]
    assert not bench.world.payments.refunds
    facts = bench.state(number).facts
    assert (facts["ledger.shipped"], facts["ledger.paid"]) == (True, False)
    told(bench, number, "parcel.delivered", "RS1")
    assert bench.case(number).outcome == "resolved"
    with bench.desk.store.begin() as tx:
        assert journal.verify(tx, bench.case(number).id) is None


def test_only_the_claimed_unit_is_sent_again(bench: Bench) -> None:
    again(bench, "A-1-1/2")
    assert bench.world.shipments.sent == {"shipment-1": {MUG: 1}}
    assert units(bench) == [(0, 0), (0, 1999)]


def test_what_was_sent_again_is_neither_sent_nor_paid_once_more(bench: Bench) -> None:
    first = again(bench)
    told(bench, first, "parcel.delivered", "RS1")
    assert bench.case(again(bench)).outcome == "given_already"
    refund = bench.open(procedure="refund", reason="not_as_described")
    for _ in range(12):
        bench.drive(refund)
        bench.wait(days=1)
    assert bench.case(refund).status == "closed"
    assert not bench.world.payments.refunds
    assert len(bench.world.shipments.shipments) == 1


def test_two_cases_that_want_the_same_unit_give_it_once(bench: Bench) -> None:
    """The refund is past its quote when the reship takes the units: the ledger has the last word."""
    refund = bench.open()
    bench.drive(refund)
    bench.answer(refund, photos=1)
    bench.drive(refund)
    assert bench.state(refund).step == "keep-offer"
    again(bench)
    bench.answer(refund, accepted=True)
    bench.drive(refund)
    assert not bench.world.payments.refunds
    assert units(bench) == [(0, 1999), (0, 1999)]


def test_what_was_paid_back_is_not_sent_again(bench: Bench) -> None:
    number = bench.open()
    bench.drive(number)
    bench.answer(number, photos=1)
    bench.drive(number)
    bench.answer(number, accepted=True)
    assert bench.drive(number).end == "closed"
    assert bench.world.payments.refunds
    assert bench.case(again(bench)).outcome == "given_already"
    assert not bench.world.shipments.shipments
    assert bench.world.stock.units["DE-1", MUG] == 4


def test_a_lost_reship_is_written_off_and_given_again(bench: Bench) -> None:
    number = again(bench)
    told(bench, number, "parcel.lost", "RS1")
    assert bench.state(number).facts["off.released"] is True
    assert len(bench.world.shipments.shipments) == 2
    assert units(bench) == [(0, 1999), (0, 1999)], "released once, and given once more"
    assert status(bench, f"{number}:send:2") is EffectStatus.DONE
    with bench.desk.store.begin() as tx:
        assert effects.goods(tx, bench.case(number).id) == 3998


def test_nothing_is_sent_where_nothing_lies(bench: Bench) -> None:
    bench.world.stock.units.clear()
    assert bench.case(again(bench)).outcome == "sold_out"
    assert units(bench) == [(0, 0), (0, 0)]


def test_what_another_took_meanwhile_is_out_of_stock_and_releases_its_units(bench: Bench) -> None:
    number = bench.open(procedure="again", reason="not_delivered")
    bench.world.shipments.refuse(f"{number}:send:1", "out_of_stock")
    bench.drive(number)
    assert bench.case(number).outcome == "sold_out"
    assert units(bench) == [(0, 0), (0, 0)]
    assert status(bench, f"{number}:send:1") is EffectStatus.FAILED


@pytest.mark.parametrize(
    ("lying", "place", "warehouse"),
    [
        ({("DE-1", MUG): 2, ("CN-1", MUG): 9}, "overseas", "DE-1"),
        ({("DE-1", MUG): 1, ("CN-1", MUG): 2}, "domestic", "CN-1"),
        ({("DE-1", MUG): 1, ("CN-1", MUG): 1}, "none", ""),
    ],
)
def test_all_claimed_units_come_from_one_warehouse_the_near_one_first(
    bench: Bench, lying: dict[tuple[str, str], int], place: str, warehouse: str
) -> None:
    bench.world.stock.units.clear()
    bench.world.stock.units.update(lying)
    facts = bench.state(again(bench)).facts
    assert (facts["stock.place"], facts["stock.warehouse"]) == (place, warehouse)


def test_a_reship_whose_answer_was_lost_is_found_by_its_key(bench: Bench) -> None:
    number = bench.open(procedure="again", reason="not_delivered")
    bench.world.shipments.lose_answer(f"{number}:send:1")
    assert bench.drive(number).end == "parked"
    assert units(bench) == [(1999, 0), (1999, 0)], "unknown keeps its reservation"
    bench.wait(minutes=1)
    bench.drive(number)
    assert bench.state(number).step == "arrival"
    assert bench.state(number).facts["reship.tracking"] == "RS1"
    assert len(bench.world.shipments.shipments) == 1
    assert units(bench) == [(0, 1999), (0, 1999)]


def test_a_reship_whose_request_was_lost_is_made_once(bench: Bench) -> None:
    number = bench.open(procedure="again", reason="not_delivered")
    bench.world.shipments.lose_request(f"{number}:send:1")
    bench.drive(number)
    assert not bench.world.shipments.shipments
    bench.wait(minutes=2)
    bench.drive(number)
    assert len(bench.world.shipments.shipments) == 1


def withdraw(bench: Bench, number: str) -> None:
    intake.reply(bench.desk, number, text="It came", channel="email", external_id="w-1", intent="withdraw")
    bench.drive(number)


@pytest.mark.parametrize("lost", [False, True])
def test_a_reship_that_is_not_picked_up_is_called_back_and_its_units_are_free(
    bench: Bench, lost: bool
) -> None:
    number = again(bench)
    if lost:
        bench.world.shipments.lose_answer(f"{number}:send:1:undo")
    withdraw(bench, number)
    if lost:
        assert units(bench) == [(0, 1999), (0, 1999)], "not before it is known"
        bench.wait(minutes=1)
        bench.drive(number)
    assert bench.case(number).outcome == "withdrawn"
    assert bench.world.shipments.shipments["shipment-1"].status == "cancelled"
    assert bench.world.stock.units["DE-1", MUG] == 4
    assert units(bench) == [(0, 0), (0, 0)]


def test_a_reship_on_its_way_cannot_be_called_back_and_stays_given(bench: Bench) -> None:
    number = again(bench)
    bench.world.parcels.statuses["RS1"] = "IN_TRANSIT"
    withdraw(bench, number)
    assert bench.case(number).outcome == "too_late"
    assert units(bench) == [(0, 1999), (0, 1999)]


def test_a_write_off_says_the_same_when_it_is_asked_again(bench: Bench) -> None:
    """A leg may die between the ledger's change and the journal's."""

    number = again(bench)
    hand = bench.hand(number)
    for _ in range(2):
        assert WriteOff().answer(hand, {"tracking": "RS1"}) == {"released": True}
        assert units(bench) == [(0, 0), (0, 0)]
    assert WriteOff().answer(hand, {"tracking": "RS9"}) == {"released": False}


def test_dear_goods_need_an_approval_like_dear_money(store_url: str) -> None:
    bench = make_bench(store_url, dear_order(), sops=TRIALS)
    bench.world.stock.units["DE-1", MUG] = 1
    bench.hire("sam")
    number = bench.open(procedure="again", reason="not_delivered")
    assert bench.drive(number).end == "suspended"
    assert not bench.world.shipments.shipments
    bench.decide(number, "approve", "sam")
    bench.drive(number)
    assert bench.state(number).step == "arrival"
    assert units(bench) == [(0, 20_000)]
    bench.desk.store.close()


def test_an_approval_for_less_than_the_goods_are_worth_sends_nothing(store_url: str) -> None:
    bench = make_bench(store_url, dear_order(), sops=TRIALS)
    bench.world.stock.units["DE-1", MUG] = 1
    bench.hire("sam")
    number = bench.open(procedure="again", reason="not_delivered")
    bench.drive(number)
    bench.decide(number, "adjust", "sam", amount="150.00", note="not all of it")
    bench.drive(number)
    assert bench.case(number).outcome == "refused"
    assert not bench.world.shipments.shipments
    bench.desk.store.close()


def test_goods_and_money_of_one_case_count_together(bench: Bench) -> None:
    """39.98 of goods below the limit of 50.00 leave 10.02 for money without an approval."""

    number = again(bench)
    hand = bench.hand(number)

    def asked(minor: int) -> str | None:
        refund = Prepared({}, None, Money(minor=minor, currency="EUR"), True)
        return authorising.refusal(hand, Do("send", 1, "payment.refund", {}), refund)

    assert asked(1002) is None
    assert asked(1003) == "no_approval"


def test_a_label_that_was_used_cannot_be_voided_and_says_so(bench: Bench) -> None:

    bench.world.carrier.issue_label("A-1", {}, "seller", key="K")
    bench.world.carrier.use("label-1")
    with pytest.raises(Refused) as caught:
        VoidLabel().call(bench.hand(again(bench)), {"label": "label-1"}, "K:undo")
    assert caught.value.code in CONTRACTS["parcel.void_label"].errors
