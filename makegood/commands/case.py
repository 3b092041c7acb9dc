"""`makegood case open | list | show | reply`: customers' problems."""

from __future__ import annotations

from typing import Annotated
from uuid import uuid4

import typer

from makegood.commands import output

app = typer.Typer(help="Customers' problems: open, list, show, reply.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]
Number = Annotated[str, typer.Argument(help="The case's number, as MG-2026-000123.", show_default=False)]


@app.command("open")
def open_case(
    order: Annotated[str, typer.Option(help="The order's number in the shop.")],
    procedure: Annotated[str, typer.Option(help="Which procedure: refund, cancel, ...")],
    reason: Annotated[str, typer.Option(help="What is wrong, in a word of the procedure: defective, ...")],
    channel: Annotated[str, typer.Option(help="Where the customer wrote: email, chat, amazon, ...")],
    external_id: Annotated[
        str, typer.Option(help="The channel's number of the message. The same one again opens nothing.")
    ],
    text: Annotated[str, typer.Option(help="What the customer wrote.")] = "",
    email: Annotated[str, typer.Option(help="Who wrote; unset: the order's buyer.")] = "",
    units: Annotated[str, typer.Option(help="Lines or pieces, as 1 or 1/2, with commas; unset: all.")] = "",
    as_json: AsJson = False,
) -> None:
    """Open a case, or join the one that the customer has open about this order.

    Nothing is written when order, procedure or reason is not known.
    """
    from makegood import wiring
    from makegood.desk import intake

    desk = wiring.desk()
    message = intake.Message(
        external_id=external_id,
        channel=channel,
        procedure=procedure,
        reason=reason,
        text=text,
        order=order,
        email=email,
        units=tuple(unit.strip() for unit in units.split(",") if unit.strip()),
    )
    received = intake.receive(desk, message, must_know_order=True)
    progress = desk.links.make(received.number)
    if as_json:
        told = {"fresh": received.fresh, "duplicate": received.duplicate, "progress": progress}
        output.show_json({"case": received.number, **told})
        return
    how = "opened" if received.fresh else "known already" if received.duplicate else "joined"
    console = output.console()
    console.print(f"{received.number} {how}", highlight=False)
    console.print(f"The customer's page: {progress}", highlight=False)


@app.command("list")
def list_cases(
    status: Annotated[str | None, typer.Option(help="running, parked, suspended or closed.")] = None,
    market: Annotated[str, typer.Option(help="One or more, as DE,FR.")] = "",
    procedure: Annotated[str | None, typer.Option(help="Of one procedure only.")] = None,
    mine: Annotated[str | None, typer.Option(metavar="PERSON", help="Those that this person owns.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many, newest first.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List cases, the newest first."""
    from makegood import wiring
    from makegood.commands import pages, records
    from makegood.core.errors import UnknownName
    from makegood.store import cases
    from makegood.store.words import CaseStatus

    if status is not None and status not in tuple(CaseStatus):
        raise UnknownName("--status", "status", status, tuple(CaseStatus))
    wanted = cases.Filter(
        status=CaseStatus(status) if status else None,
        owner=mine,
        procedure=procedure,
        markets=tuple(each.strip().upper() for each in market.split(",") if each.strip()),
    )
    with wiring.desk().store.begin() as tx:
        found = cases.page(tx, wanted, limit=limit)
    if as_json:
        output.show_json([records.case_row(case) for case in found])
    else:
        pages.show_cases(output.console(), found)


@app.command()
def show(number: Number, as_json: AsJson = False) -> None:
    """Show all of a case: its journal as a timeline, its conversation, its money."""
    from makegood import wiring
    from makegood.commands import pages, records
    from makegood.desk import views

    desk = wiring.desk()
    view = views.case_view(desk, number)
    if as_json:
        output.show_json(records.case_record(view, desk.links.make(view.number)))
    else:
        pages.show_case(output.console(), view, desk.links.make(view.number))


@app.command()
def reply(
    number: Number,
    text: Annotated[str, typer.Option(help="What to write, in the customer's language.")],
    person: Annotated[str, typer.Option("--as", metavar="PERSON", help="Who writes.")],
    subject: Annotated[str, typer.Option(help="Unset: the case's number.")] = "",
    key: Annotated[str, typer.Option(help="The same key again sends nothing; unset: a new one.")] = "",
    as_json: AsJson = False,
) -> None:
    """Write to the customer in a colleague's name."""
    from makegood import wiring
    from makegood.desk import replying, staff

    desk = wiring.desk()
    staff.known(desk, person)
    draft = replying.Draft(subject=subject, body=text, by=person, form=key or f"cli-{uuid4()}")
    replying.reply(desk, number.upper(), draft)
    if as_json:
        output.show_json({"case": number.upper(), "by": person})
    else:
        output.console().print(f"{number.upper()}: sent", highlight=False)
