"""`makegood task list | done`: work for people."""

from __future__ import annotations

from typing import Annotated

import typer

from makegood.commands import output

app = typer.Typer(help="Work for people: list it, do it.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]


@app.command("list")
def list_tasks(
    role: Annotated[str, typer.Option(help="One or more, as agent,team-lead.")] = "",
    market: Annotated[str, typer.Option(help="One or more, as DE,FR.")] = "",
    as_json: AsJson = False,
) -> None:
    """List open tasks, the most urgent first."""
    from makegood import wiring
    from makegood.commands import pages, records
    from makegood.core.errors import UnknownName
    from makegood.store import tasks
    from makegood.store.words import Role

    roles = [each.strip() for each in role.split(",") if each.strip()]
    for each in roles:
        if each not in tuple(Role):
            raise UnknownName("--role", "role", each, tuple(Role))
    markets = [each.strip().upper() for each in market.split(",") if each.strip()]
    with wiring.desk().store.begin() as tx:
        found = tasks.waiting(tx, roles=[Role(each) for each in roles], markets=markets)
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
