"""Calling: a few threads ask the world for many cases, each taking the next case that nobody has taken."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

R = TypeVar("R")


class Calls:
    """`many` calls at once, whichever batch they are for."""

    def __init__(self, pool: ThreadPoolExecutor, many: int) -> None:
        self._pool, self._many = pool, many

    def each(self, call: Callable[[int], R], cases: Iterable[int]) -> dict[int, R]:
        """What `call` says of every case. It must not raise.

        A thread is told of its work once, not once for each case: waking it costs more than many a call.
        """
        left, told = deque(cases), dict[int, R]()

        def work() -> None:
            while left:
                try:
                    case_id = left.popleft()
                except IndexError:  # another thread has taken the last
                    return
                told[case_id] = call(case_id)

        for each in [self._pool.submit(work) for _ in range(min(self._many, len(left)))]:
            each.result()
        return told


@contextmanager
def started(many: int) -> Iterator[Calls]:
    with ThreadPoolExecutor(many, thread_name_prefix="call") as pool:
        yield Calls(pool, many)
