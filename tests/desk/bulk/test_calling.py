"""Calls for a batch: each case is asked for once, by so many threads as are told."""

from __future__ import annotations

import threading

from makegood.desk.bulk import calling


def test_every_case_is_asked_for_once() -> None:
    asked: list[int] = []

    def call(case_id: int) -> str:
        asked.append(case_id)
        return f"answer {case_id}"

    with calling.started(4) as calls:
        told = calls.each(call, range(100))
    assert sorted(asked) == list(range(100))
    assert told == {case_id: f"answer {case_id}" for case_id in range(100)}


def test_as_many_calls_are_made_at_once_as_there_are_threads_and_no_more() -> None:
    together = threading.Barrier(3, timeout=10)
    now = most = 0
    lock = threading.Lock()

    def call(_: int) -> None:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        together.wait()  # breaks unless three are under way
        with lock:
            now -= 1

    with calling.started(3) as calls:
        calls.each(call, range(9))
    assert most == 3


def test_nobody_to_ask_is_no_call() -> None:
    with calling.started(2) as calls:
        assert calls.each(str, []) == {}
