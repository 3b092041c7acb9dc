"""What the library holds once it has been read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ConfigDict, Field

from makegood.core.authority import Authority
from makegood.core.calendars import Calendar
from makegood.core.guard import Rules
from makegood.core.language import LAST_RESORT
from makegood.core.promises import ServiceLevels
from makegood.core.statutes import Policies
from makegood.library.documents import Document, Sheet
from makegood.library.letters import Letter, Messages, Value
from makegood.library.timetable import Calendars, Roster


class Levels(ServiceLevels):
    """service_levels.yaml: the promises, and `contact`, the rules of writing to customers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    contact: Rules = Field(default_factory=Rules)


@dataclass(frozen=True, slots=True, eq=False)
class Library:
    """All of sop_definitions. Procedures and tables are raw, with their lines; the core compiles them.

    `authority_text` is the file that `authority` was read from, which two people may have to sign.
    """

    policies: Policies
    calendars: Calendars
    service_levels: ServiceLevels
    contact: Rules
    authority: Authority
    messages: Messages
    procedures: Mapping[str, Document]
    tables: Mapping[str, Sheet]
    authority_text: str
    authority_file: Path

    @property
    def roster(self) -> Roster:
        return self.calendars.roster

    @property
    def markets(self) -> tuple[str, ...]:
        """Those whose law is on file."""
        return tuple(sorted(self.policies.statutes))

    @property
    def rows(self) -> dict[str, tuple[tuple[int, tuple[str, ...]], ...]]:
        """Decision tables by name, as (line, cells)."""
        return {name: sheet.rows for name, sheet in self.tables.items()}

    def calendar(self, name: str) -> Calendar:
        """Of a market, a role, or by its own name."""
        return self.calendars.named(name)

    def render(
        self,
        message: str,
        locale: str,
        variables: Mapping[str, Value],
        market_default: str = LAST_RESORT,
    ) -> Letter:
        """See `letters.Messages.render`."""
        return self.messages.render(message, locale, variables, market_default)
