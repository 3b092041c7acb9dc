"""Outcomes: the journal events that follow from how an action ended."""

from __future__ import annotations

from datetime import datetime, timedelta

from makegood.core import advance, durations, waits
from makegood.core import events as ev
from makegood.core.decisions import Do
from makegood.core.facts import Facts
from makegood.core.plan import Plan, route
from makegood.core.procedure import Retry, RunStep
from makegood.core.state import State

_DEFAULT = Retry(times=6, first="2s", up_to="1h")
_LETTER = Retry(times=8, first="2s", up_to="6h")
_GROWTH = 4
LOOK_UP_FIRST = timedelta(seconds=3)
LOOK_UP_MOST = timedelta(hours=1)


def finish(
    plan: Plan, state: State, do: Do, values: Facts, now: datetime, *, ledger: Facts | None = None
) -> ev.Event:
    """The action is done: what to journal, by what it was done for."""
    if do.suffix == "undo":
        return ev.Undone(step=do.step, visit=do.visit, action=do.action)
    if do.suffix.startswith("remind-"):
        return waits.reminded(plan, state, now)
    if do.suffix:
        return ev.NoticeSent(step=do.step, visit=do.visit, suffix=do.suffix)
    return advance.done(plan, state, values, ledger=ledger)


def fail(
    plan: Plan,
    state: State,
    do: Do,
    code: str,
    now: datetime,
    *,
    final: bool,
    not_before: datetime | None = None,
) -> ev.Event:
    """The action was surely not done. `final` failures are not tried again."""
    retry = _retry(plan, do)
    attempt = state.tries + 1
    if not final and attempt <= retry.times:
        at = max(now + _delay(retry, attempt), not_before or now)
        return ev.TryFailed(step=do.step, visit=do.visit, error=code, attempt=attempt, retry_at=at)
    if do.suffix == "undo":
        return _not_undone(plan, state, do, code)
    if do.action == advance.MESSAGE:
        return finish(plan, state, do, {}, now)
    planned = plan.steps[state.step]
    assert isinstance(planned.step, RunStep)
    target = planned.step.on_error.get(code) or planned.step.on_error["else"]
    absent = planned.without(state.facts)
    go, passed, written = route(plan, target, state.facts | absent)
    return ev.StepFailed(
        step=state.step, visit=state.visit, error=code, go=go, passed=passed, facts=absent | written
    )


def _not_undone(plan: Plan, state: State, do: Do, code: str) -> ev.Undone:
    """What could not be taken back leads to the branch that its step names for that."""
    step = plan.steps[do.step].step
    assert isinstance(step, RunStep)
    assert step.undo_failed
    go, passed, written = route(plan, step.undo_failed, state.facts)
    return ev.Undone(
        step=do.step, visit=do.visit, action=do.action, error=code, go=go, passed=passed, facts=written
    )


def hold(do: Do, state: State, until: datetime) -> ev.TryFailed:
    """A letter that must wait, for quiet hours or a cap; it is no failed try."""
    return ev.TryFailed(step=do.step, visit=do.visit, error="held", attempt=state.tries, retry_at=until)


def lose(do: Do, case: str, error: str, now: datetime, look_ups: int) -> ev.EffectUnknown:
    """The call may have happened; `look_ups` were made so far."""
    delay = min(LOOK_UP_FIRST * int(_GROWTH ** min(look_ups, 8)), LOOK_UP_MOST)
    return ev.EffectUnknown(
        step=do.step,
        visit=do.visit,
        action=do.action,
        key=do.key(case),
        error=error,
        look_up_at=now + delay,
    )


def _retry(plan: Plan, do: Do) -> Retry:
    step = plan.steps[do.step].step
    if do.action == advance.MESSAGE:
        return _LETTER
    return (step.retry if isinstance(step, RunStep) else None) or _DEFAULT


def _delay(retry: Retry, attempt: int) -> timedelta:
    first: timedelta = durations.parse(retry.first).span
    if retry.backoff == "fixed":
        return first
    most = durations.parse(retry.up_to).span
    grown = first * int(_GROWTH ** min(attempt - 1, 12))
    return min(grown, most)
