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

from makegood.core.errors import Surprise
from makegood.core.facts import BOOL, INT, NUMBERS, PERCENT, Facts, FactType, Field, Value, enum
from makegood.core.findings import Finding

_COMPARISON = re.compile(r"^(<=|>=|<|>|==|=)?\s*(-?\d+(?:\.\d+)?%?)$")
_RANGE = re.compile(r"^(-?\d+)\s*\.\.\s*(-?\d+)$")
OTHER = "\N{HORIZONTAL ELLIPSIS}"
_MOST_COMBINATIONS = 200_000


@dataclass(frozen=True, slots=True)
class Test:
    """One cell. `words` (or booleans) are alternatives; `low` and `high` are inclusive bounds."""

    words: tuple[Value, ...] = ()
    low: int | None = None
    high: int | None = None

    def holds(self, value: Value) -> bool:
        if self.words:
            return value in self.words
        if self.low is None and self.high is None:
            return True
        assert isinstance(value, int)
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


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
    if not rows or "->" not in rows[0][1]:
        mend = "name the input facts, then `->`, then the outputs"
        return None, [Finding(file, 1, "a decision table's header needs the column `->`", mend)]
    line, header = rows[0][0], [cell.strip() for cell in rows[0][1]]
    split = header.index("->")
    inputs, names = tuple(header[:split]), header[split + 1 :]
    findings = [
        Finding(file, line, f"unknown fact {fact!r}", f"known here: {', '.join(sorted(known))}")
        for fact in inputs
        if fact not in known
    ]
    for number, cells in rows[1:]:
        if len(cells) != len(header):
            findings.append(Finding(file, number, f"{len(cells)} cells, {len(header)} expected"))
    if findings:
        return None, findings
    body = [(number, [cell.strip() for cell in cells]) for number, cells in rows[1:]]
    outputs = outputs_of(rows)
    rules: list[Rule] = []
    for number, cells in body:
        try:
            tests = tuple(_test(cell, known[fact]) for cell, fact in zip(cells[:split], inputs, strict=True))
            values = {out: _value(cells[split + 1 + at], outputs[out]) for at, out in enumerate(names)}
            rules.append(Rule(number, tests, values))
        except ValueError as error:
            findings.append(Finding(file, number, str(error)))
    table = Table(name, inputs, outputs, tuple(rules))
    return table, findings or check(table, file, known)


def outputs_of(rows: Sequence[tuple[int, Sequence[str]]]) -> dict[str, Field]:
    """The types of a table's outputs, read off its cells; empty where the header has no `->`."""
    header = [cell.strip() for cell in rows[0][1]] if rows else []
    if "->" not in header:
        return {}
    first = header.index("->") + 1
    columns = range(first, len(header))
    return {
        header[at]: _output_type([cells[at].strip() for _, cells in rows[1:] if len(cells) == len(header)])
        for at in columns
    }


def _test(cell: str, field: Field) -> Test:
    if cell == "-":
        return Test()
    if field.type is FactType.BOOL:
        return Test(words=(_yes_no(cell),))
    if field.type in NUMBERS:
        return _numeric(cell, field)
    words = tuple(word.strip() for word in cell.split("|"))
    for word in words:
        if field.values and word not in field.values:
            raise ValueError(f"{word!r} is not {field}")
    return Test(words=words)


def _numeric(cell: str, field: Field) -> Test:
    if span := _RANGE.match(cell):
        return Test(low=int(span[1]), high=int(span[2]))
    found = _COMPARISON.match(cell)
    if not found:
        raise ValueError(f"{cell!r} is not a comparison such as `<= 20` or `3..7`")
    value = _number(found[2], field)
    match found[1]:
        case "<":
            return Test(high=value - 1)
        case "<=":
            return Test(high=value)
        case ">":
            return Test(low=value + 1)
        case ">=":
            return Test(low=value)
        case _:
            return Test(low=value, high=value)


def _number(text: str, field: Field) -> int:
    if field.type is FactType.MONEY:
        whole, point, cents = text.partition(".")
        if not point or len(cents) != 2:
            raise ValueError(f"{text!r}: money is written with its two decimals, such as `20.00`")
        return int(whole + cents)
    return int(text.removesuffix("%"))


def _yes_no(cell: str) -> bool:
    if cell not in ("yes", "no"):
        raise ValueError(f"{cell!r} is not `yes` or `no`")
    return cell == "yes"


def _output_type(cells: Sequence[str]) -> Field:
    if all(cell in ("yes", "no") for cell in cells):
        return BOOL
    if all(re.fullmatch(r"\d+%", cell) for cell in cells):
        return PERCENT
    if all(re.fullmatch(r"-?\d+", cell) for cell in cells):
        return INT
    return enum(*dict.fromkeys(cells))


def _value(cell: str, field: Field) -> Value:
    match field.type:
        case FactType.BOOL:
            return _yes_no(cell)
        case FactType.INT | FactType.PERCENT:
            return int(cell.removesuffix("%"))
        case _:
            return cell


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
