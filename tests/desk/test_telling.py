"""Who is told of a question that waits: whoever may say yes, once, whatever happens on the way."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from makegood.core.money import Money
from makegood.desk import legs, outgoing, sweeping, telling
from makegood.store import approvals, cases, outbox, people
from makegood.store.people import NewPerson
from makegood.store.words import Role
from tests.desk.bench import Bench, make_bench, perform
from tests.desk.test_refund import dear_order

RUN = UUID("8f5c0c1e-8d3f-4f0e-9c6b-0d6e0a6c2a11")


@pytest.fixture
def bench(store_url: str) -> Bench:
    """An order of 204.90, and people of whom some may approve it."""
    made = make_bench(store_url, dear_order(), approvals_url="https://approvals.example.test")
    with made.desk.store.begin() as tx:
        for person, role, limit, markets, email in (
            ("sam", Role.SUPERVISOR, 50_000, ("all",), True),
            ("sue", Role.SUPERVISOR, 50_000, ("DE",), True),
            ("low", Role.SUPERVISOR, 10_000, ("all",), True),
            ("far", Role.SUPERVISOR, 50_000, ("FR",), True),
            ("mute", Role.SUPERVISOR, 50_000, ("all",), False),
            ("tess", Role.TEAM_LEAD, 90_000, ("all",), True),
            ("amy", Role.AGENT, 90_000, ("all",), True),
        ):
            new = NewPerson(
                id=person,
                name=person,
                role=role,
                limit=Money(minor=limit, currency="EUR"),
                markets=markets,
                email=f"{person}@example.test" if email else None,
            )
            people.add(tx, new, made.desk.now())
    return made


@pytest.fixture
def asked(bench: Bench) -> str:
    return ask(bench, RUN)


def ask(bench: Bench, run: UUID, order: str = "A-1") -> str:
    number = bench.open(reason="changed_mind", order=order)
    leg = legs.drive(bench.desk, number, str(run), perform, run_id=str(run))
    assert leg.end == "suspended"
    with bench.desk.store.begin() as tx:
        approvals.set_run(tx, approvals.of_case(tx, bench.case(number).id)[-1].id, run)
    return number


def told(bench: Bench) -> list[str]:
    while outgoing.drain(bench.desk):
        pass
    for _ in range(2):
        bench.wait(seconds=11)
        outgoing.drain(bench.desk)
    return sorted(letter.to for letter in bench.world.mailbox.letters if letter.template is None)


def test_whoever_may_say_yes_gets_one_letter_with_the_way_to_the_run(bench: Bench, asked: str) -> None:
    assert telling.run_waits(bench.desk, RUN)
    assert told(bench) == ["sam@example.test", "sue@example.test"], "the lowest role that suffices"
    letter = next(each for each in bench.world.mailbox.letters if each.to == "sam@example.test")
    assert letter.subject == f"makegood: {asked} waits for an approval"
    assert f"https://approvals.example.test/runs/flow-run/{RUN}" in letter.body
    assert "204.90 EUR" in letter.body
    for personal in ("Jana", "Beispiel", "jana@example.test", "Musterweg", "broken"):
        assert personal not in letter.subject + letter.body


def test_however_often_it_is_said_nobody_is_told_twice(bench: Bench, asked: str) -> None:
    for _ in range(3):
        telling.run_waits(bench.desk, RUN)
        told(bench)
    telling.catch_up(bench.desk)
    assert told(bench) == ["sam@example.test", "sue@example.test"]


def test_asked_again_after_a_wrong_code_is_the_same_question(bench: Bench, asked: str) -> None:
    telling.run_waits(bench.desk, RUN)
    bench.decide(asked, "approve", "sam", code="000000")
    ending = legs.drive(bench.desk, asked, str(RUN), perform, run_id=str(RUN)).end
    assert ending == "suspended"
    telling.run_waits(bench.desk, RUN)
    assert told(bench) == ["sam@example.test", "sue@example.test"]


def test_a_run_that_shows_no_question_of_ours_tells_nobody(bench: Bench) -> None:
    assert not telling.run_waits(bench.desk, uuid4())
    assert told(bench) == []


def test_what_was_answered_before_anybody_could_be_told_is_no_news(bench: Bench, asked: str) -> None:
    telling.run_waits(bench.desk, RUN)
    with bench.desk.store.begin() as tx:
        approvals.close(tx, approvals.of_case(tx, bench.case(asked).id)[-1].id)
    assert told(bench) == []


def test_when_prefects_event_is_lost_the_sweep_tells_after_some_minutes(bench: Bench, asked: str) -> None:
    assert telling.catch_up(bench.desk) == 0, "Prefect has its chance first"
    bench.wait(minutes=3)
    counts = sweeping.sweep(bench.desk)
    assert counts is not None
    assert counts["questions told of after all"] == 1
    assert told(bench) == ["sam@example.test", "sue@example.test"]
    assert telling.catch_up(bench.desk) == 0


def test_of_a_rush_prefect_tells_the_first_and_the_others_are_told_of_too(bench: Bench, asked: str) -> None:
    others = []
    for ref in ("A-7", "A-8", "A-9"):
        bench.world.add(dear_order().model_copy(update={"ref": ref}))
        others.append(ask(bench, uuid4(), ref))
    assert telling.run_waits(bench.desk, RUN)
    told(bench)
    to_sam = {each.subject for each in bench.world.mailbox.letters if each.to == "sam@example.test"}
    assert to_sam == {f"makegood: {number} waits for an approval" for number in (asked, *others)}


def test_nobody_is_told_of_their_own_case(bench: Bench) -> None:
    number = ask(bench, RUN)
    with bench.desk.store.begin() as tx:
        cases.assign(tx, bench.case(number).id, "sam", bench.desk.now())
    telling.run_waits(bench.desk, RUN)
    assert told(bench) == ["sue@example.test"]


def test_where_no_supervisor_suffices_the_next_role_is_told(store_url: str, bench: Bench) -> None:
    with bench.desk.store.begin() as tx:
        for person in ("sam", "sue"):
            people.set_active(tx, person, False)
    ask(bench, RUN)
    telling.run_waits(bench.desk, RUN)
    assert told(bench) == ["tess@example.test"]


def test_a_mail_system_that_is_away_is_waited_for(bench: Bench, asked: str) -> None:
    telling.run_waits(bench.desk, RUN)
    bench.world.mailbox.down = True
    assert told(bench) == []
    bench.world.mailbox.down = False
    bench.wait(minutes=10)
    assert told(bench) == ["sam@example.test", "sue@example.test"]
    with bench.desk.store.begin() as tx:
        assert outbox.unsent(tx) == 0
