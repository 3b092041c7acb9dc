"""`makegood sop draw`: the procedures as pages, each drawn from its file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from makegood.commands import output

if TYPE_CHECKING:
    from makegood.library import Library

app = typer.Typer(help="The procedures themselves.", no_args_is_help=True)

OURS = Path("docs/procedures")


@app.callback()
def _group() -> None:
    """The procedures themselves."""


@app.command()
def draw(
    into: Annotated[Path, typer.Option(help="The folder for the pages.")] = OURS,
    sops: Annotated[
        Path | None, typer.Option(help="More procedures, as MAKEGOOD_SOPS names them.", show_default=False)
    ] = None,
) -> None:
    """Write a page for every procedure: its drawing, its branches in words, what the customer reads."""
    from makegood import library, wiring

    known = library.open_library(wiring.DEFINITIONS, sops)
    into.mkdir(parents=True, exist_ok=True)
    for name, text in pages(known).items():
        (into / f"{name}.md").write_text(text, encoding="utf-8")
        output.console().print(f"{into / f'{name}.md'}", highlight=False)


def pages(known: Library) -> dict[str, str]:
    """By procedure. Raises Unsound with all that is wrong with any of them."""
    from makegood.core import wording
    from makegood.core.findings import Unsound
    from makegood.core.guard import Kind
    from makegood.core.language import LAST_RESORT
    from makegood.desk.plans import compile_all

    plans, findings = compile_all(known)
    if findings:
        raise Unsound(findings)
    english = {name: texts[LAST_RESORT] for name, texts in known.messages.texts.items()}
    letters = {
        name: (text.head.subject, text.body, text.head.kind is Kind.SURVEY) for name, text in english.items()
    }
    return {name: wording.page(plan, letters) for name, plan in sorted(plans.current.items())}
