"""Lock-outs: whoever oversees is told once, by a letter that the outbox does not lose."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from makegood.desk import identity, outgoing
from makegood.store import outbox, people
from makegood.store.words import Role
from tests.desk.bench import Bench, make_bench
from tests.desk.test_refund import dear_order

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def bench(bench: Bench) -> Bench:
    """Sam, who has forgotten; and colleagues with and without an address."""
    for name, role in (
        ("sam", Role.SUPERVISOR),
        ("sue", Role.SUPERVISOR),
        ("tess", Role.TEAM_LEAD),
        ("root", Role.ADMIN),
        ("amy", Role.AGENT),
        ("mute", Role.SUPERVISOR),
        ("gone", Role.SUPERVISOR),
    ):
        bench.hire(name, role)
    with bench.desk.store.begin() as tx:
        for name in ("sam", "sue", "tess", "root", "amy", "gone"):
            people.set_email(tx, name, f"{name}@example.test")
        people.set_active(tx, "gone", False)
    return bench


def fail(bench: Bench, times: int, at: datetime = AT, person: str = "sam") -> None:
    for _ in range(times):
        with bench.desk.store.begin() as tx:
            identity.verify(tx, bench.desk, person, "000000", at)


def told(bench: Bench) -> list[str]:
    outgoing.drain(bench.desk)
    return sorted(letter.to for letter in bench.world.mailbox.letters)


ALL = ["root@example.test", "sue@example.test", "tess@example.test"]


def test_four_failures_tell_nobody(bench: Bench) -> None:
    fail(bench, 4)
    assert told(bench) == []


def test_the_fifth_tells_everybody_else_who_oversees_and_has_an_address(bench: Bench) -> None:
    fail(bench, 5)
    assert told(bench) == ALL
    (letter,) = {(each.subject, each.body) for each in bench.world.mailbox.letters}
    assert letter[0] == "makegood: sam is locked out"
    assert "2026-03-02 09:01 UTC" in letter[1]


def test_a_lock_that_grows_is_the_same_lock_out(bench: Bench) -> None:
    fail(bench, 5)
    fail(bench, 1, AT + timedelta(minutes=2))
    fail(bench, 1, AT + timedelta(hours=1))
    assert told(bench) == ALL


def test_after_a_right_code_the_next_lock_out_is_another(bench: Bench) -> None:
    fail(bench, 5)
    with bench.desk.store.begin() as tx:
        people.enrol(tx, "sam")
    fail(bench, 5, AT + timedelta(days=1))
    assert told(bench) == sorted(ALL * 2)


def test_letters_wait_for_a_mail_system_that_is_away_and_hold_up_nothing_else(bench: Bench) -> None:
    number = bench.open()
    with bench.desk.store.begin() as tx:
        before = outbox.unsent(tx)
    assert before, "a leg is asked for"
    fail(bench, 5)
    bench.world.mailbox.down = True
    assert told(bench) == []
    with bench.desk.store.begin() as tx:
        assert outbox.unsent(tx) == 3, f"the leg of {number} was started"
    bench.world.mailbox.down = False
    bench.wait(minutes=1)
    assert told(bench) == ALL
    assert told(bench) == ALL, "each once"


def test_who_leaves_before_the_letter_is_sent_gets_none(bench: Bench) -> None:
    fail(bench, 5)
    with bench.desk.store.begin() as tx:
        people.set_active(tx, "sue", False)
    assert told(bench) == ["root@example.test", "tess@example.test"]


def test_an_unknown_id_locks_nobody(bench: Bench) -> None:
    fail(bench, 9, person="eve")
    assert told(bench) == []


def test_a_letter_that_is_refused_is_not_sent_for_ever(bench: Bench) -> None:
    fail(bench, 5)
    bench.world.mailbox.refuse(f"notice:locked-out:sam:{AT.isoformat()}:sue", "no_such_address")
    assert told(bench) == ["root@example.test", "tess@example.test"]
    with bench.desk.store.begin() as tx:
        assert outbox.unsent(tx) == 0


def test_wrong_codes_in_prefects_form_count_as_well(store_url: str) -> None:
    bench = make_bench(store_url, dear_order())
    bench.hire("sam")
    bench.hire("root", Role.ADMIN)
    with bench.desk.store.begin() as tx:
        people.set_email(tx, "root", "root@example.test")
    number = bench.open(reason="changed_mind")
    assert bench.drive(number).end == "suspended"
    for _ in range(5):
        bench.decide(number, "approve", "sam", code="000000")
        bench.drive(number)
    assert [to for to in told(bench) if to.startswith("root")] == ["root@example.test"]
    assert number not in str(
        [letter for letter in bench.world.mailbox.letters if letter.to.startswith("root")]
    )
    bench.desk.store.close()
