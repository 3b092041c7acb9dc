"""Files as ops write them: YAML 1.2, CSV and letters, each value with the line that it stands on."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from makegood.core.findings import Finding, Unsound

Lines = Mapping[tuple[str, ...], int]
"""From a path in the data (`("steps", "order", "retry")`, list places as `"0"`) to its line, from 1."""


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML file. `file` is its name for findings."""

    file: str
    data: Any
    lines: Lines

    def find(self, place: tuple[str, ...], problem: str, mend: str = "") -> Finding:
        return Finding(self.file, line_of(self.lines, place), problem, mend)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One CSV file: (line, cells), the header first."""

    file: str
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def line_of(lines: Lines, place: tuple[str, ...]) -> int:
    """The line of the nearest thing that is there; parts that models add (list places, tags) are skipped."""
    known: tuple[str, ...] = ()
    for part in place:
        if (*known, part) in lines:
            known = (*known, part)
    return lines.get(known, 1)


def load_yaml(path: Path, name: str = "") -> tuple[Any, Lines]:
    """Plain data and its lines. Fractions come as Decimal, dates as date. Raises Unsound."""
    document = parse_yaml(read_text(path, name or str(path)), name or str(path))
    return document.data, document.lines


def parse_yaml(text: str, file: str, first_line: int = 1) -> Document:
    """Raises Unsound for what is not YAML 1.2, for a key given twice, and for tags and merge keys."""
    try:
        root = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = (mark.line if mark else 0) + first_line
        problem = f"not YAML: {error.problem or error.context or 'cannot be read'}"
        raise Unsound([Finding(file, line, problem, "check indentation, quotes and colons nearby")]) from None
    except YAMLError as error:
        raise Unsound([Finding(file, first_line, f"not YAML: {error}")]) from None
    except RecursionError:
        raise Unsound([Finding(file, first_line, "nested too deeply to be read")]) from None
    reading = _Reading(file, first_line, {(): first_line})
    data = None if root is None else reading.plain(root, ())
    if reading.findings:
        raise Unsound(reading.findings)
    return Document(file, data, reading.lines)


def load_csv(path: Path, name: str = "") -> Sheet:
    """Blank lines and lines that begin with # are left out. Raises Unsound."""
    file = name or str(path)
    reader = csv.reader(io.StringIO(read_text(path, file)), strict=True)
    rows: list[tuple[int, tuple[str, ...]]] = []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells) and not cells[0].startswith("#"):
                rows.append((reader.line_num, tuple(cells)))
    except csv.Error as error:
        mend = "a cell with a comma or a quote in it is wrapped in double quotes"
        raise Unsound([Finding(file, reader.line_num, f"not CSV: {error}", mend)]) from None
    return Sheet(file, tuple(rows))


def read_text(path: Path, file: str = "") -> str:
    """Raises Unsound."""
    file = file or str(path)
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise Unsound([Finding(file, line, "not UTF-8 text", "save the file as UTF-8")]) from None
    except OSError as error:
        raise Unsound([Finding(file, 0, f"cannot be read: {error.strerror}")]) from None


@dataclass
class _Reading:
    """From nodes to plain data, noting lines and collecting findings on the way."""

    file: str
    first_line: int
    lines: dict[tuple[str, ...], int]
    findings: list[Finding] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)

    def find(self, node: Node, problem: str, mend: str) -> None:
        self.findings.append(Finding(self.file, self.line(node), problem, mend))

    def line(self, node: Node) -> int:
        return int(node.start_mark.line) + self.first_line

    def plain(self, node: Node, place: tuple[str, ...]) -> Any:
        if id(node) in self.seen:  # a second visit: `*name`, perhaps within itself
            self.find(node, "an alias", "write the value out in both places")
            return None
        self.seen.add(id(node))
        self.lines.setdefault(place, self.line(node))
        match node:
            case ScalarNode():
                return self.scalar(node)
            case SequenceNode():
                return [self.plain(child, (*place, str(at))) for at, child in enumerate(node.value)]
            case MappingNode():
                return self.mapping(node, place)
            case _:
                self.find(node, "neither a value, a list nor a mapping", "write it as one of them")
                return None

    def mapping(self, node: MappingNode, place: tuple[str, ...]) -> dict[Any, Any]:
        result: dict[Any, Any] = {}
        for key, child in node.value:
            if not isinstance(key, ScalarNode) or key.tag not in _PLAIN:
                self.find(key, "a key must be a plain word", "merge keys are not read here")
                continue
            name, where = self.scalar(key), (*place, str(key.value))
            if name in result:
                self.find(
                    key, f"{name!r} is given twice, first on line {self.lines[where]}", "keep one of them"
                )
                continue
            self.lines[where] = self.line(key)
            result[name] = self.plain(child, where)
        return result

    def scalar(self, node: ScalarNode) -> Any:
        text, tag = str(node.value), str(node.tag)
        try:
            return _CONSTRUCT[tag](text)
        except (KeyError, ValueError, ArithmeticError):
            self.find(node, f"{text!r} cannot be read", "put it in quotes if it is text")
            return None


_CONSTRUCT: dict[str, Callable[[str], Any]] = {
    "tag:yaml.org,2002:null": lambda _: None,
    "tag:yaml.org,2002:bool": lambda text: text.lower() == "true",
    "tag:yaml.org,2002:int": lambda text: int(text.replace("_", ""), 0),
    "tag:yaml.org,2002:float": Decimal,
    "tag:yaml.org,2002:timestamp": date.fromisoformat,
    "tag:yaml.org,2002:str": str,
}
_PLAIN = frozenset(_CONSTRUCT)
