"""Evidence, repeated claims, and what the carrier is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from makegood.desk import attachments
from makegood.desk.evidence import SentFile
from makegood.gateways.results import Order
from tests.desk.bench import Bench, make_bench
from tests.desk.test_goods import TRIALS, told
from tests.desk.test_media import photo
from tests.fakes import order


def bought_by(ref: str, buyer: str, sku: str = "MUG", **changes: Any) -> Order:
    plain = order(ref, **changes)
    line = plain.lines[0].model_copy(update={"sku": sku})
    customer = plain.customer.model_copy(update={"email": f"{buyer}@example.test"})
    return plain.model_copy(update={"lines": (line,), "customer": customer})


@pytest.fixture
def bench(store_url: str) -> Iterator[Bench]:
    """Delivered on 24 February; it is 2 March."""
    made = make_bench(store_url, order(), sops=TRIALS)
    yield made
    made.desk.store.close()


def blame(bench: Bench, *files: bytes, **told: Any) -> dict[str, Any]:
    """The facts once the files were looked at."""
    number = bench.open(**{"procedure": "blame", "reason": "damaged", **told})
    bench.drive(number)
    if files:
        with bench.desk.store.begin() as tx:
            sent = [SentFile("mug.jpg", content) for content in files]
            facts = attachments.keep(tx, bench.desk, bench._case(tx, number), sent)
        bench.answer(number, **facts)
    else:
        bench.wait(days=11)
    bench.drive(number)
    return dict(bench.state(number).facts)


@pytest.mark.parametrize(
    ("taken", "dated", "within"),
    [
        ("2026:02:24 18:30:00", 1, True),
        ("2026:02:23 18:30:00", 1, True),
        ("2026:02:22 18:30:00", 1, False),
        ("2026:03:02 08:00:00", 1, True),
        (None, 0, True),
    ],
)
def test_a_picture_speaks_for_the_days_after_delivery(
    bench: Bench, taken: str | None, dated: int, within: bool
) -> None:
    facts = blame(bench, photo(taken))
    assert (facts["proof.files"], facts["proof.dated_by_file"]) == (1, dated)
    assert facts["proof.in_window"] is within
    assert facts["proof.seen_elsewhere"] is False


def test_a_picture_that_nobody_can_date_was_taken_before_we_had_it(bench: Bench) -> None:
    bench.wait(days=2)
    assert blame(bench, photo())["proof.in_window"] is False, "on the 4th the week after the 24th is over"


def test_without_pictures_nothing_is_proved(bench: Bench) -> None:
    facts = blame(bench)
    assert (facts["proof.files"], facts["proof.in_window"]) == (0, False)


def test_a_letter_is_no_picture(bench: Bench) -> None:
    assert blame(bench, b"It was broken, believe me.")["proof.files"] == 0


def test_a_picture_of_somebody_elses_mug_was_seen_before(store_url: str) -> None:
    bench = make_bench(store_url, order(), bought_by("A-2", "kai"), sops=TRIALS)
    shared = photo("2026:02:25 18:30:00")
    assert blame(bench, shared)["proof.seen_elsewhere"] is False
    assert blame(bench, shared, order="A-2")["proof.seen_elsewhere"] is True
    bench.desk.store.close()


def test_the_same_picture_in_two_cases_about_one_order_is_no_suspicion(bench: Bench) -> None:
    shared = photo("2026:02:25 18:30:00")
    first = bench.open(procedure="refund", reason="damaged")
    with bench.desk.store.begin() as tx:
        attachments.keep(tx, bench.desk, bench._case(tx, first), [SentFile("mug.jpg", shared)])
    assert blame(bench, shared)["proof.seen_elsewhere"] is False


def test_the_third_order_of_an_article_with_the_same_claim_is_a_signal(store_url: str) -> None:
    orders = [bought_by(f"A-{n}", f"buyer{n}") for n in range(1, 6)]
    bench = make_bench(store_url, *orders, sops=TRIALS)
    counts = []
    for n in (1, 2, 3):
        facts = blame(bench, photo(), order=f"A-{n}", reason="defective")
        counts.append((facts["repeat.sku_30d"], facts["repeat.lane_30d"], facts["repeat.repeats"]))
    assert counts == [(1, 0, False), (2, 0, False), (3, 0, True)]
    bench.wait(days=31)
    assert blame(bench, photo(), order="A-4", reason="defective")["repeat.sku_30d"] == 1
    assert blame(bench, photo(), order="A-5", reason="not_as_described")["repeat.sku_30d"] == 1
    bench.desk.store.close()


def test_two_cases_about_one_order_are_one_claim(bench: Bench) -> None:
    bench.drive(bench.open(procedure="refund", reason="damaged"))
    assert blame(bench, photo())["repeat.sku_30d"] == 1


def test_a_lane_that_breaks_five_different_articles_is_a_signal(store_url: str) -> None:
    orders = [bought_by(f"A-{n}", f"buyer{n}", sku=f"MUG-{n}") for n in range(1, 6)]
    orders.append(bought_by("B-1", "kim", sku="MUG-B", ships_from="CN"))
    bench = make_bench(store_url, *orders, sops=TRIALS)
    for n in range(1, 6):
        facts = blame(bench, photo(), order=f"A-{n}", reason="damaged" if n % 2 else "not_delivered")
        assert (facts["repeat.sku_30d"], facts["repeat.lane_30d"]) == (1, n)
        assert facts["repeat.repeats"] is (n == 5)
    elsewhere = blame(bench, photo(), order="B-1")
    assert (elsewhere["repeat.lane_30d"], elsewhere["repeat.repeats"]) == (1, False)
    bench.desk.store.close()


def open_claim(bench: Bench) -> str:
    number = bench.open(procedure="blame", reason="damaged")
    bench.drive(number)
    bench.answer(number, photos=1)
    bench.drive(number)
    return number


def test_a_claim_is_filed_with_the_parcel_and_the_price_and_answered(bench: Bench) -> None:
    number = open_claim(bench)
    assert [asked[:2] for asked in bench.world.carrier_claims.asked.values()] == [("OUT-A-1", "damaged")]
    assert bench.world.carrier_claims.asked["claim-1"][2].minor == 3998
    assert bench.state(number).facts["claim.answer_by_days"] == 30
    told(bench, number, "claim.accepted", "claim-1", amount_minor=3998)
    assert bench.case(number).outcome == "recovered"


def test_a_claim_that_comes_too_late_says_so(bench: Bench) -> None:
    bench.world.carrier_claims.late.add("OUT-A-1")
    assert bench.case(open_claim(bench)).outcome == "too_late"


def test_a_claim_whose_answer_was_lost_is_found_by_its_key(bench: Bench) -> None:
    number = bench.open(procedure="blame", reason="damaged")
    bench.world.carrier_claims.lose_answer(f"{number}:file:1")
    bench.drive(number)
    bench.answer(number, photos=1)
    bench.drive(number)
    bench.wait(minutes=2)
    bench.drive(number)
    assert bench.state(number).step == "answer"
    assert list(bench.world.carrier_claims.claims) == ["claim-1"]
