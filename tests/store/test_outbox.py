"""The outbox: told once each, by one dispatcher, and loudly."""

from __future__ import annotations

import time
from datetime import timedelta

from makegood.store import Store, outbox
from makegood.store.words import OutboxVerb
from tests.store.rows import NOW

MINUTE = timedelta(minutes=1)


def put(store: Store, key: str | None = None, due_in: timedelta = timedelta()) -> bool:
    with store.begin() as tx:
        return outbox.put(tx, OutboxVerb.CANCEL_RUN, {"run": "7"}, NOW + due_in, dedupe_key=key)


def test_one_key_is_put_once_also_after_it_was_sent(store: Store) -> None:
    assert put(store, "cancel-run:7")
    assert not put(store, "cancel-run:7")
    with store.begin() as tx:
        (row,) = outbox.take(tx, NOW)
        outbox.sent(tx, row.id, NOW)
    assert not put(store, "cancel-run:7")
    assert put(store)
    assert put(store)


def test_what_one_dispatcher_has_taken_another_passes_over(store: Store) -> None:
    for _ in range(3):
        put(store)
    with store.begin() as first:
        mine = outbox.take(first, NOW, limit=2)
        with store.begin() as second:
            theirs = outbox.take(second, NOW, limit=2)
    assert (len(mine), len(theirs)) == (2, 1)
    assert not {row.id for row in mine} & {row.id for row in theirs}


def test_a_dispatcher_that_dies_loses_nothing(store: Store) -> None:
    put(store)
    try:
        with store.begin() as tx:
            outbox.sent(tx, outbox.take(tx, NOW)[0].id, NOW)
            raise ConnectionError
    except ConnectionError:
        pass
    with store.begin() as tx:
        assert len(outbox.take(tx, NOW)) == 1


def test_what_failed_is_due_again_later(store: Store) -> None:
    put(store)
    put(store, due_in=2 * MINUTE)
    with store.begin() as tx:
        (row,) = outbox.take(tx, NOW)
        outbox.failed(tx, row.id, "ConnectError", NOW + MINUTE)
        assert outbox.take(tx, NOW) == []
        again = outbox.take(tx, NOW + MINUTE)
        assert [(row.attempts, row.error) for row in again] == [(1, "ConnectError")]
        assert outbox.unsent(tx) == 2


def test_a_listener_hears_what_is_put_and_wakes_by_itself_when_nothing_is(store: Store) -> None:
    heard = store.listen(every=0.2)
    assert next(heard)
    assert not next(heard)
    put(store)
    started = time.monotonic()
    assert next(heard)
    assert time.monotonic() - started < 5
    assert not next(heard)
    heard.close()  # type: ignore[attr-defined]


def test_a_rolled_back_put_is_not_heard(store: Store) -> None:
    heard = store.listen(every=0.3)
    next(heard)
    try:
        with store.begin() as tx:
            outbox.put(tx, OutboxVerb.NOTIFY, {}, NOW)
            raise ConnectionError
    except ConnectionError:
        pass
    assert not next(heard)
    heard.close()  # type: ignore[attr-defined]
