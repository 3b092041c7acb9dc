"""Decision tables: exactly one row decides, for every combination of inputs.

A table is a CSV file: input columns named after facts, a column `->`, output columns. A cell tests
one input: `-` anything, a word, `a | b`, `yes`, `no`, or a comparison (`<= 20`). Money is written in
units of the house currency with its decimals (`<= 20.00`), shares as `20%`.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from makegood.core.cells import Test, test_of, type_of, value_of
from makegood.core.errors import Surprise
from makegood.core.facts import NUMBERS, Facts, FactType, Field, Value
from makegood.core.findings import Finding

ARROW = "->"
OTHER = "\N{HORIZONTAL ELLIPSIS}"
_MOST_COMBINATIONS = 200_000


@dataclass(frozen=True, slots=True)
class Rule:
    line: int
    tests: tuple[Test, ...]
    values: Facts


@dataclass(frozen=True, slots=True)
class Table:
    """`inputs` are fact names; `outputs` are the types of the facts that it writes."""

    name: str
    inputs: tuple[str, ...]
    outputs: dict[str, Field]
    rules: tuple[Rule, ...]

    def decide(self, facts: Mapping[str, Value]) -> Facts:
        """The one row's outputs."""
        row = tuple(facts[name] for name in self.inputs)
        hits = [rule for rule in self.rules if _matches(rule, row)]
        if len(hits) != 1:
            raise Surprise(
                f"table {self.name}: {len(hits)} rows match {row}; it was checked to be exactly one"
            )
        return dict(hits[0].values)


def _matches(rule: Rule, row: Sequence[Value]) -> bool:
    return all(test.holds(value) for test, value in zip(rule.tests, row, strict=True))


def read(
    name: str, file: str, rows: Sequence[tuple[int, Sequence[str]]], known: Mapping[str, Field]
) -> tuple[Table | None, list[Finding]]:
    """`rows` are (line, cells), the header first; `known` are the types of the facts that may be tested."""
    if findings := malformed(file, rows):
        return None, findings
    line, header = rows[0][0], [cell.strip() for cell in rows[0][1]]
    split = header.index(ARROW)
    inputs, names = tuple(header[:split]), header[split + 1 :]
    findings = [
        Finding(file, line, f"unknown fact {fact!r}", f"known here: {', '.join(sorted(known))}")
        for fact in inputs
        if fact not in known
    ]
    if findings:
        return None, findings
    body = [(number, [cell.strip() for cell in cells]) for number, cells in rows[1:]]
    outputs = outputs_of(rows)
    rules: list[Rule] = []
    for number, cells in body:
        try:
            tests = tuple(test_of(cells[at], known[fact]) for at, fact in enumerate(inputs))
            values = {out: value_of(cells[split + 1 + at], outputs[out]) for at, out in enumerate(names)}
            rules.append(Rule(number, tests, values))
        except ValueError as error:
            findings.append(Finding(file, number, str(error)))
    table = Table(name, inputs, outputs, tuple(rules))
    return table, findings or check(table, file, known)


def malformed(file: str, rows: Sequence[tuple[int, Sequence[str]]]) -> list[Finding]:
    """What is wrong with a table's shape, whatever its facts may be."""
    header = [cell.strip() for cell in rows[0][1]] if rows else []
    if header.count(ARROW) != 1:
        mend = "name the input facts, then `->`, then the outputs"
        return [Finding(file, 1, "a decision table's header needs one column `->`", mend)]
    line, split = rows[0][0], header.index(ARROW)
    findings = [
        Finding(file, line, f"column {name!r} stands there twice", "keep one of them")
        for name in dict.fromkeys(header)
        if header.count(name) > 1
    ]
    for name in header[split + 1 :]:
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
            mend = "small letters, digits and _"
            findings.append(Finding(file, line, f"{name!r} is no name for an output", mend))
    for number, cells in rows[1:]:
        if len(cells) != len(header):
            mend = "one cell for each column; the column `->` stays empty"
            findings.append(Finding(file, number, f"{len(cells)} cells, {len(header)} expected", mend))
        elif cells[split].strip() not in ("", ARROW):
            problem = f"{cells[split]!r} in the column `->`"
            findings.append(Finding(file, number, problem, "leave it empty; it parts inputs from outputs"))
    return findings


def outputs_of(rows: Sequence[tuple[int, Sequence[str]]]) -> dict[str, Field]:
    """The types of a table's outputs, read off its cells; empty where the header has no `->`."""
    header = [cell.strip() for cell in rows[0][1]] if rows else []
    if ARROW not in header:
        return {}
    first = header.index(ARROW) + 1
    columns = range(first, len(header))
    return {
        header[at]: type_of([cells[at].strip() for _, cells in rows[1:] if len(cells) == len(header)])
        for at in columns
    }


def check(table: Table, file: str, known: Mapping[str, Field]) -> list[Finding]:
    """Every combination of inputs is decided by exactly one row: shown by trying one of each region."""
    columns = [
        _representatives(known[fact], [rule.tests[at] for rule in table.rules])
        for at, fact in enumerate(table.inputs)
    ]
    total = 1
    for column in columns:
        total *= len(column)
    if total > _MOST_COMBINATIONS:
        return [Finding(file, 1, f"{total} combinations are too many to check", "split the table")]
    findings: dict[str, Finding] = {}
    for row in itertools.product(*columns):
        lines = [rule.line for rule in table.rules if _matches(rule, row)]
        said = ", ".join(f"{fact} = {value}" for fact, value in zip(table.inputs, row, strict=True))
        said = said or "any case"
        if not lines:
            findings.setdefault("gap", Finding(file, 1, f"no row decides {said}", "add a row for it"))
        elif len(lines) > 1:
            problem = f"rows {' and '.join(map(str, lines))} both decide {said}"
            findings.setdefault(str(lines), Finding(file, lines[1], problem, "narrow one of them"))
    return list(findings.values())


def _representatives(field: Field, tests: Iterable[Test]) -> list[Value]:
    """One value of every region that the tests can tell apart."""
    if field.type is FactType.BOOL:
        return [True, False]
    if field.type in NUMBERS:
        edges = {
            edge + step for t in tests for edge in (t.low, t.high) if edge is not None for step in (-1, 0, 1)
        }
        return sorted(edges) or [0]
    if field.values:
        return list(field.values)
    return [*dict.fromkeys(word for test in tests for word in test.words), OTHER]
