"""The error tree: a refusal is a fact with values, a surprise is a defect or a lost connection.

MakegoodError
├── Refusal            something the rules forbid; the caller can act on its values
│   ├── MoveRefused    an event that the case's state does not admit
│   ├── BadInput       what came from outside does not fit: where, what was expected, how to mend it
│   └── Unknown...     see the rooms
└── Surprise           a broken promise between our own parts
"""

from __future__ import annotations

from collections.abc import Sequence


class MakegoodError(Exception):
    """The root of everything that makegood raises on purpose."""


class Refusal(MakegoodError):
    """A rule says no; nothing was changed."""


class Surprise(MakegoodError):
    """Our own parts disagree; somebody must look."""


class MoveRefused(Refusal):
    """An event that does not follow from the state it meets."""

    def __init__(self, event: str, state: str) -> None:
        super().__init__(f"{event} cannot follow {state}")
        self.event = event
        self.state = state


class BadInput(Refusal):
    """Input that does not fit: `place` says where, `expected` what would do, `mend` how to put it right."""

    def __init__(self, place: str, problem: str, expected: str = "", mend: str = "") -> None:
        text = f"{place}: {problem}"
        if expected:
            text += f"; expected {expected}"
        if mend:
            text += f". {mend}"
        super().__init__(text)
        self.place = place
        self.problem = problem
        self.expected = expected
        self.mend = mend


class UnknownName(BadInput):
    """A name that is not in a known set; the message lists the set."""

    def __init__(self, place: str, kind: str, name: str, known: Sequence[str]) -> None:
        expected = f"one of {', '.join(sorted(known))}" if known else ""
        super().__init__(place, f"unknown {kind} {name!r}", expected)
        self.kind = kind
        self.name = name
        self.known = tuple(sorted(known))
