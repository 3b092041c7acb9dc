"""The timeline: each event of a journal as a sentence that a colleague can read."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import assert_never

from makegood.core import events as ev
from makegood.core.errors import MakegoodError
from makegood.core.facts import Facts
from makegood.core.money import Money

_Effect = ev.EffectIntended | ev.EffectUnknown | ev.TryFailed | ev.NoticeSent | ev.Undone
_Question = (
    ev.QuestionAsked
    | ev.Reminded
    | ev.Escalated
    | ev.AnswerKept
    | ev.AnswerRefused
    | ev.OfferRefused
    | ev.Answered
    | ev.TimedOut
)


def sentence(event: ev.Event, currency: str | None = None) -> str:
    """`currency` is the order's: facts that end in `_minor` are shown as money of it."""
    said = _said(event, currency)
    return f"S{said[1:]}" if said.startswith("step ") else said  # names of ours keep their small letter


def _said(event: ev.Event, currency: str | None) -> str:
    match event:
        case ev.CaseOpened():
            told = told_of(event.facts, currency)
            return f"Opened: {event.procedure}, version {event.version}; begins at {_went(event)}.{told}"
        case ev.StepDone():
            return f"{_at(event)} is done; next {_went(event)}.{told_of(event.facts, currency)}"
        case ev.StepFailed():
            return f"{_at(event)} ended in “{event.error}”; next {_went(event)}."
        case ev.EventReceived():
            return _received(event, currency)
        case ev.Interrupted():
            undo = ", undoing what can be undone" if event.undo else ""
            return f"{event.event} came while at {_at(event)}; goes to {_went(event)}{undo}."
        case ev.CaseClosed():
            again = (
                f"; can be taken up again until {instant(event.reopen_until)}" if event.reopen_until else ""
            )
            return f"Closed: {event.outcome}{again}."
        case ev.Noted() | ev.MessageReceived() | ev.MessageSent() | ev.PromiseWarned() | ev.PromiseBreached():
            return _aside(event, currency)
        case ev.TaskAssigned():
            return _assigned(event)
        case ev.EffectIntended() | ev.EffectUnknown() | ev.TryFailed() | ev.NoticeSent() | ev.Undone():
            return _effect(event)
        case (
            ev.QuestionAsked()
            | ev.Reminded()
            | ev.Escalated()
            | ev.AnswerKept()
            | ev.AnswerRefused()
            | ev.OfferRefused()
            | ev.Answered()
            | ev.TimedOut()
        ):
            return _question(event, currency)
        case _:
            assert_never(event)


def erased(kind: str) -> str:
    """Of an event whose customer's key is destroyed."""
    return f"{kind}: can no longer be read, the customer's data is erased"


def _effect(event: _Effect) -> str:
    match event:
        case ev.EffectIntended():
            return f"{event.action} is about to be called for {_at(event)}."
        case ev.EffectUnknown():
            look = instant(event.look_up_at)
            return f"Nobody knows whether {event.action} happened ({event.error}); looked up at {look}."
        case ev.TryFailed():
            again = instant(event.retry_at)
            return f"{_at(event)}: try {event.attempt} failed ({event.error}); tried again at {again}."
        case ev.NoticeSent():
            return f"The message of {_at(event)} went out ({event.suffix})."
        case ev.Undone():
            if event.error:
                return f"{event.action} could not undo {_at(event)} ({event.error}){_then(event.go)}."
            return f"{event.action} undid {_at(event)}{_then(event.go)}."
        case _:
            assert_never(event)


def _question(event: _Question, currency: str | None) -> str:
    match event:
        case ev.QuestionAsked():
            return _asked(event, currency)
        case ev.Reminded():
            return f"Reminder {event.number} of {_at(event)} is due."
        case ev.Escalated():
            return f"{_at(event)} is escalated to {event.to}, until {instant(event.due)}."
        case ev.AnswerKept():
            told = told_of(event.facts, currency)
            return f"Part of an answer to {_at(event)} came; the rest is awaited.{told}"
        case ev.AnswerRefused(counted=True):
            return f"{_at(event)} is asked once more: {event.why}."
        case ev.AnswerRefused(more="asked"):
            return f"{event.by} asked for more before deciding {_at(event)}: {event.note}"
        case ev.AnswerRefused(more="answered"):
            return f"{_at(event)} is asked anew: {event.why}."
        case ev.AnswerRefused():
            by = f" by {event.by}" if event.by else ""
            return f"An answer{by} to {_at(event)} does not count: {event.why}."
        case ev.OfferRefused():
            counter = f"; asked for {event.counter} % instead" if event.counter is not None else ""
            return f"Offer {event.rung + 1} of {_at(event)} was refused{counter}."
        case ev.Answered():
            by = f" by {event.by}" if event.by else ""
            told = told_of(event.facts, currency)
            return f"{_at(event)} was answered{by}: {event.answer}; next {_went(event)}.{told}"
        case ev.TimedOut():
            return f"Nobody answered {_at(event)} in time; next {_went(event)}."
        case _:
            assert_never(event)


def _asked(event: ev.QuestionAsked, currency: str | None) -> str:
    due = f" until {instant(event.due)}" if event.due else ""
    told = told_of(event.facts, currency)
    why = f" Asked again: {event.why}." if event.why else ""
    match event.wait:
        case "approve":
            return f"{_at(event)} asks for an approval{due}.{why}{told}"
        case "task":
            return f"{_at(event)} gives a task to {event.who}{due}.{why}"
        case "ask":
            return f"{_at(event)} asks the customer{due}.{why}{told}"
        case "offer":
            return f"{_at(event)} makes offer {event.rung + 1}{due}.{told}"
        case "await":
            about = f" ({event.match})" if event.match else ""
            return f"{_at(event)} waits for {' or '.join(event.names)}{about} from {event.who}{due}."
        case "call" if event.due is None:  # `wait: no`
            return f"{_at(event)} opens the case {event.match}, and goes on."
        case "call":
            return f"{_at(event)} waits for the case {event.match}{due}."
        case _:
            assert_never(event.wait)


_Aside = ev.Noted | ev.MessageReceived | ev.MessageSent | ev.PromiseWarned | ev.PromiseBreached


def _aside(event: _Aside, currency: str | None) -> str:
    match event:
        case ev.Noted():
            return f"Noted: {event.what}.{told_of(event.facts, currency)}"
        case ev.MessageReceived():
            return f"The customer wrote (message {event.message}, {event.channel})."
        case ev.MessageSent():
            by = "" if event.by == "system" else f" by {event.by}"
            how = "automatic message" if event.automatic else "message"
            what = f" “{event.template}”" if event.template else ""
            return f"We sent the {how}{what}{by} (message {event.message})."
        case ev.PromiseWarned():
            return f"The promise {event.promise} is running out: due {instant(event.due)}."
        case ev.PromiseBreached():
            return f"The promise {event.promise} was broken: due {instant(event.due)}."
        case _:
            assert_never(event)


def _assigned(event: ev.TaskAssigned) -> str:
    task = f"the task {event.step}"
    if event.to == event.by:
        return f"{event.by} took {task} {f'over from {event.before}' if event.before else 'on'}."
    had = f", which {event.before} had," if event.before not in ("", event.by) else ""
    back = "back " if event.before and not event.to else ""
    return f"{event.by} gave {task}{had} {back}to {event.to or event.role}."


def _received(event: ev.EventReceived, currency: str | None) -> str:
    by = f" from {event.by}" if event.by else ""
    told = told_of(event.facts, currency)
    if event.name == "answer":
        return f"An answer{by} to question {event.match} came.{told}"
    about = f" ({event.match})" if event.match else ""
    return f"{event.name}{about} came{by}.{told}"


def told_of(facts: Facts, currency: str | None) -> str:
    """` a = 1, b = yes.` with the space before it; nothing for no facts."""
    if not facts:
        return ""
    return (
        " " + ", ".join(f"{name} = {written(name, value, currency)}" for name, value in facts.items()) + "."
    )


def written(name: str, value: bool | int | str, currency: str | None) -> str:
    """A fact's value; minor units as money where the currency is known."""
    match value:
        case bool():
            return "yes" if value else "no"
        case int() if currency and name.endswith("_minor") and not name.endswith("house_minor"):
            return _money(value, currency)
        case int():
            return str(value)
        case str():
            return value or "-"


def _money(minor: int, currency: str) -> str:
    try:
        return str(Money(minor=minor, currency=currency))
    except (MakegoodError, ValueError):
        return f"{minor} minor units of {currency}"


def instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _at(event: ev._Visit) -> str:
    again = f" (visit {event.visit})" if event.visit > 1 else ""
    return f"step {event.step}{again}"


def _went(event: ev._Move) -> str:
    passed = f" (passing over {', '.join(event.passed)})" if event.passed else ""
    return f"{event.go}{passed}"


def _then(go: str) -> str:
    return f"; next {go}" if go else ""
