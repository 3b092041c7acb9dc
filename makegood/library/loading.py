"""Reads the whole of `sop_definitions`, collects every finding, and only then speaks."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from makegood.core import floor
from makegood.core.authority import Authority
from makegood.core.findings import Finding, Unsound
from makegood.core.statutes import House, Policies, Statute
from makegood.library.contents import Levels, Library
from makegood.library.documents import Document, Sheet, load_csv, load_yaml, parse_yaml, read_text
from makegood.library.letterbox import LANGUAGES, Letterbox
from makegood.library.letters import Messages
from makegood.library.reading import read
from makegood.library.timetable import Calendars, Roster, check_roster, read_calendars

M = TypeVar("M", bound=BaseModel)

HOUSE = "house"
AUTHORITY = "authority.yaml"
_ENDINGS = frozenset({".yaml", ".csv", ".md"})
_WORD = re.compile(r"^[a-z]+(-[a-z]+)*$")  # not an expression such as policy.why


@dataclass
class _Loader:
    root: Path
    findings: list[Finding] = field(default_factory=list)

    def name(self, path: Path) -> str:
        """As ops know it: from the definitions' folder on."""
        return str(path.relative_to(self.root.parent)) if path.is_relative_to(self.root) else str(path)

    def document(self, path: Path) -> Document | None:
        if not path.is_file():
            self.findings.append(Finding(self.name(path), 0, "this file is missing", "restore it"))
            return None
        try:
            data, lines = load_yaml(path, self.name(path))
        except Unsound as error:
            self.findings += error.findings
            return None
        return Document(self.name(path), data, lines)

    def model(self, path: Path, model: type[M]) -> tuple[M | None, Document | None]:
        document = self.document(path)
        if document is None:
            return None, None
        found, findings = read(model, document)
        self.findings += findings
        return found, document

    def policies(self) -> Policies | None:
        folder = self.root / "policies"
        statutes: dict[str, Statute] = {}
        for path in sorted(folder.glob("*.yaml")):
            if path.stem == HOUSE:
                continue
            statute, document = self.model(path, Statute)
            if statute is None or document is None:
                continue
            if statute.market != path.stem:
                problem = f"the file is named {path.stem}, the market {statute.market}"
                self.findings.append(document.find(("market",), problem, "make them the same"))
            statutes[statute.market] = statute
        house, document = self.model(folder / f"{HOUSE}.yaml", House)
        if house is None or document is None:
            return None
        policies = Policies(statutes=statutes, house=house)
        if house.default.refund_due is None:
            mend = "it holds where no law says when money is due back"
            self.findings.append(document.find(("default",), "default.refund_due is missing", mend))
        for breach in floor.breaches(policies):
            problem = f"{breach.rule} is harsher than the law of {breach.market}: {breach.house}"
            mend = f"give {breach.statute} or better, under `markets: {breach.market}:` if only there"
            self.findings.append(document.find((*breach.place, "value"), problem, mend))
        return policies

    def calendars(self, markets: frozenset[str]) -> Calendars | None:
        document = self.document(self.root / "calendars.yaml")
        by_name, findings = read_calendars(document) if document else ({}, [])
        self.findings += findings
        roster, posts = self.model(self.root / "roster.yaml", Roster)
        if roster is None or posts is None:
            return None
        if by_name:
            self.findings += check_roster(roster, posts, by_name)
        return Calendars(by_name, roster, markets)

    def levels(self) -> Levels | None:
        levels, document = self.model(self.root / "service_levels.yaml", Levels)
        if levels is None or document is None:
            return None
        if not levels.levels[-1].fits_all:
            place = ("levels", str(len(levels.levels) - 1))
            self.findings.append(
                document.find(place, "the last level must fit every case", "leave out tier, channel, market")
            )
        for at, level in enumerate(levels.levels):
            if any(earlier.covers(level) for earlier in levels.levels[:at]):
                mend = "move it up or remove it"
                place = ("levels", str(at))
                self.findings.append(document.find(place, "a level above fits all of these cases", mend))
        return levels

    def authority(self, roster: Roster | None) -> Authority | None:
        authority, document = self.model(self.root / AUTHORITY, Authority)
        if authority is None or document is None:
            return None
        for at, row in enumerate(authority.auto):
            if any(earlier.fits(row.market, row.remedy) for earlier in authority.auto[:at]):
                place = ("auto", str(at))
                mend = "move it up or remove it"
                self.findings.append(document.find(place, "a row above fits all that this fits", mend))
        for role in authority.roles if roster else ():
            if roster and role not in roster.roles:
                mend = f"one of {', '.join(sorted(roster.roles))}"
                self.findings.append(
                    document.find(("roles", role), f"role {role!r} is not on the roster", mend)
                )
        return authority

    def messages(self, extra: Path | None) -> Messages:
        box = Letterbox()
        folder = self.root / "messages"
        if folder.is_dir():
            box.take(folder, self.name(folder), LANGUAGES)
        if extra is not None and (extra / "messages").is_dir():
            box.take(extra / "messages", str(extra / "messages"), ())
        messages = box.close()
        self.findings += box.findings
        return messages

    def procedures(self, extra: Path | None) -> dict[str, Document]:
        found: dict[str, Document] = {}
        for path in self._files("procedures", "yaml", extra):
            document = self.document(path)
            if document is None:
                continue
            if path.stem in found:
                mend = "give it another name: a procedure of ours is never replaced from outside"
                self.findings.append(document.find((), f"procedure {path.stem} is there already", mend))
                continue
            named = document.data.get("procedure") if isinstance(document.data, dict) else None
            if named != path.stem:
                problem = f"the file is named {path.stem}, the procedure {named}"
                self.findings.append(document.find(("procedure",), problem, "make them the same"))
            found[path.stem] = document
        return found

    def reasons(self, procedures: Mapping[str, Document], messages: Messages) -> None:
        """A step that sends a letter with a word of its own as `why` has that word's sentence."""
        for document in procedures.values():
            steps = document.data.get("steps") if isinstance(document.data, dict) else None
            for step, body in steps.items() if isinstance(steps, dict) else ():
                given = body.get("with") if isinstance(body, dict) and "send" in body else None
                why = given.get("why") if isinstance(given, dict) else None
                if isinstance(why, str) and _WORD.match(why) and why not in messages.known_reasons():
                    place = ("steps", str(step), "with", "why")
                    mend = "add its sentence to messages/_reasons"
                    self.findings.append(document.find(place, f"no letter can say why: {why!r}", mend))

    def tables(self, extra: Path | None) -> dict[str, Sheet]:
        found: dict[str, Sheet] = {}
        for path in self._files("remedies", "csv", extra):
            if path.stem in found:
                mend = "give it another name: a table of ours is never replaced from outside"
                self.findings.append(Finding(self.name(path), 0, "this table is there already", mend))
                continue
            try:
                found[path.stem] = load_csv(path, self.name(path))
            except Unsound as error:
                self.findings += error.findings
        return found

    def _files(self, folder: str, ending: str, extra: Path | None) -> Iterator[Path]:
        """Ours first. A folder outside holds procedures beside or below `procedures/`."""
        yield from sorted((self.root / folder).glob(f"*.{ending}"))
        if extra is not None:
            yield from sorted(extra.glob(f"*.{ending}"))
            yield from sorted((extra / folder).glob(f"*.{ending}"))


def load(root: Path, extra: Path | None = None) -> tuple[Library | None, list[Finding]]:
    """The library, or None and every finding. `extra` is MAKEGOOD_SOPS: more procedures, tables, messages.

    In one process, files that say the same as before are not read into a library again: that takes seconds.
    """
    library, findings = _load(root, extra, _content(root, extra))
    return library, list(findings)


def _content(*folders: Path | None) -> bytes:
    """A digest of the names and bytes of all that may be read."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*")) if folder else ():
            if path.suffix in _ENDINGS and path.is_file():
                content = path.read_bytes()
                digest.update(f"{path} {len(content)}\n".encode() + content)
    return digest.digest()


@lru_cache(maxsize=8)
def _load(root: Path, extra: Path | None, _content: bytes) -> tuple[Library | None, tuple[Finding, ...]]:
    loader = _Loader(root)
    if not root.is_dir():
        return None, (Finding(str(root), 0, "there is no such folder", "name that of sop_definitions"),)
    if extra is not None and not extra.is_dir():
        loader.findings.append(Finding(str(extra), 0, "there is no such folder", "mend MAKEGOOD_SOPS"))
        extra = None
    policies = loader.policies()
    markets = frozenset(policies.statutes) if policies else frozenset[str]()
    calendars = loader.calendars(markets)
    levels = loader.levels()
    authority = loader.authority(calendars.roster if calendars else None)
    messages = loader.messages(extra)
    procedures, tables = loader.procedures(extra), loader.tables(extra)
    loader.reasons(procedures, messages)
    if loader.findings or not (policies and calendars and levels and authority):
        return None, tuple(loader.findings)
    return (
        Library(
            policies=policies,
            calendars=calendars,
            service_levels=levels,
            contact=levels.contact,
            authority=authority,
            messages=messages,
            procedures=procedures,
            tables=tables,
            authority_text=read_text(root / AUTHORITY),
            authority_file=root / AUTHORITY,
        ),
        (),
    )


def read_authority(text: str) -> Authority:
    """Of a text that was sound when it was kept. Raises Unsound where today's rules do not understand it."""
    authority, findings = read(Authority, parse_yaml(text, AUTHORITY))
    if authority is None:
        raise Unsound(findings)
    return authority


def open_library(root: Path, extra: Path | None = None) -> Library:
    """As `load`; raises Unsound with every finding."""
    library, findings = load(root, extra)
    if library is None:
        raise Unsound(findings)
    return library
