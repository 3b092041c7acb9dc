"""What a person sees: progress while parts start, the closing table, and who is down."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

from makegood.running import addresses, parts
from makegood.running.instance import Instance
from makegood.running.samples import Samples
from makegood.running.startup import Say
from makegood.settings import Settings

EXPECTED = parts.ORDER


@contextmanager
def progress(console: Console) -> Iterator[Say]:
    """A line for each part at a terminal; a line for each change elsewhere."""
    if not console.is_terminal:
        yield _plain(console)
        return
    columns = (
        SpinnerColumn(finished_text="[green]✓"),
        TextColumn("{task.fields[part]:<9} {task.description}"),
    )
    with Progress(*columns, TimeElapsedColumn(), console=console) as bars:
        rows = {
            part: bars.add_task("", part=part, total=1, start=False, visible=False) for part in parts.ORDER
        }

        def say(part: str, doing: str) -> None:
            row = rows[part]
            if bars.tasks[row].start_time is None:
                bars.start_task(row)
            bars.update(row, description=doing, visible=True, completed=0 if doing else 1)

        yield say


def _plain(console: Console) -> Say:
    began = time.monotonic()

    def say(part: str, doing: str) -> None:
        console.print(f"{time.monotonic() - began:5.1f} s  {part:<9} {doing or 'done'}", highlight=False)

    return say


def show(console: Console, running: Instance, samples: Samples) -> None:
    """Where to go first. Addresses are never broken over lines: they are there to be clicked."""
    rows = {
        "Waiting approvals": approvals_link(running.prefect_ui),
        "Desk": running.web,
        "A customer's page": samples.progress_link,
        "A supervisor's code": samples.code_command,
        "Sandbox, Seller API": f"{running.sandbox}/docs",
        "Database": without_password(running.database_url),
    }
    width = max(map(len, rows))
    console.print()
    for name, value in rows.items():
        if value is not None:
            line = Text.assemble((f"{name:<{width}}", "bold"), "  ", value)
            console.print(line, soft_wrap=True)
    console.print()


def approvals_link(prefect_ui: str) -> str:
    """Suspended runs are the supervisors' list; a year of them, where Prefect's page would show a week."""
    return f"{prefect_ui}/runs?state=Suspended&type=span&seconds=-{365 * 24 * 3600}"


def without_password(url: str) -> str:
    """For the screen. `makegood status --json` has the whole address."""
    split = urlsplit(url)
    host = f"{split.hostname}:{split.port}" if split.port else f"{split.hostname}"
    return urlunsplit(split._replace(netloc=f"{split.username}@{host}" if split.username else host))


def down_parts(settings: Settings, running: Instance | None) -> dict[str, str]:
    """Parts that are not there, each with what is the matter."""
    if running is None:
        places = _places(settings.prefect_api_url, settings.web_url, settings.sandbox_url)
        return {part: f"not started{_expected(places, part)}" for part in parts.ORDER}
    places = _places(running.prefect_api, running.web, running.sandbox)
    dead = {part: f"its process has ended{_expected(places, part)}" for part in running.dead}
    silent = {
        part: f"nothing answers at {place}"
        for part, place in places.items()
        if part not in dead and not addresses.answers(f"{place}/health")
    }
    return {part: {**dead, **silent}[part] for part in parts.ORDER if part in dead or part in silent}


def _places(prefect: str, web: str, sandbox: str) -> dict[str, str]:
    return {"prefect": prefect, "sandbox": sandbox, "web": web}


def _expected(places: dict[str, str], part: str) -> str:
    return f"; it would answer at {places[part]}" if part in places else ""
