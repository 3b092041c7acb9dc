"""Pages: templates filled in, every value escaped, dates and money in the reader's manner."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_datetime, format_timedelta
from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

TEMPLATES = Path(__file__).parent / "templates"


def render(
    request: Request,
    template: str,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **values: object,
) -> HTMLResponse:
    text = _environment().get_template(template).render(path=request.url.path, **values)
    return HTMLResponse(text, status, dict(headers or {}))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"local": local, "away": away, "words": words, "zipped": zipped}
    return environment


def local(at: datetime, zone: str, locale: str = "en") -> str:
    """`Mon 23 Nov, 11:00 CET`: for colleagues, who see cases of many zones."""
    return str(format_datetime(at.astimezone(ZoneInfo(zone)), "EEE d MMM y, HH:mm zzz", locale=locale))


def away(at: datetime, now: datetime) -> str:
    """`in 3 hours`, `2 days ago`."""
    return str(format_timedelta(at.astimezone(UTC) - now, add_direction=True, locale="en"))


def words(name: str) -> str:
    """A word of ours as a person reads it: `close-unanswered`, `first_reply`."""
    return name.replace("_", " ").replace("-", " ").capitalize()


def zipped(said: list[str], values: list[str]) -> list[tuple[str, str]]:
    """A choice's values with how they are shown."""
    return list(zip(values, said, strict=True))
