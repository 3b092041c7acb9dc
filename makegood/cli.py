"""The `makegood` command: finds the commands, prints refusals, picks the exit code.

0 done · 2 bad input, nothing written · 3 a part is down · 1 anything else
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Sequence
from typing import Any

import typer

from makegood import commands
from makegood.core.errors import MakegoodError, Refusal

BAD_INPUT = 2
PART_DOWN = 3


def make_app() -> typer.Typer:
    """All commands, in the order of their modules' names."""
    app = typer.Typer(
        name="makegood",
        help="After-sales procedures: cases, approvals, payments that happen once.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,  # a traceback with local variables would show customers' data
        add_completion=False,
    )
    for module in pkgutil.iter_modules(commands.__path__):
        group: Any = importlib.import_module(f"{commands.__name__}.{module.name}")
        if not hasattr(group, "app"):
            continue
        app.add_typer(group.app, name=None if getattr(group, "TOP_LEVEL", False) else module.name)
    return app


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints what MakegoodErrors say, without a traceback. `arguments` are the process's own when None."""
    try:
        make_app()(arguments)
    except Exception as error:
        code = exit_code(error)
        if code is None:
            raise
        typer.echo(f"makegood: {_said(error)}", err=True)
        sys.exit(code)
    except KeyboardInterrupt:
        sys.exit(130)


def exit_code(error: Exception) -> int | None:
    """None for what we did not foresee. An error may name its own code, `exit_code`."""
    own = getattr(error, "exit_code", None)
    if isinstance(own, int):
        return own
    if isinstance(error, Refusal) or _is(error, "pydantic", "ValidationError"):
        return BAD_INPUT
    if _is(error, "psycopg", "OperationalError") or _is(error, "sqlalchemy.exc", "OperationalError"):
        return PART_DOWN
    if _is(error, "makegood.gateways.outcomes", "Unavailable"):
        return PART_DOWN
    return 1 if isinstance(error, MakegoodError) else None


def _said(error: Exception) -> str:
    """A database that does not answer is named by its address, and by what starts it."""
    if not _is(error, "sqlalchemy.exc", "OperationalError"):
        return str(error)
    from makegood.running.report import without_password
    from makegood.settings import Settings

    address = without_password(Settings().database_url or "")
    why = str(getattr(error, "orig", error)).strip().splitlines()[0]
    return f"the database at {address} does not do its work: {why}. Start it with `make up`"


def _is(error: Exception, module: str, name: str) -> bool:
    """Without importing what has not been imported: such an error cannot be one of it."""
    kind = getattr(sys.modules.get(module), name, None)
    return isinstance(kind, type) and isinstance(error, kind)


if __name__ == "__main__":
    main()
