"""What was read before: for a batch, so that many cases share one statement, or by a leg, a moment ago.

A reader marked `remembered` answers from the memory of its transaction, where there is one and it knows.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

if TYPE_CHECKING:
    from makegood.store.messages import NewMessage
    from makegood.store.transaction import Tx

P = ParamSpec("P")
R = TypeVar("R")
UNKNOWN = object()
_KEYS = (int, str)


class Memory:
    """By reader and arguments, as (`cases.get`, 17). A remembered error is raised."""

    def __init__(self) -> None:
        self._known: dict[tuple[Hashable, ...], Any] = {}

    def keep(self, reader: str, *arguments: Hashable, answer: Any) -> None:
        self._known[reader, *arguments] = answer

    def knows(self, reader: str, *arguments: Hashable) -> bool:
        return (reader, *arguments) in self._known

    def forget(self, reader: str, *arguments: Hashable) -> None:
        self._known.pop((reader, *arguments), None)

    def learn(self, reader: str, *arguments: Hashable, answer: Any) -> None:
        """What somebody has just read by themselves. A batch keeps only what it has read for all."""

    def ask(self, reader: str, *arguments: Hashable) -> Any:
        """`UNKNOWN` when it must be read."""
        return self._known.get((reader, *arguments), UNKNOWN)


class Recent(Memory):
    """A leg's: what it has read since it last looked what has arrived. Whoever locks a row to change it makes
    this forget it."""

    KEPT = frozenset({"cases.get", "orders.get"})

    def learn(self, reader: str, *arguments: Hashable, answer: Any) -> None:
        if reader in self.KEPT:
            self.keep(reader, *arguments, answer=answer)

    def forget_all(self) -> None:
        self._known.clear()


@dataclass(slots=True)
class Later:
    """Writes of one case that its batch makes for it: what was read by which event, and messages.

    A message's number is not known before it is written: until then the first is -1, the second -2.
    """

    reads: list[tuple[int, int]] = field(default_factory=list)
    messages: list[NewMessage] = field(default_factory=list)

    def add(self, message: NewMessage) -> int:
        self.messages.append(message)
        return -len(self.messages)


def _key(argument: Any) -> Any:
    """A row is known by its number."""
    return argument if isinstance(argument, _KEYS) else getattr(argument, "id", argument)


def remembered(name: str) -> Callable[[Callable[Concatenate[Tx, P], R]], Callable[Concatenate[Tx, P], R]]:
    """For readers whose arguments are keys, or rows."""

    def decorate(read: Callable[Concatenate[Tx, P], R]) -> Callable[Concatenate[Tx, P], R]:
        @functools.wraps(read)
        def asked(tx: Tx, *arguments: P.args, **named: P.kwargs) -> R:
            if tx.memory is None or named:
                return read(tx, *arguments, **named)
            keys = [_key(argument) for argument in arguments]
            known: Any = tx.memory.ask(name, *keys)
            if known is UNKNOWN:
                answer = read(tx, *arguments, **named)
                tx.memory.learn(name, *keys, answer=answer)
                return answer
            if isinstance(known, Exception):
                raise known
            return known  # type: ignore[no-any-return]  # what was kept under this reader's name

        return asked  # type: ignore[return-value]  # mypy takes the name `tx` for part of the type

    return decorate
