"""A refund over the desk: real database, the world in memory."""

from __future__ import annotations

from typing import Any

from makegood.core.money import Money
from makegood.desk.answering import colleague_answers
from makegood.desk.hearing import Report, hear
from makegood.store import approvals, cases, effects, journal, tasks
from makegood.store.words import Role
from tests.desk.bench import Bench, make_bench
from tests.fakes import order


def euro(minor: int) -> Money:
    return Money(minor=minor, currency="EUR")


def dear_order(minor: int = 20_000) -> Any:
    """One mug of gold, and 4.90 of freight."""
    plain = order()
    paid = {"authorised": euro(minor + 490), "captured": euro(minor + 490)}
    return plain.model_copy(
        update={
            "lines": (plain.lines[0].model_copy(update={"quantity": 1, "unit_paid": euro(minor)}),),
            "payments": (plain.payments[0].model_copy(update=paid),),
        }
    )


def templates(bench: Bench) -> list[str]:
    return [letter.template or "" for letter in bench.world.mailbox.letters]


def parcel(bench: Bench, number: str, name: str = "parcel.received", id_: str = "e-1") -> int:
    """What the carrier reports of the case's own label."""
    report = Report(
        source="carrier",
        id=id_,
        name=name,
        order="A-1",
        match=str(bench.state(number).facts["label.tracking"]),
        facts={"units": 1},
        occurred_at=bench.desk.now(),
    )
    return hear(bench.desk, report).taken


def test_broken_mugs_are_photographed_offered_to_keep_and_paid(bench: Bench) -> None:
    number = bench.open()
    assert bench.drive(number).end == "parked"
    assert templates(bench) == ["acknowledgement", "evidence-request"]

    bench.answer(number, photos=2)
    bench.drive(number)
    assert bench.state(number).step == "keep-offer"

    bench.answer(number, accepted=True)
    assert bench.drive(number).end == "closed"

    case = bench.case(number)
    assert case.outcome == "resolved"
    (refund,) = bench.world.payments.refunds
    assert refund.amount == euro(800), "a fifth of two mugs at 19.99, rounded up"
    assert templates(bench)[2:] == ["keep-offer", "refund-confirmed"]
    with bench.desk.store.begin() as tx:
        assert journal.verify(tx, case.id) is None
        assert all(row.status == "done" for row in effects.of_case(tx, case.id))


def test_a_dear_order_needs_a_supervisor_and_comes_back_first(store_url: str) -> None:
    bench = make_bench(store_url, dear_order())
    bench.hire("sam")
    bench.hire("wanda", Role.WAREHOUSE)
    number = bench.open(reason="changed_mind", text="I do not like it.")
    leg = bench.drive(number)
    assert leg.end == "suspended"
    assert leg.question is not None

    bench.decide(number, "approve", "sam", code="000000")
    assert bench.drive(number).end == "suspended"
    question = bench.state(number).question
    assert question is not None
    assert question.why == "The id or the one-time code is wrong"
    assert question.due == leg.question.due, "a wrong answer wins no time"

    bench.decide(number, "approve", "sam")
    bench.drive(number)
    assert bench.state(number).step == "await-parcel"
    assert parcel(bench, number) == 1
    assert parcel(bench, number) == 0, "told twice, heard once"
    bench.drive(number)
    assert bench.state(number).step == "inspection"

    with bench.desk.store.begin() as tx:
        ((task, _),) = tasks.waiting(tx, roles=[Role.WAREHOUSE])
    colleague_answers(bench.desk, task.id, {"condition": "used", "note": "scratches"}, "wanda")
    assert bench.drive(number).end == "closed"

    (refund,) = bench.world.payments.refunds
    assert refund.amount == euro(16_490), "a fifth off the goods, none off the freight"
    with bench.desk.store.begin() as tx:
        first, second = approvals.of_case(tx, bench.case(number).id)
    assert (first.status, second.status) == ("closed", "answered")
    assert second.decided_by == "sam"
    bench.desk.store.close()


def test_a_used_code_an_own_case_and_a_small_limit_do_not_approve(store_url: str) -> None:
    bench = make_bench(store_url, dear_order(60_000))
    for person in ("sam", "tina"):
        bench.hire(person, Role.TEAM_LEAD if person == "tina" else Role.SUPERVISOR)
    number = bench.open(reason="changed_mind")
    bench.drive(number)

    bench.decide(number, "approve", "sam")
    bench.drive(number)
    assert _why(bench, number) == "The amount is above your limit"

    bench.decide(number, "approve", "sam")
    bench.drive(number)
    assert _why(bench, number) == "This one-time code was used before. Wait for the next one"

    with bench.desk.store.begin() as tx:
        cases.assign(tx, bench.case(number).id, "tina", bench.desk.now())
    bench.decide(number, "approve", "tina")
    bench.drive(number)
    assert _why(bench, number) == "Nobody approves a case that is or was their own"
    assert not bench.world.payments.refunds
    bench.desk.store.close()


def _why(bench: Bench, number: str) -> str:
    question = bench.state(number).question
    assert question is not None
    return question.why


def test_an_adjusted_approval_is_a_ceiling_and_needs_a_note(store_url: str) -> None:
    bench = make_bench(store_url, dear_order())
    bench.hire("sam")
    bench.hire("tom")
    bench.hire("ann")
    bench.hire("oda", Role.OPS)
    number = bench.open(reason="not_delivered", order="A-1")
    bench.drive(number)
    assert bench.state(number).step == "trace"
    (task,) = _open_tasks(bench)
    colleague_answers(bench.desk, task.id, {"outcome": "lost"}, "oda")
    assert bench.drive(number).end == "suspended"

    bench.decide(number, "adjust", "sam", amount="150.00")
    bench.drive(number)
    assert _why(bench, number) == "A note is needed to reject or adjust"
    bench.decide(number, "adjust", "tom", amount="999.00", note="too much")
    bench.drive(number)
    assert _why(bench, number).startswith("The amount must be above zero and at most")
    bench.decide(number, "adjust", "ann", amount="150.00", note="agreed by telephone")
    assert bench.drive(number).end == "closed"
    (refund,) = bench.world.payments.refunds
    assert refund.amount == euro(15_000)
    bench.desk.store.close()


def _open_tasks(bench: Bench) -> list[Any]:
    with bench.desk.store.begin() as tx:
        return [task for task, _ in tasks.waiting(tx)]


def test_part_of_an_order_is_paid_back_alone_and_the_rest_still_goes_out(store_url: str) -> None:
    for procedure in ("cancel", "refund"):
        placed = order(
            f"P-{procedure}", status="placed", fulfilment="not_started", delivered_at=None, shipped_at=None
        )
        bench = make_bench(store_url, placed)
        bench.hire(f"oda-{procedure}", Role.OPS)
        number = bench.open(
            procedure=procedure, reason="changed_mind", order=placed.ref, units=(f"{placed.lines[0].ref}/1",)
        )
        bench.drive(number)
        assert bench.state(number).step == "part-of-order"
        (task,) = _open_tasks(bench)
        colleague_answers(bench.desk, task.id, {"outcome": "taken_out"}, f"oda-{procedure}")
        assert bench.drive(number).end == "closed"
        (refund,) = bench.world.payments.refunds
        assert refund.amount == euro(1999)
        assert bench.world.warehouse.states[placed.ref] == "not_started", "the rest goes out"
        assert templates(bench) == ["acknowledgement", "refund-confirmed"]
        bench.desk.store.close()
