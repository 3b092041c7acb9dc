"""`makegood approvals batches` and `decide-batch`: cases of one cause, answered together."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from makegood.commands import output

if TYPE_CHECKING:
    from makegood.desk.batch_deciding import Told
    from makegood.desk.batch_members import Pair
    from makegood.store.models import Batch

AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]


def show(as_json: AsJson = False) -> None:
    """List the open batches: cases of one cause that are asked as one."""
    from makegood import wiring
    from makegood.desk import batching

    desk = wiring.desk()
    found = [_row(*each) for each in batching.listed(desk)]
    if as_json:
        output.show_json(found)
        return
    console = output.console()
    for row in found:
        due = f", the first goes its own way at {row['deadline']:%Y-%m-%d %H:%M}" if row["deadline"] else ""
        console.print(
            f"batch {row['batch']}: {row['total']}, {row['cause']}, {row['market']}{due}", highlight=False
        )
        console.print(f"  packet {row['packet_hash'].hex()[:12]}: {', '.join(row['cases'])}", highlight=False)
    if not found:
        console.print("No batch waits for an approval.")


def decide(
    batch: Annotated[int, typer.Argument(help="The batch's number.", show_default=False)],
    person: Annotated[str, typer.Option("--as", metavar="ID", help="Who decides.")],
    code: Annotated[str, typer.Option(help="Their one-time code.")],
    decision: Annotated[str, typer.Option(help="approve or reject.")],
    strike: Annotated[str, typer.Option(help="Cases that stay open, as MG-..,MG-..")] = "",
    note: Annotated[str, typer.Option(help="Why; needed to reject.")] = "",
    packet: Annotated[str, typer.Option(help="The hash of the packet that was read.")] = "",
    as_json: AsJson = False,
) -> None:
    """Answer a batch: each case that is not struck out gets this answer, if the total is within the limit."""
    from makegood import wiring
    from makegood.desk import batch_deciding

    given = batch_deciding.Given(
        by=person, code=code, decision=decision, strike=strike, note=note, packet=packet
    )
    told = batch_deciding.decide(wiring.desk(), batch, given)
    if as_json:
        output.show_json(_told(told, person))
        return
    said = f"batch {told.batch}: {told.decision}, {told.total} for {len(told.cases)} cases, by {person}"
    if not told.enough:
        said += "; somebody else has to say yes, too"
    output.console().print(said, highlight=False)


def _told(told: Told, person: str) -> dict[str, Any]:
    return {
        "batch": told.batch,
        "status": "accepted" if told.enough else "counted",
        "decision": told.decision,
        "by": person,
        "cases": told.cases,
        "struck": told.struck,
        "total": told.total,
    }


def _row(batch: Batch, waiting: list[Pair], deadline: datetime | None) -> dict[str, Any]:
    from makegood.core.money import total
    from makegood.desk.batch_members import ceiling_of

    return {
        "batch": batch.id,
        "cause": batch.cause,
        "procedure": batch.procedure,
        "market": batch.market,
        "step": batch.step,
        "run_id": batch.run_id,
        "packet_hash": batch.packet_hash,
        "offered_at": batch.offered_at,
        "deadline": deadline,
        "cases": [case.number for _, case in waiting],
        "total": total((ceiling_of(approval) for approval, _ in waiting), batch.currency),
    }
