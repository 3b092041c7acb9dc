"""Questions: what kind of wait is open, who has the ball, and what it is about."""

from __future__ import annotations

from makegood.core import events as ev
from makegood.core.facts import Facts
from makegood.core.plan import PlanStep
from makegood.core.procedure import ApproveStep, AskStep, AwaitStep, CallStep, OfferStep, TaskStep
from makegood.core.state import State

WaitStep = AskStep | OfferStep | AwaitStep | TaskStep | ApproveStep | CallStep


def kind(step: WaitStep) -> ev.Wait:
    match step:
        case AskStep():
            return "ask"
        case OfferStep():
            return "offer"
        case AwaitStep():
            return "await"
        case TaskStep():
            return "task"
        case ApproveStep():
            return "approve"
        case CallStep():
            return "call"


def ball(step: WaitStep) -> str:
    match step:
        case AskStep() | OfferStep():
            return "customer"
        case AwaitStep():
            return step.from_
        case TaskStep():
            return step.task
        case ApproveStep():
            return "supervisor"
        case CallStep():
            return "sibling"


def about(planned: PlanStep, state: State) -> Facts:
    match planned.step:
        case ApproveStep():
            assert planned.extra
            return {"ceiling_minor": planned.extra.evaluate(state.facts), "authority": planned.step.approve}
        case CallStep():
            return {"about": planned.extra.evaluate(state.facts)} if planned.extra else {}
        case OfferStep():
            rung = planned.step.offer[state.rung]
            return {"remedy": rung.remedy, "share": rung.share, "return_required": rung.return_required}
        case _:
            return {}
