"""Pages: templates filled in, every value escaped, dates and money in the reader's manner."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_datetime, format_timedelta
from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

_A_MOMENT = timedelta(seconds=45)
_SHOWN = 32  # letters of an address
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
    environment.filters |= {"local": local, "away": away, "words": words}
    environment.filters |= {"zipped": zipped, "linked": linked}
    return environment


def local(at: datetime, zone: str, locale: str = "en") -> str:
    """`Mon 23 Nov 2026, 11:00 CET`: for colleagues, who see cases of many zones."""
    there = at.astimezone(ZoneInfo(zone))
    name = there.tzname() or ""
    name = name if name.isalpha() else f"UTC{name}"
    return f"{format_datetime(there, 'EEE d MMM y, HH:mm', locale=locale)} {name}"


def away(at: datetime, now: datetime) -> str:
    """`in 3 hours`, `2 days ago`."""
    if abs(at - now) < _A_MOMENT:
        return "just now"
    return str(format_timedelta(at.astimezone(UTC) - now, add_direction=True, locale="en"))


def words(name: str) -> str:
    """A word of ours as a person reads it: `close-unanswered`, `first_reply`."""
    return name.replace("_", " ").replace("-", " ").capitalize()


def zipped(said: list[str], values: list[str]) -> list[tuple[str, str]]:
    """A choice's values with how they are shown."""
    return list(zip(values, said, strict=True))


def linked(text: str, base: str) -> Markup:
    """Addresses of our own pages, shortened, as links; what a stranger wrote links nowhere."""
    if not base:
        return escape(text)
    parts = re.split(rf"({re.escape(base)}/[^\s<>\"]*)", text)
    return Markup("").join(_link(part) if at % 2 else escape(part) for at, part in enumerate(parts))


def _link(address: str) -> Markup:
    shown = address.partition("://")[2]
    short = shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…"
    return Markup('<a href="{}">{}</a>').format(address, short)
