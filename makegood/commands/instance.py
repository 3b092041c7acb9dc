"""`makegood up | down | status | sandbox`: the parts of this installation."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from makegood.commands import output

if TYPE_CHECKING:
    from makegood.desk.ruling import Told
    from makegood.running.instance import Instance
    from makegood.settings import Settings

TOP_LEVEL = True
app = typer.Typer()


@app.command()
def up(
    detach: Annotated[bool, typer.Option("--detach", help="Return once everything answers.")] = False,
    samples: Annotated[bool, typer.Option(help="Open sample cases at the first start.")] = True,
) -> None:
    """Start the database, Prefect, the sandbox, the desk and the worker."""
    from makegood.running import supervision
    from makegood.settings import Settings

    supervision.up(Settings(), output.console(), detach=detach, open_samples=samples)


@app.command()
def down() -> None:
    """Stop them."""
    from makegood.running import supervision
    from makegood.settings import Settings

    supervision.down(Settings(), output.console())


@app.command()
def status(as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False) -> None:
    """Addresses, processes and counts of cases; exit code 3 when a part is down."""
    from makegood.running import instance, report, samples
    from makegood.settings import Settings

    settings = Settings()
    running = instance.read(settings.home)
    down_parts = report.down_parts(settings, running)
    counts = None if running is None or "postgres" in down_parts else _count_cases(settings)
    authority = _authority(settings) if counts is not None else None
    if as_json:
        told = _describe(settings, running, down_parts, counts)
        output.show_json({**told, "authority": authority and authority.standing.value})
    elif running is not None:
        report.show(output.console(), running, samples.describe(settings.home))
        for name, number in (counts or {}).items():
            output.console().print(f"  {number} {name}")
    if authority is not None and authority.said:
        output.say_error(authority.said)
    for part, matter in down_parts.items():
        output.say_error(f"{part} is down: {matter}")
    if down_parts:
        output.say_error("`make up` starts what is down.")
        raise typer.Exit(3)


@app.command()
def sandbox(
    port: Annotated[int, typer.Option(help="Where it listens, on loopback.")] = 8601,
    data: Annotated[Path | None, typer.Option(help="Folder of third-party orders to load.")] = None,
) -> None:
    """Run the sandbox alone: shop, payments, warehouse, carrier and mailbox, with a database of its own."""
    from makegood.running import alone
    from makegood.settings import Settings

    alone.run_sandbox(Settings(), port, data)


def _describe(
    settings: Settings, running: Instance | None, down_parts: dict[str, str], counts: dict[str, int] | None
) -> dict[str, Any]:
    """Keys are stable: programs outside read them."""
    from makegood.running import report

    return {
        "prefect_ui": running.prefect_ui if running else settings.prefect_ui_url,
        "prefect_api": running.prefect_api if running else settings.prefect_api_url,
        "web": running.web if running else settings.web_url,
        "sandbox": running.sandbox if running else settings.sandbox_url,
        "database_url": running.database_url if running else settings.database_url,
        "home": str(settings.home),
        "pids": {part: process.pid for part, process in running.processes.items()} if running else {},
        "parts": {part: "down" if part in down_parts else "up" for part in report.EXPECTED},
        "cases": counts,
    }


def _authority(settings: Settings) -> Told | None:
    """Which authority.yaml is in force; None when the store cannot be read."""
    from makegood import wiring
    from makegood.desk import ruling
    from makegood.store import Store

    try:
        store = Store(settings.database_url or "", settings.master_bytes())
        return ruling.compare(store, wiring.DEFINITIONS / "authority.yaml")
    except Exception as error:  # noqa: BLE001  # as below
        output.say_error(f"authority.yaml cannot be judged: {type(error).__name__}")
        return None


def _count_cases(settings: Settings) -> dict[str, int] | None:
    """By status; None when the store cannot be read."""
    from makegood.store import Store, cases

    try:
        store = Store(settings.database_url or "", settings.master_bytes())
        with store.begin() as tx:
            return {str(status): number for status, number in cases.count_by_status(tx).items()}
    except Exception as error:  # noqa: BLE001  # a broken installation is described, too
        output.say_error(f"cases cannot be counted: {type(error).__name__}")
        return None
