"""A case of a batch: driven in memory, and written when its batch commits."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from makegood.core import events as ev
from makegood.core.decisions import Do
from makegood.core.state import State
from makegood.desk.actions.shape import Prepared
from makegood.desk.driving import Hand
from makegood.store.batch.effects import Settled
from makegood.store.batch.journal import Chapter, End
from makegood.store.inbox import Arrival
from makegood.store.memory import Later
from makegood.store.transaction import Tx


class Mark(NamedTuple):
    """A place in memory to come back to."""

    state: State
    events: int
    reads: int
    messages: int


@dataclass(slots=True)
class BulkHand(Hand):
    """`stands` and `head` are the journal's own end; `pending` are the events that follow it.

    `begun` are the keys of effects that were intended before this batch, `arrived` what is to be read first.
    """

    head: bytes = b""
    stands: State | None = None
    pending: list[tuple[ev.Event, datetime]] = field(default_factory=list)
    later: Later = field(default_factory=Later)
    settled: Settled | None = None
    begun: frozenset[str] = frozenset()
    arrived: list[Arrival] = field(default_factory=list)

    def append(self, tx: Tx, event: ev.Event, at: datetime) -> None:  # noqa: ARG002  # the batch writes it
        self.pending.append((event, at))

    @property
    def end(self) -> End:
        assert self.stands is not None
        return End(self.case_id, self.fence, self.stands.seq)

    def chapter(self, numbers: dict[str, int]) -> Chapter:
        """`numbers` are those of the messages that were written, by key."""
        assert self.stands is not None
        told = [(self._numbered(event, numbers), at) for event, at in self.pending]
        return Chapter(self.case_id, self.number, self.fence, self.stands.seq, self.head, told)

    def _numbered(self, event: ev.Event, numbers: dict[str, int]) -> ev.Event:
        if not isinstance(event, ev.MessageSent) or event.message > 0:
            return event
        key = self.later.messages[-event.message - 1].key
        assert key is not None, "what an effect sends has its key"
        return event.model_copy(update={"message": numbers[key]})

    def written(self, head: bytes) -> None:
        """All of it is committed."""
        self.head, self.stands, self.settled = head, self.state, None
        self.pending.clear()
        self.later.reads.clear()
        self.later.messages.clear()

    def mark(self) -> Mark:
        return Mark(self.state, len(self.pending), len(self.later.reads), len(self.later.messages))

    def back_to(self, mark: Mark) -> None:
        """What was done in memory since has not happened."""
        self.state = mark.state
        del self.pending[mark.events :]
        del self.later.reads[mark.reads :]
        del self.later.messages[mark.messages :]


@dataclass(frozen=True, slots=True)
class Load:
    """The shop is asked for the order."""

    do: Do


@dataclass(frozen=True, slots=True)
class Ask:
    """A query that asks the world, and changes nothing."""

    do: Do


@dataclass(frozen=True, slots=True)
class Effect:
    """The world is changed, once the intent is committed."""

    do: Do
    prepared: Prepared


@dataclass(frozen=True, slots=True)
class Rest:
    """The case is put down: closed with `outcome`, parked, or left to a leg of its own that asks a person."""

    outcome: str | None = None
    waits_on: str | None = None
    timers: tuple[tuple[str, datetime], ...] = ()
    asks: bool = False


@dataclass(frozen=True, slots=True)
class Alone:
    """Nothing for a batch: the case is driven by itself, as a leg drives it."""


Want = Load | Ask | Effect | Rest | Alone
