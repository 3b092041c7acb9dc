"""Conditions and arguments: CEL over typed facts, checked when the file is read."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cel_expr_python import cel

from makegood.core.errors import Surprise
from makegood.core.facts import NUMBERS, Facts, FactType, Field, Value

_STRINGS = re.compile(r"'[^']*'|\"[^\"]*\"")
_NAMES = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+")
_COMPARED = re.compile(r"([a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+)\s*(?:==|!=)\s*(?:'([^']*)'|\"([^\"]*)\")")
_LISTED = re.compile(r"([a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+)\s+in\s+\[([^\]]*)\]")

_CEL_TYPES: dict[FactType, Any] = {
    FactType.BOOL: cel.Type.BOOL,
    FactType.INT: cel.Type.INT,
    FactType.MONEY: cel.Type.INT,
    FactType.PERCENT: cel.Type.INT,
    FactType.TEXT: cel.Type.STRING,
    FactType.ENUM: cel.Type.STRING,
    FactType.CODE: cel.Type.STRING,
    FactType.INSTANT: cel.Type.STRING,
}

CEL_NAMES = {
    fact: "int" if fact in NUMBERS else "bool" if fact is FactType.BOOL else "string" for fact in FactType
}
"""What CEL calls a fact's type."""


_TYPES = {bool: "bool", int: "int", str: "string"}


class BadExpression(ValueError):
    """What CEL, or the check of an enum's words, says against an expression."""


@dataclass(frozen=True)
class Expression:
    """`reads` are the facts that the text names; `type` is one of bool, int, string."""

    text: str
    type: str
    reads: frozenset[str]
    _compiled: Any = field(repr=False, compare=False)

    def evaluate(self, facts: Mapping[str, Value]) -> Value:
        """Raises Surprise when a fact is absent: the check of the plan shows that it cannot be."""
        if self.text in self.reads and _TYPES.get(type(facts.get(self.text))) == self.type:
            return facts[self.text]  # a fact's name alone: what CEL would find in it
        try:
            result = self._compiled.eval(data={name: facts[name] for name in self.reads})
        except KeyError as error:
            raise Surprise(f"{self.text!r} reads {error.args[0]}, which is absent") from error
        value = result.value()
        # an error of CEL's (overflow, division by zero) comes as a value that is a text, and so as true
        if result.type().name().lower() != self.type or not isinstance(value, bool | int | str):
            raise Surprise(f"{self.text!r} gave {value!r}")
        return value


class Language:
    """One procedure's CEL environment: the types of all facts that it may name."""

    def __init__(self, fields: Mapping[str, Field]) -> None:
        self.fields = dict(fields)
        self._environment = cel.NewEnv(variables={n: _CEL_TYPES[f.type] for n, f in fields.items()})

    def compile(self, text: str) -> Expression:
        """Raises BadExpression, saying what is wrong and what is known."""
        bare = _STRINGS.sub('""', text)
        reads = frozenset(_NAMES.findall(bare))
        if unknown := sorted(reads - self.fields.keys()):
            known = ", ".join(sorted(self.fields))
            raise BadExpression(f"unknown fact {unknown[0]!r} in `{text}`; known here: {known}")
        self._check_words(text)
        try:
            compiled = self._environment.compile(text)
        except RuntimeError as error:
            said = str(error).removeprefix("INVALID_ARGUMENT: ERROR: ").split("\n")[0]
            raise BadExpression(f"`{text}`: {said}") from error
        return Expression(text, compiled.return_type().name().lower(), reads, compiled)

    def _check_words(self, text: str) -> None:
        for name, single, double in _COMPARED.findall(text):
            self._check_word(name, single or double, text)
        for name, listed in _LISTED.findall(text):
            for single, double in re.findall(r"'([^']*)'|\"([^\"]*)\"", listed):
                self._check_word(name, single or double, text)

    def _check_word(self, name: str, word: str, text: str) -> None:
        known = self.fields.get(name)
        if known and known.values and word not in known.values:
            raise BadExpression(f"{word!r} in `{text}` is not a value of {name}, which is {known}")


@functools.lru_cache(maxsize=None, typed=True)
def literal(value: Value) -> Expression:
    """A constant from a file (`share: 100%`) as an expression."""
    text = {True: "true", False: "false"}.get(value) if isinstance(value, bool) else None
    text = text or (str(value) if isinstance(value, int) else json.dumps(value, ensure_ascii=False))
    return Language({}).compile(text)


def evaluate_all(expressions: Mapping[str, Expression], facts: Facts) -> Facts:
    return {name: expression.evaluate(facts) for name, expression in expressions.items()}
