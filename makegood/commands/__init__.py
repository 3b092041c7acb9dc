"""The command line's commands: one module for each group, found by its name.

A module `makegood/commands/case.py` that has

    app = typer.Typer(help="Customers' problems: open, list, show, reply.")

    @app.command()
    def show(number: str, as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
        from makegood.wiring import ...     # heavy imports go into the function

becomes `makegood case show`. With `TOP_LEVEL = True` its commands stand without the group's name
(`makegood sweep`). Nothing needs to be registered. At the top of such a module stand the standard
library and typer only, so that `makegood --help` is quick; tests/test_cli.py insists.

Refusals are raised, not printed: `makegood.cli` prints them and picks the exit code.
`makegood.commands.output` prints JSON and tables.
"""
