"""Questions of one cause are offered as one, answered once, and each case keeps an answer of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyotp
import pytest

from makegood.core.money import Money
from makegood.desk.batch_verdicts import Counted, Granted, Refused
from makegood.store import approvals, batches, people
from makegood.store.words import BatchStatus, Role
from tests.desk.batches import Line, bought

EACH = 12_000


@pytest.fixture
def line(store_url: str) -> Iterator[Line]:
    """Four cases about one article, each of 120.00, and a supervisor who may approve 500.00."""
    made = Line.of(store_url, *(bought(f"A-{n}", EACH) for n in range(1, 5)))
    made.bench.hire("sam", Role.SUPERVISOR, 50_000)
    yield made
    made.bench.desk.store.close()


def whys(line: Line, batch_id: int) -> list[tuple[str, str, str]]:
    with line.bench.desk.store.begin() as tx:
        return [(a.person_id, a.verdict.value, a.why) for a in batches.answers(tx, batch_id)]


def test_what_is_of_one_cause_is_offered_once_however_often_it_is_swept(line: Line) -> None:
    batch = line.offered()
    line.bench.sweep()
    line.bench.sweep()
    assert [each.id for each in line.open()] == [batch.id]
    assert batch.cause == "missing_item: article MUG"
    with line.bench.desk.store.begin() as tx:
        assert [case.number for _, _, case in batches.members(tx, batch.id)] == line.numbers


def test_fewer_than_authority_says_make_no_batch(store_url: str) -> None:
    line = Line.of(store_url, bought("A-1", EACH), bought("A-2", EACH), bought("B-1", EACH, sku="LAMP"))
    line.bench.sweep()
    assert line.open() == []
    line.bench.desk.store.close()


def test_the_packet_lists_each_case_and_what_they_come_to(line: Line) -> None:
    packet = line.offered().packet
    for number in line.numbers:
        assert f"[{number}](http://127.0.0.1:8600/desk/cases/{number})" in packet
    assert "4 cases of one cause · refund · DE" in packet
    assert "| In EUR | 480.00 EUR |" in packet
    assert "never a yes" in packet
    assert "jana" not in packet.lower()


def test_one_yes_pays_each_case_and_each_journal_has_its_own_entry(line: Line) -> None:
    batch = line.offered()
    assert isinstance(line.say(batch, "sam").verdict, Granted)
    assert line.paid() == dict.fromkeys(line.numbers, EACH)
    assert line.batch(batch.id).status is BatchStatus.ANSWERED
    for number in line.numbers:
        assert "answered-in-batch" in line.noted(number)
        (kept,) = line.answers(number)
        assert (kept.person_id, kept.decision, kept.verdict.value) == ("sam", "approve", "accepted")
        assert (kept.why, kept.amount_minor) == (f"batch-{batch.id}", EACH)


def test_what_is_struck_out_stays_open_alone_and_all_else_is_paid(line: Line) -> None:
    batch, out = line.offered(), line.numbers[1]
    line.say(batch, "sam", strike=f" {out.lower()} ")
    assert line.paid() == {number: EACH for number in line.numbers if number != out}
    assert line.bench.state(out).step == "approval"
    assert line.answers(out) == []
    line.bench.sweep()
    assert line.open() == [], "it is not offered a second time"
    line.renew_code("sam")
    line.bench.decide(out, "approve", "sam")
    line.bench.drive(out)
    assert line.paid()[out] == EACH


def test_a_no_is_a_no_to_each_and_needs_a_note(line: Line) -> None:
    batch = line.offered()
    refused = line.say(batch, "sam", "reject").verdict
    assert isinstance(refused, Refused)
    assert refused.why == "no-note"
    line.renew_code("sam")
    line.say(batch, "sam", "reject", note="the boxes were full")
    assert line.paid() == {}
    assert {line.bench.state(number).step == "approval" for number in line.numbers} == {False}
    assert whys(line, batch.id) == [("sam", "refused", "no-note"), ("sam", "accepted", "")]


def test_each_below_the_limit_and_together_above_it_is_refused(store_url: str) -> None:
    line = Line.of(store_url, *(bought(f"A-{n}", 20_000) for n in range(1, 4)))
    line.bench.hire("sam", Role.SUPERVISOR, 50_000)
    batch = line.offered()
    refused = line.say(batch, "sam").verdict
    assert isinstance(refused, Refused)
    assert refused.why == "above-limit"
    assert line.paid() == {}
    assert "600.00 EUR, is above your limit: strike some out" in line.batch(batch.id).packet
    line.renew_code("sam")
    line.say(batch, "sam", strike=line.numbers[0])
    assert line.paid() == dict.fromkeys(line.numbers[1:], 20000)
    line.bench.desk.store.close()


def test_one_customers_cases_are_one_sum_towards_what_they_may_be_given(store_url: str) -> None:
    """Each within what a supervisor may give one customer in 90 days (2,000.00); together not."""
    orders = [
        bought("A-1", 110_000, by="kim"),
        bought("A-2", 110_000, by="kim"),
        bought("A-3", 6_000),
    ]
    line = Line.of(store_url, *orders)
    line.allow("supervisor", 500_000)
    line.bench.hire("sam", Role.SUPERVISOR, 500_000)
    refused = line.say(line.offered(), "sam").verdict
    assert isinstance(refused, Refused)
    assert refused.why == "customer-above-limit"
    assert line.paid() == {}
    line.bench.desk.store.close()


@pytest.mark.parametrize(
    ("entered", "why"),
    [
        ({"code": "000000"}, "wrong_code"),
        ({"by": "nobody"}, "unknown_person"),
        ({"decision": "perhaps"}, "no-decision"),
        ({"strike": "MG-2020-000001"}, "not-listed"),
        ({"strike": "all"}, "nothing-left"),
        ({"by": "wim"}, "role-may-not-approve"),
        ({"by": "fred"}, "not-this-market"),
        ({"key": "batch-1-7"}, "older-form"),
        ({"resumed": False}, "state-by-hand"),
        ({"packet": "abababababab"}, "older-form"),
        ({"shown": "ab" * 32}, "packet-swapped"),
        ({"amount": "1.00"}, "foreign-fields"),
    ],
)
def test_what_does_not_count_is_asked_again_and_says_why(
    line: Line, entered: dict[str, Any], why: str
) -> None:
    batch = line.offered()
    line.bench.hire("wim", Role.WAREHOUSE)
    line.bench.hire("fred", Role.SUPERVISOR, 100_000)
    with line.bench.desk.store.begin() as tx:
        people.set_authority(tx, "fred", Role.SUPERVISOR, Money(minor=100_000, currency="EUR"), ("FR",))
    told = {"by": "sam", **entered}
    if told.get("strike") == "all":
        told["strike"] = ", ".join(line.numbers)
    refused = line.say(batch, told.pop("by"), told.pop("decision", "approve"), **told).verdict
    assert isinstance(refused, Refused)
    assert refused.why == why
    now = line.batch(batch.id)
    assert (now.status, now.round) == (BatchStatus.OPEN, 2)
    assert now.packet.startswith(f"> **Asked again:** {refused.said}")
    assert [row[1:] for row in whys(line, batch.id)] == [("refused", why)]
    assert line.paid() == {}
    assert all(line.answers(number) == [] for number in line.numbers)


def test_nobody_approves_a_batch_with_a_case_of_their_own(line: Line) -> None:
    from makegood.store import cases

    batch, own = line.offered(), line.numbers[2]
    with line.bench.desk.store.begin() as tx:
        cases.assign(tx, line.bench.case(own).id, "sam", line.bench.desk.now())
    refused = line.say(batch, "sam").verdict
    assert isinstance(refused, Refused)
    assert (refused.why, own in refused.said) == ("owner-of-the-case", True)
    line.renew_code("sam")
    line.say(batch, "sam", strike=own)
    assert own not in line.paid()
    assert len(line.paid()) == 3


def test_the_same_answer_twice_is_one(line: Line) -> None:
    batch = line.offered()
    line.say(batch, "sam", external_id="run-1:batch-1-1", key="batch-1-1", decision="perhaps")
    told = line.say(batch, "sam", external_id="run-1:batch-1-1", key="batch-1-1")
    assert told.verdict is None
    assert line.batch(batch.id).round == 2


def test_a_code_that_counted_in_a_batch_counts_nowhere_else(line: Line) -> None:
    batch, out = line.offered(), line.numbers[0]
    code = pyotp.TOTP(line.bench.secrets["sam"]).now()  # half a minute may end between the two
    line.say(batch, "sam", strike=out, code=code)
    line.bench.decide(out, "approve", "sam", code=code)
    line.bench.drive(out)
    assert out not in line.paid()
    assert [answer.why for answer in line.answers(out)] == ["used_code"]


def test_a_case_may_be_answered_alone_and_the_batchs_answer_changes_nothing_for_it(line: Line) -> None:
    batch, alone = line.offered(), line.numbers[0]
    line.bench.decide(alone, "reject", "sam", note="not this one")
    line.bench.drive(alone)
    line.renew_code("sam")
    line.say(batch, "sam")
    assert line.paid() == dict.fromkeys(line.numbers[1:], EACH)
    assert {"late-answer", "after-close:approval"} & set(line.noted(alone))
    with line.bench.desk.store.begin() as tx:
        (given,) = batches.answers(tx, batch.id)
        asked = approvals.of_case(tx, line.bench.case(alone).id)[0]
    assert str(asked.id) not in given.covers
    assert given.total_minor == 3 * EACH


def test_a_batch_whose_questions_are_all_closed_is_withdrawn(line: Line) -> None:
    batch = line.offered()
    for number in line.numbers:
        line.bench.decide(number, "reject", "sam", note="no")
        line.bench.drive(number)
        line.renew_code("sam")
    line.bench.sweep()
    assert line.batch(batch.id).status is BatchStatus.WITHDRAWN
    late = line.say(batch, "sam").verdict
    assert isinstance(late, Refused)
    assert late.why == "closed"
    assert line.paid() == {}


def test_a_case_that_changed_since_goes_on_alone_and_the_rest_is_asked_again(line: Line) -> None:
    from makegood.desk.hearing import Report, hear

    batch, changed = line.offered(), line.numbers[3]
    report = Report(
        source="payments",
        id="d-1",
        name="dispute.opened",
        order="A-4",
        match="",
        facts={"amount_minor": EACH},
        occurred_at=line.bench.desk.now(),
    )
    hear(line.bench.desk, report)  # nobody has driven it since
    refused = line.say(batch, "sam", drive=False).verdict
    assert isinstance(refused, Refused)
    assert refused.why == "packet-changed"
    assert f"{changed} changed after this was shown, and goes on alone" in line.batch(batch.id).packet
    assert "3 cases of one cause" in line.batch(batch.id).packet
    line.renew_code("sam")
    line.say(batch, "sam", drive=False)
    for number in line.numbers[:3]:
        line.bench.drive(number)
    assert line.paid() == dict.fromkeys(line.numbers[:3], EACH)


def test_large_totals_take_two_people_and_each_case_keeps_both_names(store_url: str) -> None:
    line = Line.of(store_url, *(bought(f"A-{n}", 200_000) for n in range(1, 4)))
    for name in ("fay", "fin"):
        line.bench.hire(name, Role.FINANCE, 900_000)
    batch = line.offered()
    counted = line.say(batch, "fay").verdict
    assert isinstance(counted, Counted)
    assert line.paid() == {}
    assert "fay said yes; one more person has to say yes, too" in line.batch(batch.id).packet
    line.renew_code("fay")
    assert isinstance(line.say(batch, "fay").verdict, Counted), "the same person twice is one"
    assert isinstance(line.say(batch, "fin").verdict, Granted)
    assert sorted(line.paid().values()) == [200_000] * 3
    for number in line.numbers:
        assert [answer.person_id for answer in line.answers(number)] == ["fay", "fin"]
    line.bench.desk.store.close()


def test_what_the_first_of_two_struck_out_is_not_put_back_by_the_second(store_url: str) -> None:
    line = Line.of(store_url, *(bought(f"A-{n}", 200_000) for n in range(1, 5)))
    for name in ("fay", "fin"):
        line.bench.hire(name, Role.FINANCE, 900_000)
    batch = line.offered()
    line.say(batch, "fay", strike=line.numbers[0])
    assert line.numbers[0] not in line.batch(batch.id).packet
    line.say(batch, "fin")
    assert set(line.paid()) == set(line.numbers[1:])
    line.bench.desk.store.close()
