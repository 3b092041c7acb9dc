"""The inbox: once each, by time of receipt, without the lease."""

from __future__ import annotations

from datetime import datetime, timedelta

from makegood.core.events import Noted
from makegood.store import Store, cases, inbox, journal, outbox
from tests.store.rows import LATER, NOW, Maker, at_once

MINUTE = timedelta(minutes=1)


def put(store: Store, case_id: int, external_id: str, received_at: datetime = NOW) -> bool:
    with store.begin() as tx:
        return inbox.put(
            tx,
            case_id,
            source="carrier",
            external_id=external_id,
            name="parcel.received",
            match="PX1",
            payload={"tracking": "PX1", "note": "Tür"},
            received_at=received_at,
            now=NOW,
        )


def test_an_arrival_is_kept_once_however_often_it_comes(make: Maker) -> None:
    case = make.case()
    assert put(make.store, case.id, "w-1")
    assert not put(make.store, case.id, "w-1")
    results = at_once(*[lambda: put(make.store, case.id, "w-2")] * 4)
    assert sorted(results) == [False, False, False, True]  # type: ignore[type-var]
    with make.store.begin() as tx:
        assert [arrival.external_id for arrival in inbox.unread(tx, case.id)] == ["w-1", "w-2"]


def test_however_many_arrive_one_leg_is_asked_for(make: Maker) -> None:
    case = make.case()
    at_once(*[lambda n=n: put(make.store, case.id, f"w-{n}") for n in range(6)])
    with make.store.begin() as tx:
        assert len(outbox.take(tx, NOW)) == 1


def test_arrivals_are_read_by_time_of_receipt(make: Maker) -> None:
    case = make.case()
    put(make.store, case.id, "late", NOW + MINUTE)
    put(make.store, case.id, "early", NOW - MINUTE)
    with make.store.begin() as tx:
        first, second = inbox.unread(tx, case.id)
    assert (first.external_id, second.external_id) == ("early", "late")
    assert (first.name, first.match, first.payload["note"]) == ("parcel.received", "PX1", "Tür")


def test_what_is_journalled_is_not_read_again(make: Maker) -> None:
    case = make.case()
    put(make.store, case.id, "w-1")
    with make.store.begin() as tx:
        (arrival,) = inbox.unread(tx, case.id)
        (seq,) = journal.append(tx, case.id, [(Noted(what="parcel.received"), NOW)], fence=0)
        inbox.mark_read(tx, [arrival.id], seq)
        inbox.mark_read(tx, [], seq)
    with make.store.begin() as tx:
        assert inbox.unread(tx, case.id) == []
        assert not cases.park(tx, case.id, 0, step="x", waits_on="y", wake_at=LATER, now=NOW)


def test_intake_learns_which_case_a_message_belongs_to_before_it_opens_one(make: Maker) -> None:
    """Two deliveries of one message at once: one opens the case, the other finds it."""

    def take_in() -> int:
        with make.store.begin() as tx:
            known = inbox.claim(tx, "email", "m-1")
            if known is not None:
                return known
            case = cases.open(tx, new, NOW).case
            arrived = {"source": "email", "external_id": "m-1", "name": "customer.wrote", "payload": {}}
            inbox.put(tx, case.id, **arrived, received_at=NOW, now=NOW)  # type: ignore[arg-type]
            return case.id

    new = make.new_case()
    assert len(set(at_once(*[take_in] * 3))) == 1
