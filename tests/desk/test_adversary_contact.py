"""Customers under attack: no letter at night, none twice, and nobody's order in somebody else's case."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from makegood.desk import intake
from makegood.desk.answering import colleague_answers
from makegood.gateways.outcomes import Unavailable
from makegood.store import cases, tasks
from makegood.store.words import Role
from tests.desk.bench import Bench
from tests.desk.test_refund import templates
from tests.fakes import order

BERLIN = ZoneInfo("Europe/Berlin")


def at_night(bench: Bench) -> None:
    """Three in the morning, two days on: nothing that was written lately makes a letter an answer."""
    now = bench.desk.now().astimezone(BERLIN)
    night = datetime(now.year, now.month, now.day, 3, tzinfo=BERLIN) + timedelta(days=2)
    bench.wait(seconds=(night - now).total_seconds())


def until_the_offer_letter(bench: Bench) -> str:
    """Two days after the customer wrote, their photographs come through the progress page by day."""
    number = bench.open()
    bench.drive(number)
    bench.wait(days=2)
    bench.answer(number, photos=1)
    return number


def test_a_letter_that_could_not_go_by_day_does_not_go_at_night(bench: Bench) -> None:
    number = until_the_offer_letter(bench)
    bench.world.mailbox.down = True
    bench.drive(number)
    assert "keep-offer" not in templates(bench)
    bench.world.mailbox.down = False
    at_night(bench)
    bench.drive(number)
    assert "keep-offer" not in templates(bench), "it is three in the morning"
    bench.wait(hours=6)
    bench.drive(number)
    assert templates(bench).count("keep-offer") == 1


def test_a_letter_whose_request_was_lost_is_not_made_up_for_at_night(bench: Bench) -> None:
    number = until_the_offer_letter(bench)
    bench.world.mailbox.lose_request(f"{number}:keep-offer:1:notice-0")
    looks = bench.world.mailbox.find
    bench.world.mailbox.find = _away  # type: ignore[method-assign]
    bench.drive(number)
    bench.wait(hours=1)
    bench.drive(number)
    bench.world.mailbox.find = looks  # type: ignore[method-assign]
    at_night(bench)
    bench.drive(number)
    assert "keep-offer" not in templates(bench), "it is three in the morning"
    bench.wait(hours=6)
    bench.drive(number)
    assert templates(bench).count("keep-offer") == 1


def _away(*, key: str) -> Any:
    raise Unavailable("a fake", "memory", "is away")


def test_writing_about_one_case_does_not_open_the_night_to_another(bench: Bench) -> None:
    """An evening message about one order is no leave to write about another at three in the morning."""
    bench.world.add(order("B-1"))
    number = until_the_offer_letter(bench)
    at_night(bench)
    intake.receive(
        bench.desk,
        intake.Message(
            external_id="m-b",
            channel="email",
            procedure="refund",
            reason="defective",
            order="B-1",
            text="This one, too.",
        ),
    )
    bench.drive(number)
    assert [letter.case for letter in bench.world.mailbox.letters if letter.template == "keep-offer"] == []


def test_a_customer_cannot_name_somebody_elses_order(bench: Bench) -> None:
    """Else its prices would stand on their page, and they could call it off."""
    bench.hire("amy", Role.AGENT)
    told = intake.Message(
        external_id="m-x",
        channel="email",
        procedure="cancel",
        reason="changed_mind",
        text="Please cancel.",
        order="A-1",
        email="mallory@example.test",
        market="DE",
    )
    number = intake.receive(bench.desk, told).number
    bench.drive(number)
    assert bench.state(number).step == "find-order"
    with bench.desk.store.begin() as tx:
        (task,) = [task for task, _ in tasks.waiting(tx) if task.step == "find-order"]
    colleague_answers(bench.desk, task.id, {"order_number": "", "no_such_order": True}, "amy")
    bench.drive(number)
    bench.answer(number, order_number="A-1")
    bench.drive(number)
    assert bench.state(number).step == "find-order", "a colleague looks into it"
    with bench.desk.store.begin() as tx:
        assert cases.get(tx, bench.case(number).id).order_ref is None
    with bench.desk.store.begin() as tx:
        (task,) = [task for task, _ in tasks.waiting(tx) if task.step == "find-order"]
    colleague_answers(bench.desk, task.id, {"order_number": "A-1", "no_such_order": False}, "amy")
    bench.drive(number)
    assert bench.case(number).order_ref == "A-1", "a colleague may: people write from other addresses"
