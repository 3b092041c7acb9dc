"""One leg: deliver this run's unread answer, drive the case, and end as the case stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, assert_never

from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun, State
from prefect.context import FlowRunContext
from prefect.states import Completed

from flows import forms, prefect_patches, seam
from flows.scrubbing import scrubbed
from makegood.settings import Settings
from tasks import book
from tasks.skin import perform

T = TypeVar("T")


def run_leg(case: str) -> State[None]:
    """Called by each procedure's flow. Returns the run's final state, or raises Pause to suspend it."""
    run = this_run()
    with scrubbed(f"leg {run.id} of {case}"):
        return _run_leg(case, run)


def _run_leg(case: str, run: FlowRun) -> State[None]:
    desk = seam.desk()
    if run.idempotency_key is None and not run.empirical_policy.pause_keys:
        desk.started_by_hand(case, str(run.id))
    answered = _deliver(desk, case, run)
    try:
        leg = desk.drive(case, holder=str(run.id), performer=_performer(case))
    finally:
        if answered is not None:  # last: the customer need not wait for it
            prefect_patches.forget_answer(run.id, answered)
    _label(run, case, desk.heading(case))
    if leg.question is not None:
        form, key = forms.approval(leg.question.packet), leg.question.key
        prefect_patches.suspend(run.id, form, key, artifact=case.lower())
    return Completed(message=_story(leg))


def _story(leg: seam.Leg) -> str:
    match leg.end:
        case "closed":
            return "the case is closed"
        case "parked":
            return f"parked: waits for {leg.waits}"
        case "stepped_back":
            return "stepped back: another leg drives this case"
        case "suspended":
            return "suspended without a question"
        case _:
            assert_never(leg.end)


def _deliver(desk: seam.Desk, case: str, run: FlowRun) -> str | None:
    """The key of what was entered, to be deleted. A leg that is killed before that still delivers it once."""
    answer = prefect_patches.read_answer(run)
    if answer is None:
        return None
    desk.deliver(
        case,
        external_id=f"{run.id}:{answer.key}",
        question=answer.key,
        fields=answer.fields,
        at=answer.at,
        resumed=answer.resumed,
    )
    return answer.key


def _performer(case: str) -> seam.Performer:
    shown = Settings().steps_as_task_runs

    def performer(do: seam.Step, call: Callable[[], T]) -> T:
        return perform(book.skin_of(do.action), call, case, do.step, str(do.visit)) if shown else call()

    return performer


def name(heading: seam.Heading, case: str) -> str:
    """`refund · MG-2026-000123 · DE`"""
    return f"{heading.procedure} · {case} · {heading.market}"


def tags(heading: seam.Heading) -> list[str]:
    """In the order in which the UI shows them."""
    return [f"procedure:{heading.procedure}", f"market:{heading.market}"]


def _label(run: FlowRun, case: str, heading: seam.Heading) -> None:
    """For a run that was made by hand: the desk's own are called and tagged so when they are made.

    Other people's tags stay. What a leg waits for is its state's message, which costs no request.
    """
    wanted = tags(heading) + [tag for tag in run.tags if not tag.startswith(("procedure:", "market:"))]
    if (run.name, set(run.tags)) != (name(heading, case), set(wanted)):
        with get_client(sync_client=True) as client:
            client.update_flow_run(run.id, name=name(heading, case), tags=wanted)


def this_run() -> FlowRun:
    """As the engine was given it; inside a flow only."""
    context = FlowRunContext.get()
    assert context is not None, "only inside a flow"
    assert context.flow_run is not None
    return context.flow_run
