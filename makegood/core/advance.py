"""The one decision: given a plan, a state and the time, what happens next."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import assert_never

from makegood.core import events as ev
from makegood.core import waits
from makegood.core.decisions import Close, Decision, Do, Finished, Park, Record, Settle
from makegood.core.errors import Surprise
from makegood.core.facts import BUILT_IN, UNSAID, Facts, Field, join
from makegood.core.plan import Plan, PlanStep, choose, route
from makegood.core.procedure import (
    STAY,
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
from makegood.core.state import Arrival, State

MESSAGE = "message.send"


def opening(plan: Plan, facts: Facts) -> ev.CaseOpened:
    """A case's first event. `facts` are the built-in ones, all but those that may go unsaid."""
    facts = UNSAID | facts
    if unfit := sorted(n for n, field in BUILT_IN.items() if n not in facts or not field.admits(facts[n])):
        raise Surprise(f"{plan.name}: a case cannot open without fitting {', '.join(unfit)}")
    go, passed, written = route(plan, plan.procedure.start, facts)
    return ev.CaseOpened(
        procedure=plan.name, version=plan.version, go=go, passed=passed, facts=facts | written
    )


def advance(plan: Plan, state: State, now: datetime) -> Decision:
    """Pure and of constant cost: the same plan, state and time give the same decision."""
    if state.outcome is not None:
        return Finished(state.outcome)
    if state.effect is not None:
        if state.effect.look_up_at and now < state.effect.look_up_at:
            return Park((("look-up", state.effect.look_up_at),))
        return Settle(state.effect)
    if interrupt := _interrupt(plan, state, now):
        return Record(interrupt)
    if state.retry_at and now < state.retry_at and state.question is None:
        return Park((("retry", state.retry_at),), waits.interrupts_of(plan))
    if state.undoing and state.undoables:
        return _undo(plan, state)
    planned = plan.steps[state.step]
    match planned.step:
        case RunStep():
            arguments = _arguments(planned, state)
            return Do(state.step, state.visit, planned.step.run, arguments)
        case SendStep():
            letter: Facts = {"message": planned.step.send}
            return Do(state.step, state.visit, MESSAGE, letter | _arguments(planned, state))
        case DecideStep():
            return Record(_decided(plan, planned, state))
        case CloseStep():
            return Close(_close(planned.step, state, now, plan))
        case AskStep() | OfferStep() | AwaitStep() | TaskStep() | ApproveStep() | CallStep():
            return waits.advance(plan, planned, state, now)
        case _:
            assert_never(planned.step)


def _arguments(planned: PlanStep, state: State) -> Facts:
    return {name: expression.evaluate(state.facts) for name, expression in planned.arguments.items()}


def _decided(plan: Plan, planned: PlanStep, state: State) -> ev.StepDone:
    assert isinstance(planned.step, DecideStep)
    values = plan.tables[planned.step.decide].decide(state.facts)
    return done(plan, state, values)


def done(plan: Plan, state: State, values: Facts, *, ledger: Facts | None = None) -> ev.StepDone:
    """The event for a run, decide or send step whose result is `values`.

    `ledger` are the built-in ledger facts that the effect changed.
    """
    planned = plan.steps[state.step]
    step = planned.step
    name = getattr(step, "as_", None)
    facts = join(name, values) if name else {}
    if not _fit(planned.fields, facts):
        fits = {fact for fact, typed in planned.fields.items() if fact in facts and typed.admits(facts[fact])}
        unfit = ", ".join(sorted((facts.keys() | planned.fields.keys()) - fits))
        raise Surprise(f"{plan.name}.{state.step}: the result does not fit its contract: {unfit}")
    changed = ledger or {}
    seen = state.facts | facts | changed
    go, passed, written = route(plan, choose(planned.then, seen), seen)
    owes = isinstance(step, RunStep) and (planned.undo_when is None or planned.undo_when.evaluate(seen))
    return ev.StepDone(
        step=state.step,
        visit=state.visit,
        go=go,
        passed=passed,
        facts=facts | written,
        undo=step.undo if isinstance(step, RunStep) and owes else None,
        settles=planned.settles,
        ledger=changed,
    )


def _fit(fields: Mapping[str, Field], facts: Facts) -> bool:
    """Just these, each of its type."""
    if facts.keys() != fields.keys():
        return False
    return all(typed.admits(facts[fact]) for fact, typed in fields.items())


def _undo(plan: Plan, state: State) -> Do:
    last = state.undoables[-1]
    name = getattr(plan.steps[last.step].step, "as_", None)
    wanted = plan.contracts[last.action].arguments
    facts = {key: state.facts[f"{name}.{key}"] for key in wanted if f"{name}.{key}" in state.facts}
    return Do(last.step, last.visit, last.action, facts, "undo")


def _close(step: CloseStep, state: State, now: datetime, plan: Plan) -> ev.CaseClosed:
    until = None
    if step.reopen_within:
        until = plan.calendars.add(now, step.reopen_within, str(state.facts["case.market"]))
    return ev.CaseClosed(outcome=step.close, reopen_until=until)


def _interrupt(plan: Plan, state: State, now: datetime) -> ev.Event | None:
    """The earliest arrival that may interrupt here, unless the open wait was over before it came."""
    wanted = [
        arrival
        for arrival in state.arrivals.values()
        if arrival.name in plan.interrupts and arrival.name not in state.interrupts_honoured
    ]
    if not wanted:
        return None
    first = min(wanted, key=waits.order)
    if waits.over_before(state, first, now):
        return None
    return _honour(plan, state, first)


def _honour(plan: Plan, state: State, arrival: Arrival) -> ev.Event:
    for branch in plan.interrupts[arrival.name]:
        if not branch.holds(state.facts, state.visits):
            continue
        if branch.go == STAY:
            return ev.Noted(what=f"stayed:{arrival.name}")
        go, passed, written = route(plan, branch.go, state.facts)
        return ev.Interrupted(
            step=state.step,
            visit=state.visit,
            event=arrival.name,
            go=go,
            passed=passed,
            facts=written,
            undo=branch.undo,
        )
    raise Surprise(f"{plan.name}: interrupt {arrival.name} has no branch that holds")
