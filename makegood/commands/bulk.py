"""`makegood bulk`: drives every ready case, many together: a backlog, an import, an incident."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated
from uuid import uuid4

import typer

from makegood.commands import output

if TYPE_CHECKING:
    from uuid import UUID

    from makegood.desk.bulk import Drained
    from makegood.desk.desk import Desk
    from makegood.desk.engine import Run

TOP_LEVEL = True
app = typer.Typer()

DEPLOYMENT = "bulk/bulk"
_EVERY = 1.0  # seconds between looks
_OF_THE_WORKER = "it goes with --here; a flow has as many as its worker's MAKEGOOD_BULK_PROCESSES says"
_LOST = (
    "{} of its processes died: nothing is lost, what they held is ready again within a minute."
    " Run this once more, or let the sweep start legs for it"
)


@app.command()
def bulk(
    here: Annotated[bool, typer.Option("--here", help="From this command, without Prefect.")] = False,
    processes: Annotated[
        int | None, typer.Option(help="With --here: how many share the work.", min=1, max=16)
    ] = None,
    wait: Annotated[int, typer.Option(help="Seconds to wait for the run.", min=1)] = 3600,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Drive every ready case in one run, many together."""
    from makegood import wiring

    if processes is not None and not here:
        raise typer.BadParameter(_OF_THE_WORKER, param_hint="--processes")
    desk = wiring.desk()
    if here:
        _show(_drain_here(desk, processes, quiet=as_json), as_json)
        return
    run_id = desk.engine.start(DEPLOYMENT, None, key=f"cli-{uuid4()}", name="bulk · by hand")
    run = _follow(desk, run_id, wait, quiet=as_json)
    state = "gone" if run is None else run.state
    if as_json:
        output.show_json({"run": run_id, "state": state, "ready": _ready(desk)})
    else:
        output.console().print(f"bulk: {state}, {_ready(desk)} still ready", highlight=False)
    if state != "Completed":
        output.say_error(_hint(run))
        raise typer.Exit(1)


def _drain_here(desk: Desk, processes: int | None, *, quiet: bool) -> Drained:
    """What goes out to Prefect waits in the outbox while it is down."""
    from makegood.desk import bulk as lane
    from makegood.desk import outgoing
    from makegood.running import share

    console = output.console()

    def tell(counts: Mapping[str, int]) -> None:
        if not quiet:
            console.print(_said(counts), highlight=False)

    drained = lane.share(desk, f"command {uuid4()}", share.COMMAND, processes=processes, tell=tell)
    outgoing.drain(desk)
    return drained


def _show(drained: Drained, as_json: bool) -> None:
    if as_json:
        output.show_json(dict(drained.counts))
    else:
        output.console().print(f"bulk: {_said(drained.counts)}", highlight=False)
    if drained.died:
        output.say_error(_LOST.format(drained.died))
        raise typer.Exit(1)


def _said(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {ending}" for ending, count in counts.items()) or "no case was ready"


def _ready(desk: Desk) -> int:
    from makegood.desk import bulk as lane

    return lane.ready(desk)


def _follow(desk: Desk, run_id: UUID, seconds: int, *, quiet: bool) -> Run | None:
    """As it is at the end, or when the time is up."""
    console, end, told = output.console(), time.monotonic() + seconds, -1
    while True:
        run = desk.engine.runs([run_id]).get(run_id)
        if run is None or run.ended or time.monotonic() > end:
            return run
        waiting = _ready(desk)
        if not quiet and waiting != told:
            told = waiting
            console.print(f"{waiting:>8} ready · {run.state}", highlight=False)
        time.sleep(_EVERY)


def _hint(run: Run | None) -> str:
    if run is not None and not run.ended:
        return "no worker has done it in time: `makegood status` says whether one runs, `make up` starts it"
    return "the run did not end well: the worker's log (.makegood/logs/worker.log) says why"
