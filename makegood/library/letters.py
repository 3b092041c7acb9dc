"""Letters: one text per message and language, filled in by a sandboxed template engine.

`messages/<message>/<locale>.md` has a head (subject, kind, automatic) and a body. The frame of each
language (`messages/_frame/<locale>.md`) adds greeting and signature, and `messages/_reasons/` turns a
verdict's word into a sentence. A variable that is not given is an error, never a blank.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from jinja2 import StrictUndefined, Template, TemplateError, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import BaseModel, ConfigDict, Field, StrictBool

from makegood.core import language
from makegood.core.errors import Surprise, UnknownName
from makegood.core.guard import Kind
from makegood.core.money import Money

VARIABLES = {
    "customer_name": "the customer's name as they gave it; may be empty",
    "case_number": "MG-2026-000123",
    "order_ref": "the shop's order number; may be empty where it is not known",
    "amount": "what is paid, offered or was paid: Money, written in the letter's language",
    "progress_link": "the customer's own signed page",
    "promised_by": "until when we answer: a Moment, written in the customer's zone and the letter's language",
    "why": "a key of messages/_reasons, written as its sentence; may be empty",
    "tracking": "a parcel's tracking number; may be empty",
    "payment_url": "where the customer pays what a repair costs; may be empty",
    "seller_name": "who writes",
}
"""What a letter may say; every other name is refused when the files are read."""

FRAME_VARIABLES = frozenset({"customer_name", "case_number", "progress_link", "seller_name"})
FRAMED = frozenset({"body", "kind"})

ENGINE = ImmutableSandboxedEnvironment(
    undefined=StrictUndefined,
    autoescape=False,
    trim_blocks=True,
    lstrip_blocks=True,
)


class Head(BaseModel):
    """`automatic` letters do not count as a first reply."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    subject: str = Field(min_length=1)
    kind: Kind
    automatic: StrictBool


@dataclass(frozen=True, slots=True)
class Text:
    """One message in one language, as it stands in its file."""

    file: str
    head: Head
    body: str
    variables: frozenset[str]


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant, to be written in the recipient's own zone."""

    at: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class Letter:
    """Ready to send: plain text in `locale`."""

    message: str
    locale: str
    subject: str
    body: str
    kind: Kind
    automatic: bool


class MissingVariable(Surprise):
    """A letter needs what it was not given."""

    def __init__(self, message: str, locale: str, problem: str) -> None:
        super().__init__(f"letter {message}/{locale}: {problem}")
        self.message = message
        self.locale = locale


_BREAKS = re.compile(r"[\x00-\x20\x7f\x85\u2028\u2029]+")

Value = str | Money | Moment | date


@dataclass(frozen=True, slots=True)
class Messages:
    """By message and locale; `frames` and `reasons` by locale."""

    texts: Mapping[str, Mapping[str, Text]]
    frames: Mapping[str, str]
    reasons: Mapping[str, Mapping[str, str]]

    def names(self) -> frozenset[str]:
        return frozenset(self.texts)

    def head(self, message: str) -> Head:
        """Kind and automatic are the same in every language; the subject is the English one."""
        return self._of(message)[language.LAST_RESORT].head

    def variables(self, message: str) -> frozenset[str]:
        """What `render` must be given, for the letter and its frame."""
        return self._of(message)[language.LAST_RESORT].variables | FRAME_VARIABLES

    def locale_for(self, message: str, wanted: str, market_default: str = language.LAST_RESORT) -> str:
        """Exact, language, market default, English."""
        return language.choose(wanted, self._of(message).keys(), market_default)

    def reason(self, key: str, wanted: str) -> str:
        """The sentence of a verdict's word. Raises UnknownName."""
        sentences = self.reasons[language.choose(wanted, self.reasons.keys())]
        if key not in sentences:
            raise UnknownName("messages/_reasons", "reason", key, sorted(sentences))
        return sentences[key]

    def known_reasons(self) -> frozenset[str]:
        return frozenset(self.reasons.get(language.LAST_RESORT, {}))

    def render(
        self,
        message: str,
        locale: str,
        variables: Mapping[str, Value],
        market_default: str = language.LAST_RESORT,
    ) -> Letter:
        """More variables than needed may be given. Raises MissingVariable, and UnknownName for `why`."""
        chosen = self.locale_for(message, locale, market_default)
        text = self._of(message)[chosen]
        used = text.variables | FRAME_VARIABLES
        said = {n: self._say(n, value, locale, chosen) for n, value in variables.items() if n in used}
        try:
            body = _compiled(text.body).render(said).strip()
            framed = {**said, "body": body, "kind": text.head.kind.value}
            whole = _compiled(self.frames[chosen]).render(framed).strip()
            subject = _one_line(_compiled(text.head.subject).render(said))
        except (UndefinedError, TemplateError) as error:
            raise MissingVariable(message, chosen, str(error)) from error
        return Letter(message, chosen, subject, whole + "\n", text.head.kind, text.head.automatic)

    def _say(self, name: str, value: Value, wanted: str, chosen: str) -> str:
        """In the wanted region's manner where the letter is in its language: de-AT for a letter in de."""
        match value:
            case Money():
                return value.format(language.manner(wanted, chosen))
            case Moment():
                return language.say_time(value.at, value.zone, language.manner(wanted, chosen))
            case date():
                return language.say_day(value, language.manner(wanted, chosen))
            case str():
                said = _one_line(value)  # nobody writes a header through their name
                return self.reason(said, chosen) if name == "why" and said else said

    def _of(self, message: str) -> Mapping[str, Text]:
        if message not in self.texts:
            raise UnknownName("messages", "message", message, sorted(self.texts))
        return self.texts[message]


@functools.lru_cache(maxsize=4096)
def _compiled(template: str) -> Template:
    """Once a process: compiling costs twenty times what filling in does."""
    compiled = ENGINE.from_string(template)
    # the engine's own chain of maps is slow to copy, which happens once a rendering
    compiled.globals = dict(compiled.globals)
    return compiled


def _one_line(text: str) -> str:
    """Without breaks and control characters; a no-break space stays."""
    return _BREAKS.sub(" ", text).strip()
