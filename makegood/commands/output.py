"""What commands print: JSON for programs on standard output, the rest for people."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console


_WIDE = 250  # columns


def show_json(value: Any) -> None:
    """Instants are RFC 3339, amounts `{minor, currency}`, digests hexadecimal; identities are text."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False, default=_written))


def _written(value: object) -> object:
    match value:
        case datetime():
            return value.isoformat()
        case bytes():
            return value.hex()
        case _ if hasattr(value, "minor") and hasattr(value, "currency"):
            return {"minor": value.minor, "currency": value.currency}
        case _:
            return str(value)


def console() -> Console:
    """For people: colours at a terminal; elsewhere plain text, with whole cells for `grep`."""
    from rich.console import Console

    return Console(soft_wrap=True, width=None if sys.stdout.isatty() else _WIDE)


def say_error(text: str) -> None:
    typer.echo(text, err=True)
