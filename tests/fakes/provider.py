"""What every fake provider shares: keys that count once, and ways to fail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from makegood.gateways.outcomes import Refused, Unavailable, Unknown

T = TypeVar("T")


class FakeProvider:
    """`calls` counts what was asked, done or not; `down` makes every call `Unavailable`."""

    def __init__(
        self,
        key_lifetime: timedelta = timedelta.max,
        can_look_up: bool = True,
        absent_after: timedelta = timedelta(seconds=60),
    ) -> None:
        self.key_lifetime = key_lifetime
        self.can_look_up = can_look_up
        self.absent_after = absent_after
        self.down = False
        self.calls: list[tuple[str, str]] = []
        self._done: dict[tuple[str, str], tuple[Any, Any]] = {}
        self._lost_answers: set[str] = set()
        self._lost_requests: set[str] = set()
        self._refusals: dict[str, str] = {}

    def lose_answer(self, key: str) -> None:
        """The next call under this key is done, and ends `Unknown`."""
        self._lost_answers.add(key)

    def lose_request(self, key: str) -> None:
        """The next call under this key is not done, and ends `Unknown` all the same."""
        self._lost_requests.add(key)

    def refuse(self, key: str, code: str) -> None:
        """Each call under this key is `Refused(code)`."""
        self._refusals[key] = code

    def once(self, verb: str, key: str, arguments: Any, effect: Callable[[], T]) -> T:
        """Do it unless this key did it before; then the first result again."""
        self.reach()
        self.calls.append((verb, key))
        if key in self._refusals:
            raise Refused(self._refusals[key])
        if key in self._lost_requests:
            self._lost_requests.remove(key)
            raise Unknown("a fake", "memory", "did not answer in time")
        if (verb, key) not in self._done:
            self._done[verb, key] = (arguments, effect())
        first, result = self._done[verb, key]
        if first != arguments:
            raise Refused("idempotency_mismatch")
        if key in self._lost_answers:
            self._lost_answers.remove(key)
            raise Unknown("a fake", "memory", "did not answer in time")
        return result  # type: ignore[no-any-return]  # of the verb's own type

    def done(self, verb: str, key: str) -> Any:
        """The result under this key, None if nothing was done."""
        self.reach()
        return self._done.get((verb, key), (None, None))[1]

    def reach(self) -> None:
        if self.down:
            raise Unavailable("a fake", "memory", "does not answer", "Set down = False")
