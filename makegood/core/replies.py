"""Replies: what an arrival makes of the question that it answers."""

from __future__ import annotations

from typing import assert_never

from makegood.core import events as ev
from makegood.core.errors import Surprise
from makegood.core.facts import Facts, Value, join
from makegood.core.plan import Plan, PlanStep, choose, route
from makegood.core.procedure import (
    ApproveStep,
    AskStep,
    AwaitStep,
    CallStep,
    CloseStep,
    DecideStep,
    OfferStep,
    RunStep,
    SendStep,
    TaskStep,
)
from makegood.core.state import Arrival, Question, State


def take(plan: Plan, planned: PlanStep, state: State, question: Question, arrival: Arrival) -> ev.Event:
    """The event that this arrival becomes. Answers were checked against the question at the door."""
    match planned.step:
        case AskStep():
            return _asked(plan, planned, state, question, arrival)
        case OfferStep():
            return _offered(plan, planned, state, question, arrival)
        case AwaitStep():
            facts = _fitting(planned, arrival.facts | {"event": arrival.name})
            return answered(plan, planned, state, arrival.name, facts, arrival.by)
        case CallStep():
            return answered(plan, planned, state, "closed", _fitting(planned, arrival.facts), arrival.by)
        case TaskStep():
            return answered(plan, planned, state, "done", _fitting(planned, arrival.facts), arrival.by)
        case ApproveStep():
            return _approved(plan, planned, planned.step, state, arrival)
        case RunStep() | DecideStep() | SendStep() | CloseStep():
            raise Surprise(f"{planned.id} is no wait")
        case _:
            assert_never(planned.step)


def _fitting(planned: PlanStep, facts: Facts) -> Facts:
    """The facts that the step declares; what it declares and did not come is empty."""
    name = getattr(planned.step, "as_", None)
    declared = {fact.removeprefix(f"{name}."): field for fact, field in planned.fields.items()}
    return {key: facts.get(key, field.empty) for key, field in declared.items()}


def answered(
    plan: Plan,
    planned: PlanStep,
    state: State,
    answer: str,
    values: Facts,
    by: str,
    *,
    target: str | None = None,
    ceiling: int | None = None,
) -> ev.Answered:
    """Closes the open question; `target` overrides the step's `then`. No values: its absent ones."""
    assert state.question
    name = getattr(planned.step, "as_", None)
    facts = join(name, values) if name and values else planned.without(state.facts)
    seen = state.facts | facts
    go, passed, written = route(plan, target or choose(planned.then, seen), seen)
    return ev.Answered(
        step=state.step,
        visit=state.visit,
        question=state.question.seq,
        answer=answer,
        by=by,
        go=go,
        passed=passed,
        facts=facts | written,
        settles=planned.settles,
        ceiling=ceiling,
    )


def _asked(plan: Plan, planned: PlanStep, state: State, question: Question, arrival: Arrival) -> ev.Event:
    assert isinstance(planned.step, AskStep)
    given = question.kept | arrival.facts
    missing = [
        name for name, want in planned.step.for_.items() if want != "optional" and not _there(given.get(name))
    ]
    if missing:
        return ev.AnswerKept(step=state.step, visit=state.visit, facts=arrival.facts)
    return answered(plan, planned, state, "given", _fitting(planned, given), arrival.by)


def _there(value: Value | None) -> bool:
    """A confirmation that was denied is an answer; no photographs and empty text are not."""
    return value is not None and (isinstance(value, bool) or bool(value))


def _offered(plan: Plan, planned: PlanStep, state: State, question: Question, arrival: Arrival) -> ev.Event:
    assert isinstance(planned.step, OfferStep)
    rungs, rung = planned.step.offer, planned.step.offer[question.rung]
    counter = arrival.facts.get("counter")
    accepted = arrival.facts.get("accepted") is True
    if isinstance(counter, int) and not isinstance(counter, bool) and 0 < counter <= rung.share:
        accepted = True
    if accepted:
        values: Facts = {"kind": rung.remedy, "share": rung.share, "return_required": rung.return_required}
        return answered(plan, planned, state, "accepted", values, arrival.by)
    if question.rung + 1 < len(rungs):
        number = counter if isinstance(counter, int) else None
        return ev.OfferRefused(step=state.step, visit=state.visit, rung=question.rung, counter=number)
    return answered(plan, planned, state, "refused", {}, arrival.by, target=planned.step.refused)


def _approved(plan: Plan, planned: PlanStep, step: ApproveStep, state: State, arrival: Arrival) -> ev.Event:
    """The desk has verified who answered and with what right before this arrived."""
    decision, amount = arrival.facts["decision"], arrival.facts["amount_minor"]
    assert isinstance(amount, int)
    targets = {
        "approved": step.answers.approved,
        "adjusted": step.answers.adjusted,
        "rejected": step.answers.rejected,
    }
    values: Facts = {"decision": decision, "amount_minor": amount}
    ceiling = None if decision == "rejected" else amount
    return answered(
        plan,
        planned,
        state,
        str(decision),
        values,
        arrival.by,
        target=targets[str(decision)],
        ceiling=ceiling,
    )
