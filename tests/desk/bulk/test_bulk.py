"""The bulk lane does what legs do: the same journals, the same books, whatever goes wrong on the way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from makegood.core.events import Event
from makegood.core.money import Money
from makegood.desk import bulk
from makegood.desk.opening import Problem, open_case
from makegood.gateways.results import Order
from makegood.store import approvals, effects, journal, leases, orders, outbox, tasks
from makegood.store.customers import Contact, Profile
from makegood.store.words import CaseStatus, Role
from tests.desk.bench import Bench, make_bench
from tests.fakes import order

SOPS = Path(__file__).parents[3] / "bench" / "refund8" / "sops"
CHEAP, DEAR = 2100, 14200


@pytest.fixture
def many(store_url: str) -> Iterator[Bench]:
    made = make_bench(store_url, sops=SOPS)
    yield made
    made.desk.store.close()


def open_many(bench: Bench, refs: list[str], minor: int = CHEAP, procedure: str = "refund8") -> list[str]:
    """A case for each order, as an import opens them: no message has arrived."""
    numbers = []
    for ref in refs:
        plain = order(ref)
        line = plain.lines[0].model_copy(update={"unit_paid": _euro(minor), "quantity": 1})
        paid = plain.payments[0].model_copy(update={"authorised": _euro(minor), "captured": _euro(minor)})
        buyer = plain.customer.model_copy(update={"email": f"{ref.lower()}@example.test"})
        bench.world.add(
            plain.model_copy(
                update={
                    "lines": (line,),
                    "payments": (paid,),
                    "customer": buyer,
                    "freight_paid": _euro(0),
                }
            )
        )
        numbers.append(_open(bench, ref, procedure))
    return numbers


def _open(bench: Bench, ref: str, procedure: str, about: str = "") -> str:
    problem = Problem(
        procedure=procedure,
        reason="changed_mind",
        channel="email",
        order_ref=ref,
        currency="EUR",
        about=about,
    )
    contact = Contact(f"Buyer of {ref}", f"{ref.lower()}@example.test")
    with bench.desk.store.begin() as tx:
        opened = open_case(
            tx, bench.desk, contact, Profile("de", "Europe/Berlin", "DE"), problem, bench.desk.now()
        )
    return opened.case.number


def _euro(minor: int) -> Money:
    return Money(minor=minor, currency="EUR")


def told(bench: Bench, number: str) -> list[tuple[str, str]]:
    """A case's journal without what differs from case to case."""
    with bench.desk.store.begin() as tx:
        case = bench._case(tx, number)
        assert journal.verify(tx, case.id) is None
        entries = journal.read(tx, case.id)
    return [(entry.event.kind, _said(entry.event, number)) for entry in entries]


def _said(event: Event, number: str) -> str:
    data = event.model_dump(mode="json", exclude={"message", "facts", "look_up_at", "retry_at", "due"})
    return str(data).replace(number, "MG")


def refunds(bench: Bench) -> int:
    return len(bench.world.payments.refunds)


def test_a_case_tells_the_same_story_whichever_way_it_was_driven(many: Bench) -> None:
    by_leg = open_many(many, ["L-1", "L-2"])
    for number in by_leg:
        assert many.drive(number).end == "closed"
    by_bulk = open_many(many, [f"B-{n}" for n in range(5)])
    assert bulk.drain(many.desk, "test", size=3).counts == {"closed": 5}
    stories = {str(told(many, number)) for number in by_leg + by_bulk}
    assert len(stories) == 1, stories
    assert refunds(many) == len(many.world.mailbox.letters) == 7
    for number in by_leg + by_bulk:
        case = many.case(number)
        assert (case.status, case.outcome, case.wake_at) == (CaseStatus.CLOSED, "refunded", None)


def test_the_same_effects_stand_in_the_ledger_with_the_same_keys(many: Bench) -> None:
    (leg,), batch = open_many(many, ["L-1"]), open_many(many, ["B-1", "B-2"])
    many.drive(leg)
    bulk.drain(many.desk, "test")
    with many.desk.store.begin() as tx:
        ledgers = []
        for number in [leg, *batch]:
            case = many._case(tx, number)
            assert case.order_id is not None
            whole = orders.get(tx, case.order_id)
            assert [(u.given_minor, u.reserved_minor) for u in whole.units] == [(CHEAP, 0)]
            assert [(p.refunded_minor, p.reserved_minor) for p in whole.payments] == [(CHEAP, 0)]
            rows = effects.of_case(tx, case.id)
            lines = [line.status for row in rows for line in effects.reservations(tx, row.key)]
            ledgers.append([(r.key.replace(number, "MG"), r.status, r.money_minor, r.pays) for r in rows])
            assert lines == ["consumed"]
    assert ledgers[0] == ledgers[1] == ledgers[2]


def test_a_case_that_needs_a_person_gets_a_run_of_its_own(many: Bench) -> None:
    dear, cheap = open_many(many, ["D-1", "D-2"], DEAR), open_many(many, ["C-1"])
    assert bulk.drain(many.desk, "test").counts == {"person": 2, "closed": 1}
    with many.desk.store.begin() as tx:
        asked = [row.payload["case"] for row in outbox.take(tx, many.desk.now())]
    assert sorted(asked) == sorted(dear)
    assert refunds(many) == 1
    for number in dear:
        assert many.drive(number).end == "suspended"
        with many.desk.store.begin() as tx:
            assert len(approvals.of_case(tx, many._case(tx, number).id)) == 1
    assert many.case(cheap[0]).outcome == "refunded"


def test_what_goes_wrong_with_one_call_is_that_cases_own_affair(many: Bench) -> None:
    numbers = open_many(many, [f"A-{n}" for n in range(8)])
    payments = many.world.payments
    payments.lose_answer(f"{numbers[0]}:issue-refund:1")
    payments.lose_request(f"{numbers[1]}:issue-refund:1")
    payments.refuse(f"{numbers[2]}:issue-refund:1", "card_closed")
    counts = bulk.drain(many.desk, "test").counts
    assert counts == {"parked": 2, "closed": 6}
    assert many.case(numbers[2]).outcome == "failed"
    many.wait(minutes=2)
    assert bulk.drain(many.desk, "test").counts == {"closed": 2}
    assert refunds(many) == 7, "each once, and the refused one never"
    assert [kind for kind, _ in told(many, numbers[0])].count("effect.unknown") == 1
    assert len({letter.key for letter in many.world.mailbox.letters}) == len(many.world.mailbox.letters) == 7


def test_a_provider_that_is_down_is_tried_again_later_by_every_case(many: Bench) -> None:
    open_many(many, ["A-1", "A-2", "A-3"])
    many.world.payments.down = True
    assert bulk.drain(many.desk, "test").counts == {"parked": 3}
    many.world.payments.down = False
    many.wait(minutes=1)
    assert bulk.drain(many.desk, "test").counts == {"closed": 3}
    assert refunds(many) == 3


def test_two_cases_of_one_order_never_give_more_than_was_paid(many: Bench) -> None:
    (first,) = open_many(many, ["A-1"])
    second = _open(many, "A-1", "refund8", about="OUT-A-1")
    counts = bulk.drain(many.desk, "test").counts
    assert sum(counts.values()) == 2
    assert refunds(many) == 1, (many.case(first).outcome, many.case(second).outcome)


def test_a_case_that_another_drives_is_left_to_it(many: Bench) -> None:
    mine, theirs = open_many(many, ["A-1", "A-2"])
    leases.acquire(many.desk.store, many.case(theirs).id, "another", timedelta(seconds=60))
    assert bulk.drain(many.desk, "test").counts == {"closed": 1}
    assert many.case(mine).outcome == "refunded"
    assert many.case(theirs).status is CaseStatus.PARKED


def test_messages_and_questions_are_met_as_a_leg_meets_them(
    many: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "makegood.bulk")
    many.world.add(order("Q-1"))
    many.world.add(order("Q-2"))
    by_leg, by_bulk = many.open(order="Q-1"), many.open(order="Q-2", external_id="m-2")
    many.drive(by_leg)
    with many.desk.store.begin() as tx:
        assert [row.payload["case"] for row in outbox.take(tx, many.desk.now())] == [by_leg, by_bulk]
    assert bulk.drain(many.desk, "test").counts == {"parked": 1}
    assert told(many, by_leg) == told(many, by_bulk)
    assert many.case(by_bulk).waits_on == many.case(by_leg).waits_on
    assert "leaves" not in caplog.text, "a message, a letter and a question are plain"


def test_a_broken_case_does_not_hold_up_its_neighbours(many: Bench) -> None:
    numbers = open_many(many, ["A-1", "A-2", "A-3"])
    real = many.world.shop.load

    def load(ref: str) -> Order | None:
        if ref == "A-2":
            raise RuntimeError("this order breaks whoever reads it")
        return real(ref)

    many.world.shop.load = load  # type: ignore[method-assign]  # a defect in an adapter
    assert bulk.drain(many.desk, "test").counts == {"closed": 2, "broke": 1}
    assert many.case(numbers[1]).status is not CaseStatus.CLOSED
    with many.desk.store.begin() as tx:
        assert not tasks.waiting(tx, roles=[Role.ENGINEER]), "once is no pattern yet"
