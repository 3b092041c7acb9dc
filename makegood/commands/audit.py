"""`makegood audit verify | export`: whether the record is whole, and a signed copy of a period."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from makegood.commands import output

app = typer.Typer(help="Whether the record is whole, and a signed copy of it.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]
_BROKEN = 1


@app.command()
def verify(
    file: Annotated[
        Path | None, typer.Argument(help="An exported file; unset: the store itself.", show_default=False)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Recompute every journal's chain and every checkpoint. Exits with 1 when something was changed."""
    from makegood import wiring
    from makegood.desk import auditing

    if file is not None:
        _verify_file(file, as_json)
        return
    report = auditing.verify(wiring.desk(), lambda count: output.say_error(f"{count} cases verified"))
    faults = [{"where": each.where, "seq": each.seq, "what": each.what} for each in report.faults]
    if as_json:
        output.show_json(
            {
                "cases": report.cases,
                "checkpoints": report.checkpoints,
                "broken": faults,
                "public_key": report.public_key,
            }
        )
    else:
        for each in report.faults:
            at = "" if each.seq is None else f", event {each.seq}"
            output.console().print(f"{each.where}{at}: {each.what}", highlight=False)
        sound = "broken: see above" if faults else "all as it was written"
        output.console().print(
            f"{report.cases} cases, {report.checkpoints} checkpoints: {sound}", highlight=False
        )
    if faults:
        raise typer.Exit(_BROKEN)


def _verify_file(file: Path, as_json: bool) -> None:
    from makegood import wiring
    from makegood.core.errors import BadInput
    from makegood.desk import auditing

    if not file.is_file():
        raise BadInput("FILE", f"{file} is not there", "a file that `makegood audit export` wrote")
    sound = auditing.check_file(wiring.desk(), file)
    if as_json:
        output.show_json({"file": str(file), "sound": sound})
    else:
        output.console().print("signed here, and unchanged" if sound else "changed, or not signed here")
    if not sound:
        raise typer.Exit(_BROKEN)


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="Where to write it.", show_default=False)],
    begin: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First day, UTC.")],
    end: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="Day after the last, UTC.")],
    as_json: AsJson = False,
) -> None:
    """Write the record of a period as JSON lines with a signature at the end. Nothing personal is in it."""
    from datetime import UTC

    from makegood import wiring
    from makegood.desk import auditing

    lines = auditing.export(wiring.desk(), begin.replace(tzinfo=UTC), end.replace(tzinfo=UTC), file)
    if as_json:
        output.show_json({"file": str(file), "lines": lines})
    else:
        output.console().print(f"{lines} lines and a signature: {file}", highlight=False)
