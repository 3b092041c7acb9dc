"""Whose hours: calendars by name, by market and by role."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from makegood.core import calendars, durations
from makegood.core.calendars import Calendar
from makegood.core.errors import UnknownName
from makegood.core.findings import Finding
from makegood.library.documents import Document
from makegood.library.reading import read

DEFAULT = "default"


class Post(BaseModel):
    """A role's calendar, and the role that takes over from it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    calendar: str
    escalates_to: str | None = None


class Roster(BaseModel):
    """roster.yaml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    roles: dict[str, Post]


@dataclass(frozen=True, slots=True)
class Calendars:
    """Every calendar; a market without one of its own uses `default`."""

    by_name: Mapping[str, Calendar]
    roster: Roster
    markets: frozenset[str]

    def named(self, name: str) -> Calendar:
        """A calendar's name, a role of the roster, or a market. Raises UnknownName."""
        if name in self.by_name:
            return self.by_name[name]
        if name in self.roster.roles:
            return self.by_name[self.roster.roles[name].calendar]
        if name in self.markets or (len(name) == 2 and name.isupper()):
            return self.by_name[DEFAULT]
        known = {*self.by_name, *self.roster.roles, *self.markets}
        raise UnknownName("calendars.yaml", "calendar, role or market", name, sorted(known))

    def add(self, start: datetime, duration: str, calendar: str) -> datetime:
        """When `duration` (`8bh`) after `start` is over by that calendar, in UTC."""
        return calendars.add(self.named(calendar), start, durations.parse(duration))


def read_calendars(document: Document) -> tuple[dict[str, Calendar], list[Finding]]:
    """Every calendar of the file, each with the name that it stands under."""
    given = document.data.get("calendars") if isinstance(document.data, dict) else None
    if not isinstance(given, dict) or not given:
        return {}, [document.find((), "`calendars:` with at least one calendar is expected")]
    found: dict[str, Calendar] = {}
    findings: list[Finding] = []
    for name, body in given.items():
        place = ("calendars", str(name))
        part = Document(document.file, _with_name(body, str(name)), _within(document, place))
        calendar, wrong = read(Calendar, part)
        findings += wrong
        if calendar is not None:
            found[str(name)] = calendar
    if DEFAULT not in given:
        mend = "it serves the markets that have none of their own"
        findings.append(document.find(("calendars",), f"the calendar `{DEFAULT}` is missing", mend))
    return found, findings


def check_roster(roster: Roster, document: Document, by_name: Mapping[str, Calendar]) -> list[Finding]:
    """Posts point at calendars and roles that are there."""
    findings = []
    for role, post in roster.roles.items():
        if post.calendar not in by_name:
            mend = f"one of {', '.join(sorted(by_name))}"
            problem = f"calendar {post.calendar!r} is not known"
            findings.append(document.find(("roles", role, "calendar"), problem, mend))
        if post.escalates_to is not None and post.escalates_to not in roster.roles:
            mend = f"one of {', '.join(sorted(roster.roles))}"
            problem = f"role {post.escalates_to!r} is not on the roster"
            findings.append(document.find(("roles", role, "escalates_to"), problem, mend))
    return findings


def _with_name(body: Any, name: str) -> Any:
    return {**body, "name": name} if isinstance(body, dict) else body


def _within(document: Document, place: tuple[str, ...]) -> dict[tuple[str, ...], int]:
    """The lines of one part, as if it were a file of its own."""
    depth = len(place)
    return {where[depth:]: line for where, line in document.lines.items() if where[:depth] == place}
