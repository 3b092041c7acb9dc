"""`makegood people`: who works here, how far their authority goes, and who stood for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from makegood.commands import output

if TYPE_CHECKING:
    from makegood.store.people import Enrolment

app = typer.Typer(help="Who works here, and how far their authority goes.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]
By = Annotated[str, typer.Option("--as", metavar="ADMIN", help="The administrator who stands for it.")]
Code = Annotated[str, typer.Option(help="The administrator's one-time code.")]
Second = Annotated[str, typer.Option(metavar="ID", help="Who stands for it as well.")]
SecondCode = Annotated[str, typer.Option(help="The second person's one-time code.")]
Email = Annotated[
    str | None, typer.Option(help="Where notices go: of approvals that wait, of ids that were locked.")
]
Id = Annotated[str, typer.Argument(help="The person's id, as jo.k.", show_default=False)]


@app.command()
def add(
    person: Annotated[str, typer.Argument(metavar="ID", help="As jo.k.", show_default=False)],
    role: Annotated[str, typer.Option(help="agent, supervisor, team-lead, warehouse, finance, ...")],
    limit: Annotated[str, typer.Option(help="The most they may approve, as 500EUR; unset: nothing.")] = "",
    markets: Annotated[str, typer.Option(help="Where, as DE,FR; unset: all.")] = "",
    name: Annotated[str, typer.Option(help="What colleagues call them; unset: the id.")] = "",
    locale: Annotated[str, typer.Option(help="Their language.")] = "en",
    email: Email = None,
    by: By = "",
    code: Code = "",
    second: Second = "",
    second_code: SecondCode = "",
    as_json: AsJson = False,
) -> None:
    """Enrol a person. Prints the secret of their one-time codes and their recovery codes, once."""
    from makegood import wiring
    from makegood.desk import staff, warrants

    new = staff.Newcomer(
        id=person,
        role=role,
        name=name,
        limit=limit,
        markets=markets.split(","),
        locale=locale,
        email=email,
    )
    warrant = warrants.Warrant(by=by, code=code, second=second, second_code=second_code)
    enrolment = staff.add(wiring.desk(), new, warrant)
    if as_json:
        told = {"id": person, "role": role, "otpauth": enrolment.uri}
        output.show_json({**told, "recovery": list(enrolment.recovery)})
        return
    output.console().print(f"{person} is enrolled. Scan this with an authenticator; it is not shown again.\n")
    _show_secrets(enrolment)


@app.command()
def change(
    person: Id,
    role: Annotated[str, typer.Option(help="Their role from now on; unset: only the address changes.")] = "",
    limit: Annotated[str, typer.Option(help="The most they may approve, as 500EUR; unset: nothing.")] = "",
    markets: Annotated[str, typer.Option(help="Where, as DE,FR; unset: all.")] = "",
    email: Email = None,
    by: By = "",
    code: Code = "",
    second: Second = "",
    second_code: SecondCode = "",
    as_json: AsJson = False,
) -> None:
    """Change role, limit and markets together, or the address alone. Open questions are judged by them."""
    from makegood import wiring
    from makegood.core.errors import BadInput
    from makegood.desk import staff, warrants

    warrant = warrants.Warrant(by=by, code=code, second=second, second_code=second_code)
    if not role:
        if email is None or limit or markets:
            mend = "Role, limit and markets are told together: what is left out is taken away"
            raise BadInput("--role", "missing", "the role from now on, or --email alone", mend)
        staff.move_notices(wiring.desk(), person, email, warrant)
        _say(as_json, {"id": person, "email": email or None}, f"{person}: notices go to {email or 'nobody'}")
        return
    new = staff.Newcomer(id=person, role=role, limit=limit, markets=markets.split(","), email=email)
    staff.change(wiring.desk(), person, new, warrant)
    _say(as_json, {"id": person, "role": role}, f"{person} is {role} from now on")


@app.command()
def deactivate(
    person: Id,
    by: By = "",
    code: Code = "",
    second: Second = "",
    second_code: SecondCode = "",
    as_json: AsJson = False,
) -> None:
    """Let no answer of this person's count any more, also none that nobody has read yet."""
    from makegood import wiring
    from makegood.desk import staff, warrants

    warrant = warrants.Warrant(by=by, code=code, second=second, second_code=second_code)
    staff.deactivate(wiring.desk(), person, warrant)
    _say(as_json, {"id": person, "active": False}, f"{person} is not active any more")


@app.command()
def renew(
    person: Id,
    by: By = "",
    code: Code = "",
    second: Second = "",
    second_code: SecondCode = "",
    as_json: AsJson = False,
) -> None:
    """Give who has lost their device a new secret and new recovery codes. The old ones count no more."""
    from makegood import wiring
    from makegood.desk import staff, warrants

    warrant = warrants.Warrant(by=by, code=code, second=second, second_code=second_code)
    enrolment = staff.renew(wiring.desk(), person, warrant)
    if as_json:
        output.show_json({"id": person, "otpauth": enrolment.uri, "recovery": list(enrolment.recovery)})
        return
    _show_secrets(enrolment)


@app.command("list")
def list_people(as_json: AsJson = False) -> None:
    """List everybody, with role, limit and markets."""
    from makegood import wiring
    from makegood.commands import pages, records
    from makegood.desk import staff

    found = staff.listed(wiring.desk())
    if as_json:
        output.show_json([records.person_row(each) for each in found])
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


def _say(as_json: bool, told: dict[str, object], said: str) -> None:
    if as_json:
        output.show_json(told)
    else:
        output.console().print(said, highlight=False)


def _show_secrets(enrolment: Enrolment) -> None:
    _show_code(enrolment.uri)
    output.console().print(f"\n{enrolment.uri}", highlight=False)
    output.console().print("\nRecovery codes, each of which counts once where a code is asked for:\n")
    for code in enrolment.recovery:
        output.console().print(f"  {code}", highlight=False)


def _show_code(uri: str) -> None:
    """As blocks of text, small enough for most terminals."""
    import sys

    import segno

    segno.make(uri, error="l").terminal(out=sys.stdout, compact=True)
