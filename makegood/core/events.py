"""The events of a case's journal: a closed union, written once, never changed.

Every event that moves the case names the step it moves to (`go`), so that the fold needs no plan and
a journal reads the same when its procedure's file has long changed. The envelope (case, sequence
number, instant) is the store's.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from makegood.core.facts import Facts
from makegood.core.remarks import Entry
from makegood.core.remarks import MessageReceived as MessageReceived
from makegood.core.remarks import MessageSent as MessageSent
from makegood.core.remarks import Noted as Noted
from makegood.core.remarks import PromiseBreached as PromiseBreached
from makegood.core.remarks import PromiseWarned as PromiseWarned
from makegood.core.remarks import TaskAssigned as TaskAssigned

Wait = Literal["ask", "offer", "await", "task", "approve", "call"]


class _Visit(Entry):
    step: str
    visit: int


class _Move(Entry):
    """`passed` lists the steps that were passed over because their `when` was false."""

    go: str
    passed: tuple[str, ...] = ()
    facts: Facts = Field(default_factory=dict)


class CaseOpened(_Move):
    kind: Literal["case.opened"] = "case.opened"
    procedure: str
    version: str


class EffectIntended(_Visit):
    """Written before the call. `suffix` tells the effects of one visit apart (`notice-0`, `undo`)."""

    kind: Literal["effect.intended"] = "effect.intended"
    action: str
    key: str
    suffix: str = ""


class EffectUnknown(_Visit):
    """The call may have happened; it is looked up before anything else."""

    kind: Literal["effect.unknown"] = "effect.unknown"
    action: str
    key: str
    error: str
    look_up_at: datetime


class TryFailed(_Visit):
    kind: Literal["try.failed"] = "try.failed"
    error: str
    attempt: int
    retry_at: datetime


class StepDone(_Visit, _Move):
    """A run, decide or send step has its result."""

    kind: Literal["step.done"] = "step.done"
    undo: str | None = None
    settles: tuple[str, ...] = ()
    ledger: Facts = Field(default_factory=dict)


class StepFailed(_Visit, _Move):
    """A run step ended in an error for which the procedure has a branch."""

    kind: Literal["step.failed"] = "step.failed"
    error: str


class NoticeSent(_Visit):
    """The message that goes with a wait (`notice-0`) or reminds of it (`remind-1`)."""

    kind: Literal["notice.sent"] = "notice.sent"
    suffix: str


class QuestionAsked(_Visit):
    """A wait opens. Its key is the case number in lower case, a dash, and this event's number.

    `who` has the ball; `due` is null only while a call's sibling sets the pace. `remind_at` is the
    next reminder, `reminders` how many went out; a question asked again keeps all three, so that wrong
    answers win no time. `facts` are what the question is about (ceiling, rung), enumerated only.
    """

    kind: Literal["question.asked"] = "question.asked"
    wait: Wait
    who: str
    round: int = 1
    rung: int = 0
    due: datetime | None = None
    remind_at: datetime | None = None
    names: tuple[str, ...] = ()
    match: str = ""
    facts: Facts = Field(default_factory=dict)
    why: str = ""
    reminders: int = 0
    escalated: bool = False


class Reminded(_Visit):
    kind: Literal["reminded"] = "reminded"
    number: int
    remind_at: datetime | None = None


class Escalated(_Visit):
    kind: Literal["escalated"] = "escalated"
    to: str
    due: datetime


class AnswerKept(_Visit):
    """Part of an answer: the question stays open for the rest."""

    kind: Literal["answer.kept"] = "answer.kept"
    facts: Facts


class AnswerRefused(_Visit):
    """An answer that does not count, and why; the question is asked again.

    `counted`: it does count, and somebody else has to say yes, too. `more`: it asked for more before
    deciding, or what was asked for has come; `note` has the words.
    """

    kind: Literal["answer.refused"] = "answer.refused"
    question: int
    why: str
    by: str = ""
    counted: bool = False
    more: Literal["", "asked", "answered"] = ""
    note: str = ""


class OfferRefused(_Visit):
    kind: Literal["offer.refused"] = "offer.refused"
    rung: int
    counter: int | None = None


class Answered(_Visit, _Move):
    """A question is closed by its answer; `answer` is the word that chose the branch."""

    kind: Literal["answered"] = "answered"
    question: int
    answer: str
    by: str = ""
    settles: tuple[str, ...] = ()
    ceiling: int | None = None


class TimedOut(_Visit, _Move):
    kind: Literal["timed.out"] = "timed.out"


class EventReceived(Entry):
    """Something from outside that a wait or an interrupt may want; kept until one does."""

    kind: Literal["event.received"] = "event.received"
    name: str
    match: str = ""
    facts: Facts = Field(default_factory=dict)
    received_at: datetime
    by: str = ""


class Interrupted(_Visit, _Move):
    """An interrupt is honoured: what can be undone is undone, then the case goes on at `go`."""

    kind: Literal["interrupted"] = "interrupted"
    event: str
    undo: bool = True


class Undone(_Visit):
    """An undo has ended. `error` says that it could not be done, and `go` where the case goes for that."""

    kind: Literal["undone"] = "undone"
    action: str
    error: str = ""
    go: str = ""
    passed: tuple[str, ...] = ()
    facts: Facts = Field(default_factory=dict)


class CaseClosed(Entry):
    kind: Literal["case.closed"] = "case.closed"
    outcome: str
    reopen_until: datetime | None = None


Event = Annotated[
    CaseOpened
    | EffectIntended
    | EffectUnknown
    | TryFailed
    | StepDone
    | StepFailed
    | NoticeSent
    | QuestionAsked
    | Reminded
    | Escalated
    | AnswerKept
    | AnswerRefused
    | OfferRefused
    | Answered
    | TimedOut
    | EventReceived
    | Interrupted
    | Undone
    | Noted
    | MessageReceived
    | MessageSent
    | TaskAssigned
    | PromiseWarned
    | PromiseBreached
    | CaseClosed,
    Field(discriminator="kind"),
]

_adapter: TypeAdapter[Event] = TypeAdapter(Event)


def dump(event: Event) -> dict[str, Any]:
    """As JSON-ready data, without what is at its default."""
    return {"kind": event.kind, **event.model_dump(mode="json", exclude_defaults=True)}


def parse(data: dict[str, Any]) -> Event:
    """Raises pydantic's ValidationError for data that no version of makegood wrote."""
    return _adapter.validate_python(data)
