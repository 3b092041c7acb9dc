"""A draft: a procedure on its way to a plan, with everything that is known about its surroundings."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from makegood.core.contracts import Contract
from makegood.core.expressions import CEL_NAMES, BadExpression, Expression, Language, literal
from makegood.core.facts import Field
from makegood.core.findings import Finding
from makegood.core.procedure import Procedure
from makegood.core.reading import line_of

Rows = Sequence[tuple[int, Sequence[str]]]
"""A table's cells with their line numbers, the header first."""

_WORD = re.compile(r"[a-z]+(-[a-z]+)*")

Place = tuple[str, ...]
"""A path in the procedure's file."""


@dataclass
class Draft:
    """`messages` and `procedures` are the known letters and files; None where they are not checked."""

    procedure: Procedure
    file: str
    lines: Mapping[Place, int]
    rows: Mapping[str, Rows]
    contracts: Mapping[str, Contract]
    messages: frozenset[str] | None = None
    procedures: frozenset[str] | None = None
    findings: list[Finding] = field(default_factory=list)

    def find(self, place: Place, problem: str, mend: str = "") -> None:
        """The nearest line known to `place` is named."""
        line = line_of(self.lines, place)
        self.findings.append(Finding(self.file, line, f"{'.'.join(place)}: {problem}", mend))

    def expression(self, language: Language, text: str, place: Place, want: str) -> Expression | None:
        """`want` is a CEL type's name, or empty for any."""
        try:
            compiled = language.compile(text)
        except BadExpression as error:
            self.find(place, str(error))
            return None
        if want and compiled.type != want:
            self.find(place, f"`{text}` gives {compiled.type}, {want} is expected here")
            return None
        return compiled

    def words(self, language: Language, text: str, place: Place, want: str = "") -> Expression | None:
        """Plain words stand for themselves; anything else is an expression."""
        return literal(text) if _WORD.fullmatch(text) else self.expression(language, text, place, want)

    def value(self, language: Language, typed: Field, value: object, place: Place) -> Expression | None:
        """A constant, or for numbers and flags also an expression, that a fact of this type may hold.

        A word of an enum stands for itself, and `20%` for a share.
        """
        constant = typed.written(value)
        if constant is not None:
            return literal(constant)
        if not isinstance(value, str):
            self.find(place, f"{value!r} is not {typed}")
            return None
        return self.expression(language, value, place, CEL_NAMES[typed.type])
