"""Money: whole minor units of one currency; every rounding names whom it favours."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor
from typing import Annotated

from babel import Locale
from babel.numbers import format_currency
from pydantic import BaseModel, ConfigDict, Field, StrictInt

from makegood.core.errors import BadInput, Refusal, Surprise, UnknownName

# ISO 4217 minor units that are not 2. CLDR (Babel) follows usage instead: it gives the Serbian dinar none.
_EXPONENTS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF"), 0),
    **dict.fromkeys(("UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}
_DECIMAL = re.compile(r"^([0-9]{1,13})(?:\.([0-9]{1,4}))?$")
_CODE = re.compile(r"^[A-Z]{3}$")


class CurrencyMismatch(Surprise):
    """Two currencies in one sum: nobody converted first."""

    def __init__(self, left: str, right: str) -> None:
        super().__init__(f"{left} and {right} cannot be added; convert one of them first")
        self.left = left
        self.right = right


class BadAmount(BadInput, ValueError):
    """An amount typed in a form that is not money of this currency."""

    def __init__(self, text: str, currency: str) -> None:
        places = exponent(currency)
        example = f"1234.{'5678'[:places]}" if places else "1234"
        decimals = f"a point and at most {places} decimals" if places else "no decimals"
        problem = f"{text!r} is not an amount of {currency}"
        super().__init__("amount", problem, f"digits with {decimals}, as {example}")
        self.text = text
        self.currency = currency


class NoRate(Refusal):
    """The rates table does not name a currency."""

    def __init__(self, currency: str, known: Sequence[str], stated_on: date) -> None:
        super().__init__(f"no rate for {currency} in the table of {stated_on}; known: {', '.join(known)}")
        self.currency = currency
        self.known = tuple(known)


class Money(BaseModel):
    """`Money(minor=1999, currency="EUR")` is 19.99 EUR; amounts may be negative in between, never a float."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    minor: StrictInt
    currency: str = Field(pattern="^[A-Z]{3}$")

    def __add__(self, other: Money) -> Money:
        return self._with(self.minor + self._same(other))

    def __sub__(self, other: Money) -> Money:
        return self._with(self.minor - self._same(other))

    def __neg__(self) -> Money:
        return self._with(-self.minor)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other)

    def __gt__(self, other: Money) -> bool:
        return self.minor > self._same(other)

    def __ge__(self, other: Money) -> bool:
        return self.minor >= self._same(other)

    def __str__(self) -> str:
        return f"{self.decimal} {self.currency}"

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise CurrencyMismatch(self.currency, other.currency)
        return other.minor

    def _with(self, minor: int) -> Money:
        return Money(minor=minor, currency=self.currency)

    @property
    def decimal(self) -> Decimal:
        """In units of the currency, with all its decimals: 19.90, never 19.9."""
        return Decimal(self.minor).scaleb(-exponent(self.currency))

    def share(self, part: Fraction | int) -> Money:
        """What the customer gets of this: whole percent or a fraction, rounded up to a whole minor unit.

        Rounding favours the customer. To take a share away, subtract what remains:
        `kept = paid.share(Fraction(70, 100)); deduction = paid - kept`.
        """
        return self._with(ceil(self.minor * _fraction(part)))

    def allocate(self, weights: Sequence[int]) -> tuple[Money, ...]:
        """In proportion, without losing a unit; the largest remainders, then the first, get the rest."""
        total = sum(weights)
        if total <= 0 or min(weights) < 0:
            raise ValueError("weights must not be negative and must not all be zero")
        shares = [self.minor * weight // total for weight in weights]
        rest = self.minor - sum(shares)
        by_remainder = sorted(range(len(weights)), key=lambda at: -(self.minor * weights[at] % total))
        for at in by_remainder[:rest]:
            shares[at] += 1
        return tuple(self._with(minor) for minor in shares)

    def format(self, locale: str) -> str:
        """As the locale writes it, with the currency's own ISO decimals: `19,90 €`, `￥1,999`."""
        parsed, pattern = _manner(locale, exponent(self.currency))
        return str(
            format_currency(self.decimal, self.currency, pattern, locale=parsed, currency_digits=False)
        )


@lru_cache
def _manner(locale: str, places: int) -> tuple[Locale, str]:
    """How amounts are written there."""
    parsed = Locale.parse(locale.replace("-", "_"))
    digits = f"0.{'0' * places}" if places else "0"
    return parsed, re.sub(r"0(\.0+)?(?=[^#0.,]|$)", digits, parsed.currency_formats["standard"].pattern)


def exponent(currency: str) -> int:
    """Decimals of the minor unit after ISO 4217. Raises UnknownName for what is no currency."""
    if currency not in currencies():
        raise UnknownName("currency", "currency", currency, ("EUR", "GBP", "USD", "and other ISO 4217 codes"))
    return _EXPONENTS.get(currency, 2)


@lru_cache(maxsize=1)
def currencies() -> frozenset[str]:
    """Every ISO 4217 code that Babel knows, former ones too."""
    return frozenset(code for code in map(str, Locale("en").currencies) if _CODE.match(code))


def zero(currency: str) -> Money:
    return Money(minor=0, currency=currency)


def total(amounts: Iterable[Money], currency: str) -> Money:
    """The sum; zero of `currency` for nothing."""
    result = zero(currency)
    for amount in amounts:
        result = result + amount
    return result


def parse(text: str, currency: str) -> Money:
    """An amount from a form: `12.34`, `12.3`, `12`; a lone comma is read as the point. Raises BadAmount.

    Grouped thousands are refused: `1.234` would be a thousand to one reader and a bit over one to another.
    """
    written = text.strip().removesuffix(currency).strip().replace(",", ".")
    found = _DECIMAL.match(written)
    places = exponent(currency)
    if found is None or len(found[2] or "") > places:
        raise BadAmount(text, currency)
    return Money(minor=int(found[1] + (found[2] or "").ljust(places, "0")), currency=currency)


class Rates(BaseModel):
    """Units of each currency for one unit of `base`, as finance set them on `stated_on`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    base: str = Field(pattern="^[A-Z]{3}$")
    stated_on: date
    source: str = Field(min_length=1)
    per_base: Mapping[str, Annotated[Decimal, Field(gt=0)]]

    def rate(self, currency: str) -> Fraction:
        if currency == self.base:
            return Fraction(1)
        if currency not in self.per_base:
            raise NoRate(currency, (self.base, *sorted(self.per_base)), self.stated_on)
        return Fraction(self.per_base[currency])


def convert(money: Money, to: str, rates: Rates, *, down: bool = False) -> Money:
    """For comparing with limits only: amounts round up, limits `down`, so that none is slipped under."""
    if money.currency == to == rates.base:
        return money
    units = Fraction(money.minor, 10 ** exponent(money.currency)) / rates.rate(money.currency)
    exact = units * rates.rate(to) * 10 ** exponent(to)
    return Money(minor=floor(exact) if down else ceil(exact), currency=to)


def _fraction(part: Fraction | int) -> Fraction:
    share = part if isinstance(part, Fraction) else Fraction(part, 100)
    if not 0 <= share <= 1:
        raise ValueError(f"a share lies between 0 and 100 percent, not {part}")
    return share
