"""`makegood approvals [decide]`: what waits for a supervisor, and an answer without a browser."""

from __future__ import annotations

from typing import Annotated

import typer

from makegood.commands import batches, output

app = typer.Typer(help="What waits for an approval, and answering it.", invoke_without_command=True)

AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]
_PATIENCE = 30.0

app.command("batches")(batches.show)
app.command("decide-batch")(batches.decide)


@app.callback()
def waiting(
    context: typer.Context,
    market: Annotated[str, typer.Option(help="One or more, as DE,FR.")] = "",
    as_json: AsJson = False,
) -> None:
    """List the open questions, the most urgent first."""
    if context.invoked_subcommand is not None:
        return
    from makegood import wiring
    from makegood.commands import pages, records
    from makegood.desk import deciding

    markets = [each.strip().upper() for each in market.split(",") if each.strip()]
    found = deciding.waiting(wiring.desk(), markets)
    if as_json:
        output.show_json([records.approval_row(approval, case) for approval, case in found])
    else:
        pages.show_approvals(output.console(), found)


@app.command()
def decide(
    case: Annotated[str, typer.Argument(help="The case's number.", show_default=False)],
    person: Annotated[str, typer.Option("--as", metavar="ID", help="Who decides.")],
    code: Annotated[str, typer.Option(help="Their one-time code.")],
    decision: Annotated[str, typer.Option(help="approve, adjust, reject or more.")],
    amount: Annotated[str, typer.Option(help="With adjust: how much, as 12.34.")] = "",
    note: Annotated[str, typer.Option(help="Why, or what is missing; needed for all but approve.")] = "",
    packet: Annotated[str, typer.Option(help="The hash of the packet that was read, whole.")] = "",
    wait: Annotated[float, typer.Option(help="Seconds to wait for a leg to judge it.")] = _PATIENCE,
    as_json: AsJson = False,
) -> None:
    """Answer an approval. It is judged by the same rules as an answer in Prefect."""
    from makegood import wiring
    from makegood.desk import deciding

    given = deciding.Given(by=person, code=code, decision=decision, amount=amount, note=note, packet=packet)
    told = deciding.decide(wiring.desk(), case.upper(), given, wait)
    if as_json:
        output.show_json(
            {"case": told.number, "status": told.status, "decision": told.decision, "by": person}
        )
    elif told.status == "accepted":
        output.console().print(f"{told.number}: {told.decision}, by {person}", highlight=False)
    else:
        output.console().print(
            f"{told.number}: kept; it counts from now, and is judged by the next leg", highlight=False
        )
