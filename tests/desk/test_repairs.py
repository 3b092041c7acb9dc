"""Repairs over the desk: opened, quoted, paid for, called off, and never twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.desk.bench import Bench, make_bench
from tests.desk.test_goods import TRIALS, told, units, withdraw
from tests.fakes import order


@pytest.fixture
def bench(store_url: str) -> Iterator[Bench]:
    made = make_bench(store_url, order(), sops=TRIALS)
    yield made
    made.desk.store.close()


def mend(bench: Bench, **told: Any) -> str:
    number = bench.open(procedure="mend", reason="defective", **told)
    bench.drive(number)
    return number


def test_a_repair_is_opened_quoted_paid_approved_and_sent_back(bench: Bench) -> None:
    number = mend(bench)
    facts = bench.state(number).facts
    assert (facts["rma.rma"], facts["rma.tracking"]) == ("RMA-1", "RP1")
    assert (facts["warranty.in_warranty"], facts["warranty.basis"]) == (True, "conformity")
    told(bench, number, "repair.quoted", "RMA-9", amount_minor=1)
    assert bench.state(number).step == "received", "another repair's quote"
    bench.world.repairs.advance("RMA-1", "quoted")
    told(bench, number, "repair.quoted", "RMA-1", amount_minor=1200)
    (link,) = bench.world.payment_links.links.values()
    assert link.amount.minor == 1200
    assert bench.state(number).facts["link.url"] == link.url
    told(bench, number, "payment.received", link.ref, amount_minor=1200)
    assert bench.world.repairs.repairs["RMA-1"].status == "approved"
    told(bench, number, "repair.shipped", "RMA-1", tracking="RB1")
    assert bench.state(number).facts["shipped.tracking"] == "RB1"
    assert bench.case(number).outcome == "resolved"
    assert units(bench) == [(0, 0), (0, 0)], "a repair gives nothing back"


@pytest.mark.parametrize("effect", ["open", "link", "approve"])
def test_a_repairs_effect_whose_answer_was_lost_happens_once(bench: Bench, effect: str) -> None:
    number = bench.open(procedure="mend", reason="defective")
    for provider in (bench.world.repairs, bench.world.payment_links):
        provider.lose_answer(f"{number}:{effect}:1")
    bench.drive(number)
    bench.wait(minutes=2)
    bench.drive(number)
    bench.world.repairs.advance("RMA-1", "quoted")
    told(bench, number, "repair.quoted", "RMA-1", amount_minor=1200)
    bench.wait(minutes=2)
    bench.drive(number)
    told(bench, number, "payment.received", "link-1", amount_minor=1200)
    bench.wait(minutes=2)
    bench.drive(number)
    assert bench.state(number).step == "shipped"
    assert (len(bench.world.repairs.repairs), len(bench.world.payment_links.links)) == (1, 1)
    assert bench.world.repairs.repairs["RMA-1"].status == "approved"


def test_a_repair_is_called_off_while_its_parcel_has_not_left(bench: Bench) -> None:
    number = mend(bench)
    withdraw(bench, number)
    assert bench.case(number).outcome == "withdrawn"
    assert bench.world.repairs.repairs["RMA-1"].status == "cancelled"


def test_a_repair_on_its_way_is_not_called_off(bench: Bench) -> None:
    number = mend(bench)
    bench.world.parcels.statuses["RP1"] = "IN_TRANSIT"
    withdraw(bench, number)
    assert bench.case(number).outcome == "too_late"


def test_silence_about_a_quote_brings_the_goods_back_as_they_are(bench: Bench) -> None:
    number = mend(bench)
    bench.world.repairs.advance("RMA-1", "quoted")
    told(bench, number, "repair.quoted", "RMA-1", amount_minor=1200)
    bench.wait(days=15)
    bench.drive(number)
    assert bench.world.repairs.repairs["RMA-1"].status == "returning"


def test_what_nobody_repairs_says_so(store_url: str) -> None:
    plain = order()
    line = plain.lines[0].model_copy(update={"category": "hygiene"})
    bench = make_bench(store_url, plain.model_copy(update={"lines": (line,)}), sops=TRIALS)
    assert bench.case(mend(bench)).outcome == "unserved"
    bench.desk.store.close()


def test_warranty_ends_where_law_and_house_end(bench: Bench) -> None:
    bench.wait(days=365 * 4)
    facts = bench.state(mend(bench)).facts
    assert facts["warranty.in_warranty"] is False
    assert isinstance(facts["warranty.repair_days"], int)
