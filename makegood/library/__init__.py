"""All of `sop_definitions`, read from disk and checked: every error names file, line and mend."""

from makegood.core.findings import Finding, Unsound
from makegood.library.contents import Levels, Library
from makegood.library.documents import Document, Lines, Sheet, line_of, load_csv, load_yaml, read_text
from makegood.library.letters import VARIABLES, Letter, Messages, MissingVariable, Moment
from makegood.library.loading import load, open_library, read_authority
from makegood.library.timetable import Calendars, Post, Roster

__all__ = [
    "VARIABLES",
    "Calendars",
    "Document",
    "Finding",
    "Letter",
    "Levels",
    "Library",
    "Lines",
    "Messages",
    "MissingVariable",
    "Moment",
    "Post",
    "Roster",
    "Sheet",
    "Unsound",
    "line_of",
    "load",
    "load_csv",
    "load_yaml",
    "open_library",
    "read_authority",
    "read_text",
]
