"""`makegood effects`: what is being done to the outside world, and what nobody knows the end of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from makegood.commands import output

if TYPE_CHECKING:
    from makegood.desk.unknowns import Unsettled

TOP_LEVEL = True
app = typer.Typer()

_FIELDS = (
    "case",
    "key",
    "action",
    "status",
    "money",
    "since",
    "next_look",
    "calls",
    "why",
    "tell_by",
    "task",
)


@app.command()
def effects(
    unknown: Annotated[
        bool, typer.Option("--unknown", help="Only those of which nobody knows whether they were done.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """List payments, labels and letters that have begun and not ended, the oldest first."""
    from makegood import wiring
    from makegood.desk import unknowns

    found = unknowns.listed(wiring.desk(), only_unknown=unknown)
    if as_json:
        output.show_json([{name: getattr(each, name) for name in _FIELDS} for each in found])
        return
    _show(found)


def _show(found: list[Unsettled]) -> None:
    from rich.table import Table

    from makegood.commands.pages import when

    console = output.console()
    if not found:
        console.print("none")
        return
    table = Table("case", "action", "amount", "since", "next look", "told", "why", box=None)
    for each in found:
        told = f"task {each.task}" if each.task else when(each.tell_by)
        money = str(each.money) if each.money else "-"
        table.add_row(each.case, each.action, money, when(each.since), when(each.next_look), told, each.why)
    console.print(table)
