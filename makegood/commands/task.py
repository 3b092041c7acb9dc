"""`makegood task list | done | assign`: work for people."""

from __future__ import annotations

from typing import Annotated

import typer

from makegood.commands import output

app = typer.Typer(help="Work for people: list it, do it, give it to somebody.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]


@app.command("list")
def list_tasks(
    role: Annotated[str, typer.Option(help="One or more, as agent,team-lead.")] = "",
    market: Annotated[str, typer.Option(help="One or more, as DE,FR.")] = "",
    mine: Annotated[str | None, typer.Option(metavar="PERSON", help="Those that this person has.")] = None,
    as_json: AsJson = False,
) -> None:
    """List open tasks, the most urgent first."""
    from makegood import wiring
    from makegood.commands import pages, records
    from makegood.core.errors import UnknownName
    from makegood.desk import staff
    from makegood.store import tasks
    from makegood.store.words import Role

    roles = [each.strip() for each in role.split(",") if each.strip()]
    for each in roles:
        if each not in tuple(Role):
            raise UnknownName("--role", "role", each, tuple(Role))
    markets = [each.strip().upper() for each in market.split(",") if each.strip()]
    desk = wiring.desk()
    if mine is not None:
        staff.known(desk, mine)
    with desk.store.begin() as tx:
        found = tasks.waiting(tx, roles=[Role(each) for each in roles], markets=markets, assignee=mine)
    if as_json:
        output.show_json([records.task_row(task, case) for task, case in found])
    else:
        pages.show_tasks(output.console(), found)


@app.command()
def done(
    task: Annotated[int, typer.Argument(help="The task's id.", show_default=False)],
    person: Annotated[str, typer.Option("--as", metavar="PERSON", help="Who has done it.")],
    answers: Annotated[
        list[str] | None,
        typer.Argument(metavar="FIELD=VALUE ...", help="What was found.", show_default=False),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Answer a task. Without answers it says which fields it expects."""
    from makegood import wiring
    from makegood.desk import working

    desk = wiring.desk()
    number = working.done(desk, task, person, working.read_pairs(answers or []))
    if as_json:
        output.show_json({"task": task, "case": number, "by": person})
    else:
        output.console().print(f"task {task} of {number}: done", highlight=False)


@app.command()
def assign(
    task: Annotated[int, typer.Argument(help="The task's id.", show_default=False)],
    person: Annotated[str, typer.Option("--as", metavar="PERSON", help="Who gives it.")],
    to: Annotated[str | None, typer.Option(metavar="PERSON", help="Who has it from now on.")] = None,
    to_role: Annotated[str | None, typer.Option(metavar="ROLE", help="Whoever of this role.")] = None,
    nobody: Annotated[bool, typer.Option("--nobody", help="Back to its role.")] = False,
    as_json: AsJson = False,
) -> None:
    """Give a task to a colleague, or back to its role or to one that it escalates to."""
    from makegood import wiring
    from makegood.core.errors import BadInput, UnknownName
    from makegood.desk import assigning
    from makegood.store.words import Role

    if (to is not None) + (to_role is not None) + nobody != 1:
        raise BadInput("task assign", "to whom?", "one of --to PERSON, --to-role ROLE, --nobody")
    if to_role is not None and to_role not in tuple(Role):
        raise UnknownName("--to-role", "role", to_role, tuple(Role))
    receiver: assigning.Receiver = assigning.ToRole(Role(to_role) if to_role else None)
    if to is not None:
        receiver = assigning.ToPerson(to)
    given = assigning.assign(wiring.desk(), task, receiver, person)
    if as_json:
        told = {"task": task, "role": given.role, "assignee": given.to or None}
        output.show_json({**told, "before": given.before or None, "by": person})
    else:
        whose = given.to or f"whoever of {given.role}"
        output.console().print(f"task {task} ({given.step}): for {whose}", highlight=False)
