"""`makegood sweep`: fires what is due, now instead of within the next minute."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated
from uuid import uuid4

import typer

from makegood.commands import output

if TYPE_CHECKING:
    from uuid import UUID

    from makegood.desk.desk import Desk
    from makegood.desk.engine import Run

TOP_LEVEL = True
app = typer.Typer()

DEPLOYMENT = "sweep/sweep"
_EVERY = 0.5  # seconds between looks


@app.command()
def sweep(
    here: Annotated[
        bool, typer.Option("--here", help="In this process, without Prefect: wakes cases, starts their legs.")
    ] = False,
    wait: Annotated[int, typer.Option(help="Seconds to wait for the run.", min=1)] = 120,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Fire due timers, remind, escalate, and repair what a crash left behind."""
    from makegood import wiring

    desk = wiring.desk()
    if here:
        _sweep_here(desk, as_json)
        return
    run_id = desk.engine.start(DEPLOYMENT, None, key=f"cli-{uuid4()}", name="sweep · by hand")
    run = _wait_for(desk, run_id, wait)
    state = "gone" if run is None else run.state
    if as_json:
        output.show_json({"run": run_id, "state": state})
    else:
        output.console().print(f"sweep: {state}", highlight=False)
    if state != "Completed":
        output.say_error(_hint(run))
        raise typer.Exit(1)


def _sweep_here(desk: Desk, as_json: bool) -> None:
    """What goes out to Prefect waits in the outbox while it is down."""
    from makegood.desk import outgoing, sweeping

    counts = sweeping.sweep(desk)
    sent = outgoing.drain(desk)
    if as_json:
        output.show_json({"done": None if counts is None else dict(counts), "sent": sent})
        return
    console = output.console()
    if counts is None:
        console.print("another sweep is under way")
    for what, number in (counts or {}).items():
        console.print(f"{number:>6} {what}", highlight=False)
    console.print(f"{sent:>6} sent to Prefect", highlight=False)


def _wait_for(desk: Desk, run_id: UUID, seconds: int) -> Run | None:
    """As it is at the end, or when the time is up."""
    end = time.monotonic() + seconds
    while True:
        run = desk.engine.runs([run_id]).get(run_id)
        if run is None or run.ended or time.monotonic() > end:
            return run
        time.sleep(_EVERY)


def _hint(run: Run | None) -> str:
    if run is not None and not run.ended:
        return "no worker has done it in time: `makegood status` says whether one runs, `make up` starts it"
    return "the run did not end well: the worker's log (.makegood/logs/worker.log) says why"
