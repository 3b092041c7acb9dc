"""Which language a customer is written in, and how dates and times read there."""

from __future__ import annotations

import functools
from collections.abc import Collection
from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime

LAST_RESORT = "en"


def choose(wanted: str, available: Collection[str], market_default: str = LAST_RESORT) -> str:
    """The exact locale, its language, that language as another region writes it; then the same for the
    market's default, then English.

    `choose("zh-TW", {"en", "zh"})` is `zh`, `choose("pt-PT", {"en", "pt-BR"})` is `pt-BR`: its reader is
    better off with that than with English. Raises LookupError when not even English is there.
    """
    for locale in (wanted, market_default, LAST_RESORT):
        found = _nearest(locale, available)
        if found is not None:
            return found
    raise LookupError(f"no language fits {wanted!r}, and {LAST_RESORT} is missing")


def _nearest(wanted: str, available: Collection[str]) -> str | None:
    by_name = {_normal(locale): locale for locale in sorted(available)}
    named = next((by_name[name] for name in _chain(wanted) if name in by_name), None)
    return named or next((locale for locale in by_name.values() if same(locale, wanted)), None)


@functools.lru_cache(maxsize=4096)
def manner(wanted: str, chosen: str) -> str:
    """The region in whose manner dates and money stand in a text in `chosen`: `de_AT` for one in `de`.

    A region that nobody knows (`de-XX`) leaves the language's own, another language the text's.
    """
    return str(_locale(wanted)) if same(wanted, chosen) else chosen


def same(one: str, other: str) -> bool:
    """Whether two locales are of one language: `de-AT` and `de`."""
    return _chain(one)[-1] == _chain(other)[-1]


def say_time(at: datetime, zone: str, locale: str) -> str:
    """`Montag, 23. November 2026, 11:00 (MEZ)`: in the reader's own zone, which it names."""
    local = at.astimezone(ZoneInfo(zone))
    parsed = _locale(locale)
    between = " " if parsed.language in ("zh", "ja") else ", "
    clock = format_datetime(local, "HH:mm", locale=parsed)
    return f"{say_day(local.date(), locale)}{between}{clock} ({_zone_name(local, parsed)})"


def _zone_name(local: datetime, locale: Locale) -> str:
    """The short name where the language has one (`MEZ`), else the long one: `+0800` tells nobody anything."""
    short = str(format_datetime(local, "zzz", locale=locale))
    return str(format_datetime(local, "zzzz", locale=locale)) if short[0] in "+-" else short


def say_day(day: date, locale: str) -> str:
    return str(format_date(day, "full", locale=_locale(locale)))


def _chain(locale: str) -> tuple[str, ...]:
    """`zh-hans-cn`, `zh-hans`, `zh`."""
    parts = _normal(locale).split("-")
    return tuple("-".join(parts[:length]) for length in range(len(parts), 0, -1))


def _normal(locale: str) -> str:
    return locale.replace("_", "-").lower()


@functools.lru_cache(maxsize=4096)
def _locale(name: str) -> Locale:
    for candidate in (*_chain(name), LAST_RESORT):
        try:
            return Locale.parse(candidate, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale(LAST_RESORT)


def is_country(code: str) -> bool:
    """Whether an ISO 3166-1 alpha-2 code is one. No law may be on file for it: then a person decides."""
    return len(code) == 2 and code.isupper() and code not in _NOT_COUNTRIES and code in _TERRITORIES


_TERRITORIES = Locale("en").territories
_NOT_COUNTRIES = frozenset({"EU", "EZ", "UN", "XA", "XB", "QO", "ZZ"})
