"""`makegood backup | restore`: both databases and the evidence in one file, and back."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from makegood.commands import output

TOP_LEVEL = True
app = typer.Typer()

AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="Where to write it.", show_default=False)],
    with_key: Annotated[
        bool, typer.Option("--with-key", help="The master key, too: then the file opens everything.")
    ] = False,
    prefect: Annotated[bool, typer.Option(help="Prefect's database, too.")] = True,
    as_json: AsJson = False,
) -> None:
    """Write the ticket store, Prefect's database and the evidence into one file."""
    from makegood.running.backup import backup as write
    from makegood.settings import Settings

    manifest = write(Settings(), file.absolute(), with_key=with_key, with_prefect=prefect)
    if as_json:
        output.show_json(asdict(manifest))
        return
    key = "with the master key" if with_key else "without the master key: keep a copy of that apart"
    said = f"{file}: {manifest.cases} cases, {manifest.evidence} files of evidence, {key}"
    output.console().print(said, highlight=False, markup=False)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="What `makegood backup` wrote.", show_default=False)],
    replace: Annotated[
        bool, typer.Option("--replace", help="Also over a store that has cases. They are lost.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Bring a backup back while everything stands still."""
    from makegood.running.restoring import restore as read
    from makegood.settings import Settings

    manifest = read(Settings(), file.absolute(), replace=replace)
    if as_json:
        output.show_json(asdict(manifest))
        return
    said = f"{manifest.cases} cases as of {manifest.made_at}; `make up` starts, and the sweep reconciles"
    output.console().print(said, highlight=False, markup=False)
