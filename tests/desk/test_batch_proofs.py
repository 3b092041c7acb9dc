"""Each case's leg proves a batch's answer again: by today's people, limits and packet, against the total."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from makegood.core.authority import in_house
from makegood.core.money import Money
from makegood.desk import batch_members
from makegood.desk.batch_verdicts import Granted
from makegood.desk.questions import key_of
from makegood.store import approvals, audit, batches, inbox, people
from makegood.store.models import Batch
from makegood.store.store import make_engine
from makegood.store.words import Role
from tests.desk.batches import Line, bought

EACH = 12_000


@pytest.fixture
def line(store_url: str) -> Iterator[Line]:
    made = Line.of(store_url, *(bought(f"A-{n}", EACH) for n in range(1, 5)))
    made.bench.hire("sam", Role.SUPERVISOR, 50_000)
    yield made
    made.bench.desk.store.close()


def accepted(line: Line, **more: Any) -> Batch:
    """Answered, and no leg has read it yet."""
    batch = line.offered()
    assert isinstance(line.say(batch, "sam", drive=False, **more).verdict, Granted)
    return batch


def whys(line: Line, number: str) -> list[str]:
    return [answer.why for answer in line.answers(number)]


def asked_alone(line: Line, number: str) -> str:
    """What the case's own question begins with."""
    assert line.bench.state(number).step == "approval"
    with line.bench.desk.store.begin() as tx:
        return approvals.of_case(tx, line.bench.case(number).id)[-1].packet.partition("\n")[0]


def test_somebody_who_was_deactivated_since_has_approved_nothing(line: Line) -> None:
    batch = accepted(line)
    line.bench.drive(line.numbers[0])
    with line.bench.desk.store.begin() as tx:
        people.set_active(tx, "sam", False)
    line.drive()
    assert line.paid() == {line.numbers[0]: EACH}
    for number in line.numbers[1:]:
        assert whys(line, number) == [f"batch-{batch.id}: inactive"]
        assert "This case is asked alone from now on" in asked_alone(line, number)


def test_a_limit_that_no_longer_covers_the_total_approves_no_more_of_it(line: Line) -> None:
    batch = accepted(line)
    line.bench.drive(line.numbers[0])
    with line.bench.desk.store.begin() as tx:  # each alone would be within it
        people.set_authority(tx, "sam", Role.SUPERVISOR, Money(minor=47_999, currency="EUR"), ("DE",))
    line.drive()
    assert line.paid() == {line.numbers[0]: EACH}
    assert whys(line, line.numbers[1]) == [f"batch-{batch.id}: above-limit"]


def test_a_case_that_changes_between_the_answer_and_its_leg_is_asked_alone(line: Line) -> None:
    from makegood.desk.hearing import Report, hear

    accepted(line)
    report = Report(
        source="payments",
        id="d-1",
        name="dispute.opened",
        order="A-4",
        match="",
        facts={"amount_minor": EACH},
        occurred_at=line.bench.desk.now(),
    )
    hear(line.bench.desk, report)
    line.drive()
    assert line.paid() == dict.fromkeys(line.numbers[:3], EACH)


def put(line: Line, number: str, batch: int, answer: int, **fields: str) -> None:
    """What nobody but makegood can put: an arrival that claims to come with a batch."""
    bench = line.bench
    told = {"decision": "approve", "approver": "sam", "note": "", **fields}
    with bench.desk.store.begin() as tx:
        case = bench.case(number)
        question = bench.state(number).question
        assert question is not None
        inbox.put(
            tx,
            case.id,
            source="batch",
            external_id=f"forged-{uuid4()}",
            name="approval",
            match=key_of(number, question.seq),
            payload={
                "fields": told,
                "answered_at": datetime.now(UTC).isoformat(),
                "batch": batch,
                "answer": answer,
            },
            received_at=bench.desk.now(),
            now=bench.desk.now(),
        )
    bench.drive(number)


def test_an_arrival_without_its_answer_proves_nothing(line: Line) -> None:
    batch, number = line.offered(), line.numbers[0]
    put(line, number, batch.id, answer=77)
    assert line.paid() == {}
    assert whys(line, number) == [f"batch-{batch.id}: no-proof"]


@pytest.mark.parametrize(
    ("forged", "why"),
    [
        ({}, "not-covered"),
        ({"approver": "tim"}, "no-proof"),
        ({"decision": "reject"}, "no-proof"),
        ({"decision": "adjust"}, "no-proof"),
        ({"batch": 99}, "no-proof"),
    ],
)
def test_an_answer_to_a_batch_is_no_proof_for_what_was_struck_out_nor_for_anybody_else(
    line: Line, forged: dict[str, Any], why: str
) -> None:
    line.bench.hire("tim", Role.SUPERVISOR, 50_000)
    out = line.numbers[0]
    batch = accepted(line, strike=out)
    with line.bench.desk.store.begin() as tx:
        (answer,) = batches.answers(tx, batch.id)
    claimed = forged.get("batch", batch.id)
    put(line, out, claimed, answer.id, **{name: told for name, told in forged.items() if name != "batch"})
    assert out not in line.paid()
    assert whys(line, out) == [f"batch-{claimed}: {why}"]


def test_a_refused_answer_is_no_proof(line: Line) -> None:
    batch, number = line.offered(), line.numbers[0]
    line.say(batch, "sam", code="000000", drive=False)
    with line.bench.desk.store.begin() as tx:
        (answer,) = batches.answers(tx, batch.id)
    put(line, number, batch.id, answer.id)
    assert line.paid() == {}
    assert whys(line, number) == [f"batch-{batch.id}: no-proof"]


def test_a_yes_that_waits_for_a_second_is_no_proof(store_url: str) -> None:
    line = Line.of(store_url, *(bought(f"A-{n}", 200_000) for n in range(1, 4)))
    line.bench.hire("sam", Role.FINANCE, 900_000)
    batch = line.offered()
    line.say(batch, "sam", drive=False)
    with line.bench.desk.store.begin() as tx:
        (answer,) = batches.answers(tx, batch.id)
    put(line, line.numbers[0], batch.id, answer.id)
    assert line.paid() == {}
    line.bench.desk.store.close()


def test_the_second_of_two_who_is_deactivated_before_the_leg_takes_the_yes_along(store_url: str) -> None:
    line = Line.of(store_url, *(bought(f"A-{n}", 200_000) for n in range(1, 4)))
    for name in ("fay", "fin"):
        line.bench.hire(name, Role.FINANCE, 900_000)
    batch = line.offered()
    line.say(batch, "fay", drive=False)
    line.say(batch, "fin", drive=False)
    with line.bench.desk.store.begin() as tx:
        people.set_active(tx, "fay", False)
    line.drive()
    assert line.paid() == {}
    assert whys(line, line.numbers[0]) == [f"batch-{batch.id}: too-few"]
    line.bench.desk.store.close()


def test_what_was_granted_binds_each_case_alone(line: Line) -> None:
    accepted(line)
    line.drive()
    for number in line.numbers:
        grant = line.bench.state(number).grant
        assert grant is not None
        assert grant.ceiling == EACH
        assert line.bench.case(number).status.value == "closed"


amounts = st.lists(st.integers(5_001, 60_000), min_size=3, max_size=4)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(amounts=amounts, limit=st.integers(10_000, 120_000), strike=st.integers(0, 1))
def test_whatever_the_amounts_no_more_is_paid_at_once_than_the_person_may_give(
    postgres_server: Any, migrated_template: str, amounts: list[int], limit: int, strike: int
) -> None:
    """The total of what is not struck out is within the limit, or nothing moves."""
    from makegood import databases

    name = f"chance_{uuid4().hex}"
    databases.create_database(postgres_server.url, name, owner=databases.OWNER, template=migrated_template)
    line = Line.of(
        postgres_server.database(name, databases.APPLICATION),
        *(bought(f"A-{n}", minor) for n, minor in enumerate(amounts, start=1)),
    )
    try:
        line.allow("supervisor", 500_000)
        line.bench.hire("sam", Role.SUPERVISOR, limit)
        line.say(line.offered(), "sam", strike=", ".join(line.numbers[:strike]))
        total = sum(amounts[strike:])
        assert sum(line.paid().values()) == (total if total <= limit else 0)
    finally:
        line.bench.desk.store.close()
        databases.drop_database(postgres_server.url, name)


def test_sums_are_in_house_currency_each_amount_rounded_up(line: Line) -> None:
    authority = line.bench.desk.library.authority
    batch = line.offered()
    with line.bench.desk.store.begin() as tx:
        pairs = batch_members.waiting(tx, batch.id)
    sums = batch_members.sums_of(authority, pairs, "EUR")
    assert sums.house == Money(minor=4 * EACH, currency="EUR")
    yen = Money(minor=1, currency="JPY")
    assert in_house(authority, yen).minor == 1, "a yen is less than a cent, and counts as one"


def test_an_answer_to_a_batch_that_is_changed_behind_our_back_shows_against_the_checkpoint(
    line: Line, postgres_server: Any, store_database: str
) -> None:
    line.bench.sweep()  # the first of the day signs one
    accepted(line, strike=line.numbers[0])
    line.bench.wait(days=1)
    line.bench.sweep()
    with line.bench.desk.store.begin() as tx:
        assert [each.batches for each in audit.checkpoints(tx)] == [0, 1]
        assert audit.faults(tx) == []
    with make_engine(postgres_server.database(store_database)).begin() as owner:
        owner.execute(text("set local session_replication_role = replica"))  # its triggers are stopped
        owner.execute(text("update batch_answers set struck = '[]'"))
    with line.bench.desk.store.begin() as tx:
        (fault,) = audit.faults(tx)
    assert "is not what was written down then" in fault.what
