"""What commands print: JSON for programs on standard output, the rest for people."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console


def show_json(value: Any) -> None:
    """Times, numbers and identities of ours are written as text."""
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def console() -> Console:
    """For people: colours at a terminal, plain text elsewhere."""
    from rich.console import Console

    return Console(soft_wrap=True)


def say_error(text: str) -> None:
    typer.echo(text, err=True)
