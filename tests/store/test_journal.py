"""The journal: appended under the fence, read back as it was, and every tampering found."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from makegood.core.events import EventReceived, Noted
from makegood.store import Store, cases, journal
from makegood.store.errors import JournalMoved, Missing, StaleFence, Unreadable
from makegood.store.store import make_engine
from tests.store.rows import NOW, OPENED, Maker, at_once


@pytest.fixture
def tamper(owner_url: str):  # type: ignore[no-untyped-def]
    """Does what only the owner can, with the triggers off: the chain has to notice by itself."""

    def run(statement: str, **values: object) -> None:
        with make_engine(owner_url).begin() as owner:
            owner.execute(text("alter table journal disable trigger user"))
            owner.execute(text(statement), values)
            owner.execute(text("alter table journal enable trigger user"))

    return run


def verify(store: Store, case_id: int) -> int | None:
    with store.begin() as tx:
        return journal.verify(tx, case_id)


def test_events_come_back_as_they_were_appended(make: Maker) -> None:
    case = make.case()
    received = EventReceived(
        name="customer.replied", facts={"text": "Ärger 🫖", "units": 2, "ok": True}, received_at=NOW
    )
    moment = NOW + timedelta(microseconds=123456)
    with make.store.begin() as tx:
        assert journal.append(tx, case.id, [(OPENED, NOW), (received, moment)], fence=0) == [1, 2]
    with make.store.begin() as tx:
        assert journal.append(tx, case.id, [(Noted(what="third"), NOW)], fence=0, after=2) == [3]
    with make.store.begin() as tx:
        assert journal.read(tx, case.id) == [
            (1, NOW, OPENED),
            (2, moment, received),
            (3, NOW, Noted(what="third")),
        ]
        assert [entry.seq for entry in journal.read(tx, case.id, after=2)] == [3]
        assert cases.get(tx, case.id).seq == 3
        assert [(head.number, head.seq) for head in cases.heads(tx)] == [(case.number, 3)]
    assert verify(make.store, case.id) is None


def test_an_empty_journal_is_sound(make: Maker) -> None:
    case = make.case()
    with make.store.begin() as tx:
        assert journal.append(tx, case.id, [], fence=0) == []
        assert journal.read(tx, case.id) == []
    assert verify(make.store, case.id) is None


def test_a_driver_that_was_overtaken_writes_nothing(make: Maker) -> None:
    case = make.journalled(2)
    with make.store.begin() as tx:
        fence = cases.bump_fence(tx, case.id)
        journal.append(tx, case.id, [(Noted(what="from elsewhere"), NOW)], fence)
    with pytest.raises(StaleFence), make.store.begin() as tx:
        journal.append(tx, case.id, [(Noted(what="too late"), NOW)], fence=0)
    with make.store.begin() as tx:
        assert len(journal.read(tx, case.id)) == 3


def test_a_writer_that_has_not_folded_the_last_event_is_told(make: Maker) -> None:
    case = make.journalled(3)
    with pytest.raises(JournalMoved) as moved, make.store.begin() as tx:
        journal.append(tx, case.id, [(Noted(what="x"), NOW)], fence=0, after=2)
    assert (moved.value.expected, moved.value.found) == (2, 3)


def test_a_journal_of_no_case_is_a_surprise(store: Store) -> None:
    with store.begin() as tx, pytest.raises(Missing):
        journal.append(tx, 404, [(OPENED, NOW)], fence=0)
    with store.begin() as tx, pytest.raises(Missing):
        journal.verify(tx, 404)


def test_events_appended_at_once_form_one_chain(make: Maker) -> None:
    case = make.case()

    def append() -> list[int]:
        with make.store.begin() as tx:
            return journal.append(tx, case.id, [(Noted(what="a"), NOW), (Noted(what="b"), NOW)], fence=0)

    assert sorted(at_once(*[append] * 4)) == [[1, 2], [3, 4], [5, 6], [7, 8]]  # type: ignore[type-var]
    assert verify(make.store, case.id) is None


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(1, 5), min_size=1, max_size=5))
def test_however_events_are_grouped_they_read_the_same(make: Maker, groups: list[int]) -> None:
    case = make.case(problem="refund", customer=make.customer())
    total = 0
    for size in groups:
        events = [(Noted(what=str(total + n)), NOW) for n in range(size)]
        with make.store.begin() as tx:
            journal.append(tx, case.id, events, fence=0)
        total += size
    with make.store.begin() as tx:
        whole = journal.read(tx, case.id)
        assert [entry.event for entry in whole] == [Noted(what=str(n)) for n in range(total)]
        assert [entry.seq for entry in whole] == list(range(1, total + 1))
        assert journal.verify(tx, case.id) is None


@pytest.mark.parametrize(
    "change",
    [
        "update journal set cipher = cipher || '\\x00' where seq = :seq",
        "update journal set kind = 'answered' where seq = :seq",
        "update journal set at = at + interval '1 microsecond' where seq = :seq",
        "update journal set prev = sha256('x') where seq = :seq",
        "update journal set hash = sha256('x') where seq = :seq",
        "delete from journal where seq = :seq",
    ],
)
def test_a_break_of_the_chain_is_found_where_it_is(make: Maker, tamper, change: str) -> None:  # type: ignore[no-untyped-def]
    for seq in (1, 3, 5):
        case = make.journalled(5)
        tamper(f"{change} and case_id = :case", seq=seq, case=case.id)
        assert verify(make.store, case.id) == seq


def test_a_cut_off_end_is_found(make: Maker, tamper) -> None:  # type: ignore[no-untyped-def]
    case = make.journalled(5)
    tamper("delete from journal where seq > 3")
    assert verify(make.store, case.id) == 4


def test_a_row_from_another_journal_is_found_and_does_not_open(make: Maker, tamper) -> None:  # type: ignore[no-untyped-def]
    one, other = make.journalled(3), make.journalled(3)
    tamper(
        "update journal set cipher = (select cipher from journal where case_id = :other and seq = 2)"
        " where case_id = :one and seq = 2",
        one=one.id,
        other=other.id,
    )
    assert verify(make.store, one.id) == 2
    with make.store.begin() as tx, pytest.raises(Unreadable):
        journal.read(tx, one.id)


def test_nothing_of_an_event_but_its_kind_is_in_the_clear(make: Maker) -> None:
    case = make.case()
    with make.store.begin() as tx:
        journal.append(tx, case.id, [(Noted(what="the blue teapot"), NOW)], fence=0)
        row = tx.session.execute(text("select encode(cipher, 'escape'), j::text from journal j")).one()
    assert "teapot" not in str(row)
