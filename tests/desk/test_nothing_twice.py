"""Lost answers, dying legs and impatient people: nothing is lost, nothing happens twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from makegood.core.decisions import Do
from makegood.desk import intake, legs
from makegood.store import cases, effects, inbox, journal, leases, tasks
from makegood.store.words import Role
from tests.desk.bench import Bench, perform
from tests.desk.test_refund import euro, templates


class Died(BaseException):
    """What a killed process looks like from inside: nothing after it runs, save what `finally` does."""


def until_keep_offer(bench: Bench) -> str:
    number = bench.open()
    bench.drive(number)
    bench.answer(number, photos=1)
    bench.drive(number)
    assert bench.state(number).step == "keep-offer"
    bench.answer(number, accepted=True)
    return number


def test_a_refund_whose_answer_was_lost_is_looked_up_and_not_paid_twice(bench: Bench) -> None:
    number = until_keep_offer(bench)
    bench.world.payments.lose_answer(f"{number}:refund:1")
    assert bench.drive(number).end == "parked"
    assert bench.state(number).effect is not None
    bench.wait(minutes=1)
    assert bench.drive(number).end == "closed"
    (refund,) = bench.world.payments.refunds
    assert refund.amount == euro(800)


def test_a_refund_whose_request_was_lost_is_made_once(bench: Bench) -> None:
    number = until_keep_offer(bench)
    bench.world.payments.lose_request(f"{number}:refund:1")
    assert bench.drive(number).end == "parked"
    assert not bench.world.payments.refunds
    bench.wait(minutes=2)
    assert bench.drive(number).end == "closed"
    assert len(bench.world.payments.refunds) == 1


def test_an_unavailable_provider_is_tried_again_later_and_the_case_waits(bench: Bench) -> None:
    number = until_keep_offer(bench)
    bench.world.payments.down = True
    assert bench.drive(number).end == "parked"
    assert bench.case(number).waits_on == "retry"
    bench.wait(seconds=5)
    assert bench.drive(number).end == "parked"
    bench.world.payments.down = False
    bench.wait(minutes=5)
    assert bench.drive(number).end == "closed"
    assert len(bench.world.payments.refunds) == 1


def test_a_refused_refund_goes_to_finance_and_releases_its_reservation(bench: Bench) -> None:
    number = until_keep_offer(bench)
    bench.world.payments.refuse(f"{number}:refund:1", "card_closed")
    bench.drive(number)
    assert bench.state(number).step == "money-desk"
    with bench.desk.store.begin() as tx:
        ((task, _),) = tasks.waiting(tx, roles=[Role.FINANCE])
        row = effects.get(tx, f"{number}:refund:1")
        assert row is not None
        assert row.status == "failed"
        assert {line.status for line in effects.reservations(tx, row.key)} == {"released"}
    assert task.step == "money-desk"


@pytest.mark.parametrize("where", ["before the call", "after the call"])
def test_a_leg_that_dies_at_the_refund_is_taken_up_by_the_next(bench: Bench, where: str) -> None:
    number = until_keep_offer(bench)
    real = bench.world.payments.refund

    def dying(*told: Any, **more: Any) -> Any:
        bench.world.payments.refund = real  # type: ignore[method-assign]  # the killed process is gone
        if where == "after the call":
            real(*told, **more)
        raise Died

    bench.world.payments.refund = dying  # type: ignore[method-assign]  # stands where a kill would strike
    with pytest.raises(Died):
        bench.drive(number)
    bench.wait(minutes=2)
    assert bench.drive(number).end == "closed"
    assert [refund.amount for refund in bench.world.payments.refunds] == [euro(800)]
    assert templates(bench).count("refund-confirmed") == 1


def test_a_case_is_driven_by_one_leg_at_a_time(bench: Bench) -> None:
    number = bench.open()
    case = bench.case(number)
    fence = leases.acquire(bench.desk.store, case.id, "another", timedelta(seconds=60))
    assert fence is not None
    assert legs.drive(bench.desk, number, "me", perform).end == "stepped_back"
    assert not bench.world.mailbox.letters


def test_a_leg_that_lost_its_lease_writes_nothing_more(bench: Bench) -> None:
    number = bench.open()

    before: list[int] = []

    def robbed(do: Do, call: Callable[[], None]) -> None:
        before.append(bench.state(number).seq)
        with bench.desk.store.begin() as tx:
            cases.bump_fence(tx, bench.case(number).id)
        call()

    assert legs.drive(bench.desk, number, "me", robbed).end == "stepped_back"
    assert before == [bench.state(number).seq]
    assert not bench.world.mailbox.letters
    assert bench.drive(number).end == "parked"


def test_the_same_message_twice_opens_one_case_and_another_joins_it(bench: Bench) -> None:
    told: dict[str, Any] = {"external_id": "m-1", "text": "broken"}
    first = bench.open(**told)
    again = intake.receive(
        bench.desk,
        intake.Message(channel="email", procedure="refund", reason="defective", order="A-1", **told),
    )
    assert (again.number, again.duplicate) == (first, True)
    joined = bench.open(external_id="m-2", text="Did you get my message?")
    assert joined == first
    bench.drive(first)
    with bench.desk.store.begin() as tx:
        waiting = [task.why for task, _ in tasks.waiting(tx)]
        assert journal.verify(tx, bench.case(first).id) is None
    assert waiting == ["customer-wrote"], "an agent reads what no step asked for"


def test_what_came_in_time_counts_also_when_it_is_read_late(bench: Bench) -> None:
    number = bench.open()
    bench.drive(number)
    bench.wait(days=9)
    bench.answer(number, photos=1)
    bench.wait(days=9)  # nobody drives; the time-out of 10 days has passed by now
    bench.drive(number)
    assert bench.state(number).step == "keep-offer"


def test_silence_closes_after_reminders_and_a_late_answer_says_so(bench: Bench) -> None:
    number = bench.open()
    bench.drive(number)
    question = bench.state(number).question
    assert question is not None
    for _ in range(12):
        bench.wait(days=1)
        bench.sweep()
        bench.drive(number)
    assert bench.case(number).outcome == "unanswered"
    assert templates(bench).count("reminder") == 2
    case = bench.case(number)
    with bench.desk.store.begin() as tx:
        now = bench.desk.now()
        inbox.put(
            tx,
            case.id,
            source="progress",
            external_id=str(uuid4()),
            name="answer",
            match=f"{number.lower()}-{question.seq}",
            payload={"facts": {"photos": 1}, "by": "customer"},
            received_at=now,
            now=now,
        )
    assert bench.drive(number).end == "closed"


def test_a_withdrawal_while_an_approval_is_open_closes_the_question(store_url: str) -> None:
    from makegood.store import approvals
    from tests.desk.bench import make_bench
    from tests.desk.test_refund import dear_order

    bench = make_bench(store_url, dear_order())
    number = bench.open(reason="changed_mind")
    assert bench.drive(number).end == "suspended"
    intake.reply(bench.desk, number, text="I keep it", channel="email", external_id="r-1", intent="withdraw")
    assert bench.drive(number).end == "closed"
    assert bench.case(number).outcome == "withdrawn"
    with bench.desk.store.begin() as tx:
        (approval,) = approvals.of_case(tx, bench.case(number).id)
    assert approval.status == "closed"
    assert not bench.world.payments.refunds
    bench.desk.store.close()


def test_a_breach_is_recorded_once_and_becomes_a_task(bench: Bench) -> None:
    number = bench.open(reason="other", text="Something is odd.")
    bench.drive(number)
    for _ in range(20):
        bench.wait(hours=6)
        bench.sweep()
        bench.drive(number)
    with bench.desk.store.begin() as tx:
        kinds = [entry.event.kind for entry in journal.read(tx, bench.case(number).id)]
        breaches = [task for task, _ in tasks.waiting(tx) if task.kind == "breach"]
    assert kinds.count("promise.warned") == 2
    assert kinds.count("promise.breached") == 2
    assert sorted(task.why for task in breaches) == ["first-reply-late", "resolution-late"]


def test_photographs_in_a_message_answer_and_words_go_to_an_agent(bench: Bench) -> None:
    number = bench.open()
    bench.drive(number)
    intake.reply(bench.desk, number, text="How long does it take?", channel="email", external_id="r-1")
    bench.drive(number)
    assert bench.state(number).step == "evidence"
    with bench.desk.store.begin() as tx:
        assert [task.why for task, _ in tasks.waiting(tx)] == ["customer-wrote"]
    intake.reply(bench.desk, number, text="Here.", channel="email", external_id="r-2", facts={"photos": 2})
    bench.drive(number)
    assert bench.state(number).step == "keep-offer"
    with bench.desk.store.begin() as tx:
        assert len(tasks.waiting(tx)) == 1, "a message that answers needs no agent"
