"""Money as it goes over the wire: integer minor units of a named currency."""

from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

# The currencies of the sandbox's markets. ISO 4217 gives the yen and the won no minor unit.
EXPONENTS = {
    "EUR": 2,
    "GBP": 2,
    "USD": 2,
    "JPY": 0,
    "BRL": 2,
    "CNY": 2,
    "AUD": 2,
    "PLN": 2,
    "MXN": 2,
    "KRW": 0,
}

MAX_MINOR = 10**15  # keeps every sum of the books inside a bigint
Minor = Annotated[int, Field(ge=0, le=MAX_MINOR)]


class Money(BaseModel):
    model_config = ConfigDict(frozen=True)

    minor: Minor = Field(description="Integer minor units: 1999 is 19.99 EUR, and 1999 JPY.")
    currency: str = Field(pattern="^[A-Z]{3}$", examples=["EUR"])


class PositiveMoney(Money):
    minor: int = Field(ge=1, le=MAX_MINOR)


def included_tax(gross_minor: int, percent: int) -> int:
    """The tax inside a gross price, rounded half up to the minor unit."""
    return (gross_minor * percent * 2 + (100 + percent)) // (2 * (100 + percent))


def exact_minor(amount: Decimal) -> int:
    """A price with two decimals as an integer; anything finer is refused rather than rounded."""
    minor = amount.scaleb(2)
    if minor != minor.to_integral_value():
        raise ValueError(f"{amount} has more than two decimals")
    return int(minor)
