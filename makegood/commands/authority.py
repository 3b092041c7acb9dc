"""`makegood authority show | sign`: which authority.yaml is in force, and two signatures under a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from makegood.commands import output

if TYPE_CHECKING:
    from makegood.desk.ruling import Told

app = typer.Typer(help="Who may approve what: the authority.yaml that is in force.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]


@app.command()
def show(as_json: AsJson = False) -> None:
    """Say which authority.yaml is in force, and what the file says otherwise."""
    from makegood import wiring
    from makegood.desk import ruling

    _show(ruling.tell(wiring.desk()), as_json)


@app.command()
def sign(
    by: Annotated[str, typer.Option("--as", metavar="ADMIN", help="The administrator who signs.")],
    code: Annotated[str, typer.Option(help="The administrator's one-time code.")],
    second: Annotated[str, typer.Option(metavar="ID", help="Who signs as well.")],
    second_code: Annotated[str, typer.Option(help="The second person's one-time code.")],
    as_json: AsJson = False,
) -> None:
    """Put the file in force. Open questions are judged by it from now on."""
    from makegood import wiring
    from makegood.desk import ruling, warrants

    warrant = warrants.Warrant(by=by, code=code, second=second, second_code=second_code)
    _show(ruling.sign(wiring.desk(), warrant), as_json)


def _show(told: Told, as_json: bool) -> None:
    if as_json:
        output.show_json(_record(told))
        return
    console, row = output.console(), told.signed
    console.print(f"in force  {told.digest[:12]}...  {_whose(told)}", highlight=False)
    if row is not None:
        console.print(f"since     {row.at:%Y-%m-%d %H:%M} UTC", highlight=False)
    if told.said:
        console.print(f"\n{told.said}", highlight=False, markup=False)
    if told.changes:
        console.print(f"\n{told.changes}", highlight=False, markup=False)


def _whose(told: Told) -> str:
    row = told.signed
    if row is None:
        return "the file as it is: nobody has signed it"
    return f"signed by {row.by} and {row.second}" if row.by else "the file that held when two could sign"


def _record(told: Told) -> dict[str, Any]:
    row = told.signed
    return {
        "standing": told.standing.value,
        "digest": told.digest,
        "file": told.file,
        "by": row and row.by,
        "second": row and row.second,
        "at": row and row.at,
        "changes": told.changes,
    }
