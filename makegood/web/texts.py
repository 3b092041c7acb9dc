"""Texts: what the customers' pages say, by language; `texts/<locale>.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from makegood.core import language
from makegood.core.errors import Surprise
from makegood.library import load_yaml

FOLDER = Path(__file__).parent / "texts"


class NoSuchText(Surprise):
    """A page asks for a text that its language has not."""

    def __init__(self, locale: str, name: str) -> None:
        super().__init__(f"texts/{locale}.yaml has no text {name}")
        self.locale = locale
        self.name = name


@dataclass(frozen=True, slots=True)
class Texts:
    """One language. `t("offer.keep", amount="19,90 €")` fills in; what is filled in is escaped later."""

    locale: str
    said: Mapping[str, str]

    def __call__(self, name: str, /, **values: object) -> str:
        """Raises NoSuchText."""
        if name not in self.said:
            raise NoSuchText(self.locale, name)
        return self.said[name].format(**values) if values else self.said[name]

    def __contains__(self, name: str) -> bool:
        return name in self.said

    def either(self, name: str, otherwise: str) -> str:
        """For words that procedures may add."""
        return self.said.get(name, self(otherwise))


@cache
def languages() -> Mapping[str, Texts]:
    """Every file of the folder, read once."""
    return {path.stem: Texts(path.stem, _flat(load_yaml(path)[0])) for path in sorted(FOLDER.glob("*.yaml"))}


def of(locale: str) -> Texts:
    """The nearest language that there is, English where none is near."""
    known = languages()
    return known[language.choose(locale, known.keys())]


def accepted(header: str) -> Texts:
    """For a reader of whom only the browser's wishes are known (RFC 9110, 12.5.4)."""
    wishes = []
    for part in header.split(",")[:20]:
        tag, _, weight = part.strip().partition(";q=")
        if tag and tag != "*":
            wishes.append((_weight(weight), tag))
    for _, tag in sorted(wishes, key=lambda wish: -wish[0]):
        found = of(tag)
        if language.same(found.locale, tag):
            return found
    return of(language.LAST_RESORT)


def _weight(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0


def _flat(data: Any, above: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in data.items():
        name = f"{above}{key}"
        flat |= _flat(value, f"{name}.") if isinstance(value, dict) else {name: str(value)}
    return flat
