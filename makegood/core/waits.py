"""Waits: how a question is opened, answered, reminded of, escalated and timed out."""

from __future__ import annotations

from datetime import datetime
from typing import TypeGuard

from makegood.core import events as ev
from makegood.core import questions, replies
from makegood.core.decisions import Decision, Do, Park, Pose, Record, Suspend, Timers
from makegood.core.facts import Facts
from makegood.core.plan import Plan, PlanStep, route
from makegood.core.procedure import (
    ApproveStep,
    AskStep,
    AwaitStep,
    CallStep,
    OfferStep,
    Step,
    TaskStep,
    Timeout,
)
from makegood.core.questions import WaitStep
from makegood.core.state import Arrival, Question, State


def is_wait(step: Step) -> TypeGuard[WaitStep]:
    return isinstance(step, AskStep | OfferStep | AwaitStep | TaskStep | ApproveStep | CallStep)


def waits_at(step: Step) -> bool:
    """Whether time passes here: not at a call that goes on at once."""
    return is_wait(step) and not (isinstance(step, CallStep) and not step.wait)


def advance(plan: Plan, planned: PlanStep, state: State, now: datetime) -> Decision:
    """The next move at a step that waits."""
    if state.question is None:
        return _open(plan, planned, state, now)
    question = state.question
    if not waits_at(planned.step):
        return Record(replies.answered(plan, planned, state, "opened", {"case": question.match}, ""))
    arrival = arrived(state)
    if arrival and not _late(question, arrival, now):
        return Record(replies.take(plan, planned, state, question, arrival))
    assert is_wait(planned.step)
    if question.due and now >= question.due:
        return Record(_overdue(plan, planned, planned.step, state, question, now))
    if question.remind_at and now >= max(question.remind_at, state.retry_at or question.remind_at):
        return _remind(plan, planned, state, question, now)
    timers = _timers(question, state.retry_at)
    if question.wait == "approve":
        return Suspend(question, timers)
    wakes = (("answer", str(question.seq)), *((name, question.match) for name in question.names))
    return Park(timers, wakes + interrupts_of(plan), question)


def arrived(state: State) -> Arrival | None:
    """What the open question waits for, if it is there; the earliest when several are."""
    if state.question is None:
        return None
    question = state.question
    wanted = [("answer", str(question.seq)), *((name, question.match) for name in question.names)]
    found = [state.arrivals[key].first for key in wanted if key in state.arrivals]
    return min(found, key=order) if found else None


def order(arrival: Arrival) -> tuple[datetime, int]:
    """By receipt; of two in one instant, by the journal."""
    return arrival.at, arrival.seq


def _late(question: Question, arrival: Arrival, now: datetime) -> bool:
    """Received after the question was due, though both are seen only now: the timer was first."""
    return question.due is not None and question.due < arrival.at and question.due <= now


def over_before(state: State, arrival: Arrival, now: datetime) -> bool:
    """Whether the open wait was answered, or was due, before `arrival` came; then that goes first."""
    if state.question is None:
        return False
    own = arrived(state)
    if own is not None and not _late(state.question, own, now):
        return order(own) <= order(arrival)
    return _late(state.question, arrival, now)


def interrupts_of(plan: Plan) -> tuple[tuple[str, str], ...]:
    return tuple((event, "") for event in plan.interrupts)


def _open(plan: Plan, planned: PlanStep, state: State, now: datetime) -> Decision:
    step = planned.step
    assert is_wait(step)
    match = str(planned.extra.evaluate(state.facts)) if isinstance(step, AwaitStep) and planned.extra else ""
    came = isinstance(step, AwaitStep) and _already_there(state, step, match)
    notice, letter = f"notice-{state.rung}", getattr(step, "message", None)
    if letter and not came and notice not in state.notices and state.refused is None:
        return _letter(planned, state, letter, notice)
    return Pose(_asked(plan, planned, state, now, match), planned)


def _already_there(state: State, step: AwaitStep, match: str) -> bool:
    """It came before the wait opened: nobody needs to be written to about it."""
    return any((name, match) in state.arrivals for name in step.names)


def _letter(planned: PlanStep, state: State, letter: str, suffix: str) -> Do:
    arguments: Facts = {"message": letter}
    arguments |= {name: e.evaluate(state.facts) for name, e in planned.arguments.items()}
    if isinstance(planned.step, OfferStep):
        rung = planned.step.offer[state.rung]
        arguments |= {"share": rung.share, "remedy": rung.remedy}
    return Do(state.step, state.visit, "message.send", arguments, suffix)


def _asked(plan: Plan, planned: PlanStep, state: State, now: datetime, match: str) -> ev.QuestionAsked:
    step = planned.step
    assert is_wait(step)
    timeout = step.timeout
    before = state.refused
    return ev.QuestionAsked(
        step=state.step,
        visit=state.visit,
        wait=questions.kind(step),
        who=before.who if before else questions.ball(step),
        round=state.round + 1 if before else 1,
        rung=state.rung,
        due=before.due if before else timeout and _over(plan, planned, state, step, timeout, now),
        remind_at=before.remind_at if before else _first_reminder(plan, state, step, now),
        escalated=bool(before and before.escalated),
        names=step.names if isinstance(step, AwaitStep) else (),
        match=match,
        facts=questions.about(planned, state),
        why=before.why if before else "",
        reminders=before.reminders if before else 0,
    )


def calendar_of(step: WaitStep, state: State, timeout: Timeout) -> str:
    """Whose hours count: the step says, or the role that works, or the customer's market."""
    if timeout.calendar:
        return timeout.calendar
    if isinstance(step, TaskStep):
        return step.task
    return "supervisor" if isinstance(step, ApproveStep) else str(state.facts["case.market"])


def _due(
    plan: Plan, state: State, step: WaitStep, timeout: Timeout, duration: str, now: datetime
) -> datetime:
    return plan.calendars.add(now, duration, calendar_of(step, state, timeout))


def _over(
    plan: Plan, planned: PlanStep, state: State, step: WaitStep, timeout: Timeout, now: datetime
) -> datetime:
    """After `after`, or as many days as the facts give since another step, whichever is sooner."""
    after = _due(plan, state, step, timeout, timeout.after, now)
    if planned.within is None or timeout.since is None:
        return after
    days = max(int(planned.within.evaluate(state.facts)), 0)
    since = state.came.get(timeout.since, now)
    return min(after, _due(plan, state, step, timeout, f"{days}d", since))


def _first_reminder(plan: Plan, state: State, step: WaitStep, now: datetime) -> datetime | None:
    if isinstance(step, CallStep) or step.remind is None:
        return None
    return _due(plan, state, step, step.timeout, step.remind.after, now)


def _overdue(
    plan: Plan, planned: PlanStep, step: WaitStep, state: State, question: Question, now: datetime
) -> ev.Event:
    """Silence: first to the next role, where the file says so, then along its branch."""
    timeout = step.timeout
    assert timeout
    assert question.due
    if timeout.escalate and timeout.again and not question.escalated:
        due = _due(plan, state, step, timeout, timeout.again, now)
        return ev.Escalated(step=state.step, visit=state.visit, to=timeout.escalate, due=due)
    facts = planned.without(state.facts)
    go, passed, written = route(plan, timeout.go, state.facts | facts)
    return ev.TimedOut(step=state.step, visit=state.visit, go=go, passed=passed, facts=facts | written)


def _remind(plan: Plan, planned: PlanStep, state: State, question: Question, now: datetime) -> Decision:
    """A customer is written to; a colleague's reminder is journalled, and the desk shows it."""
    if question.who == "customer":
        step = planned.step
        remind = getattr(step, "remind", None)
        assert remind
        number = question.rung * remind.times + question.reminders + 1
        return _letter(planned, state, remind.message or "reminder", f"remind-{number}")
    return Record(reminded(plan, state, now))


def reminded(plan: Plan, state: State, now: datetime) -> ev.Reminded:
    """The event for a reminder that went out, with the next one's instant."""
    question, step = state.question, plan.steps[state.step].step
    assert question
    assert isinstance(step, AskStep | OfferStep | AwaitStep | TaskStep | ApproveStep)
    assert step.remind
    number = question.reminders + 1
    again = None
    if number < step.remind.times:
        again = _due(plan, state, step, step.timeout, step.remind.after, now)
    return ev.Reminded(step=state.step, visit=state.visit, number=number, remind_at=again)


def _timers(question: Question, retry_at: datetime | None) -> Timers:
    """A reminder that could not be sent waits for its retry."""
    remind = ("retry", retry_at) if retry_at else ("remind", question.remind_at)
    timers = [remind, ("timeout", question.due)]
    return tuple((name, due) for name, due in timers if due is not None)
