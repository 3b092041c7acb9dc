"""`makegood people add | list | code`: who works here, and how far their authority goes."""

from __future__ import annotations

from typing import Annotated

import typer

from makegood.commands import output

app = typer.Typer(help="Who works here, and how far their authority goes.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]
Id = Annotated[str, typer.Argument(help="The person's id, as jo.k.", show_default=False)]


@app.command()
def add(
    person: Annotated[str, typer.Argument(metavar="ID", help="As jo.k.", show_default=False)],
    role: Annotated[str, typer.Option(help="agent, supervisor, team-lead, warehouse, finance, ...")],
    limit: Annotated[str, typer.Option(help="The most they may approve, as 500EUR; unset: nothing.")] = "",
    markets: Annotated[str, typer.Option(help="Where, as DE,FR; unset: all.")] = "",
    name: Annotated[str, typer.Option(help="What colleagues call them; unset: the id.")] = "",
    locale: Annotated[str, typer.Option(help="Their language.")] = "en",
    as_json: AsJson = False,
) -> None:
    """Enrol a person. Prints the secret of their one-time codes, once.

    As of now whoever may run this command may enrol people, alone.
    """
    from makegood import wiring
    from makegood.desk import staff

    new = staff.Newcomer(
        id=person, role=role, name=name, limit=limit, markets=markets.split(","), locale=locale
    )
    enrolment = staff.add(wiring.desk(), new)
    if as_json:
        output.show_json({"id": person, "role": role, "otpauth": enrolment.uri})
        return
    console = output.console()
    console.print(f"{person} is enrolled. Scan this with an authenticator; it is not shown again.\n")
    _show_code(enrolment.uri)
    console.print(f"\n{enrolment.uri}", highlight=False)


@app.command("list")
def list_people(as_json: AsJson = False) -> None:
    """List everybody, with role, limit and markets."""
    from makegood import wiring
    from makegood.commands import pages, records
    from makegood.desk import staff

    found = staff.listed(wiring.desk())
    if as_json:
        output.show_json([records.person_row(person) for person in found])
    else:
        pages.show_people(output.console(), found)


@app.command()
def code(person: Id, as_json: AsJson = False) -> None:
    """Print a demo person's one-time code. Everybody else has theirs on a device of their own."""
    from makegood import wiring
    from makegood.desk import staff

    shown = staff.demo_code(wiring.desk(), person)
    if as_json:
        output.show_json({"id": person, "code": shown})
    else:
        typer.echo(shown)


def _show_code(uri: str) -> None:
    """As blocks of text, small enough for most terminals."""
    import sys

    import segno

    segno.make(uri, error="l").terminal(out=sys.stdout, compact=True)
