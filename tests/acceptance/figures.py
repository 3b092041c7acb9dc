"""The arithmetic of the house rules, said again: shares, limits and windows. Whole cents, no floats."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

# Units of each currency for one euro, from the finance department's list of 2 November 2026. They only
# serve to compare an amount with a limit; no customer is paid at them.
PER_EURO = {
    "EUR": Fraction(1),
    "USD": Fraction("1.10"),
    "GBP": Fraction("0.87"),
    "JPY": Fraction(165),
    "BRL": Fraction("6.10"),
}
DECIMALS = {"JPY": 0, "KRW": 0}  # all others have two

REFUND_WITHOUT_ASKING = 5_000  # euro cents, inclusive
PARTIAL_WITHOUT_ASKING = 4_000
CARRIER_CLAIM_FROM = 1_000
MANY_CLAIMS = 3  # in 90 days, this one included: then somebody looks, whatever the amount
SUPERVISOR, TEAM_LEAD, FINANCE = 50_000, 200_000, 1_000_000  # what each may approve, euro cents

CHANGE_OF_MIND_DAYS = {"US": 30}  # house rule for the United States; everywhere else at least 14 days
FAULT_DAYS = 730
NEAR_THE_EDGE = 4  # days: rest days may move the end of a window, so no story comes that close


def part(minor: int, percent: int) -> int:
    """What the customer gets: rounded up, in their favour."""
    return ceil(Fraction(minor * percent, 100))


def euro_cents(minor: int, currency: str) -> int:
    """What an amount weighs against a limit: rounded up, so that nothing slips under it."""
    whole = Fraction(minor, 10 ** DECIMALS.get(currency, 2))
    return ceil(whole / PER_EURO[currency] * 100)


def written(minor: int, currency: str) -> str:
    """As somebody types it: 12.34, or 1234 where the currency has no decimals."""
    places = DECIMALS.get(currency, 2)
    return f"{minor // 10**places}.{minor % 10**places:0{places}d}" if places else str(minor)


def in_time(market: str, days: int) -> bool:
    """Whether who changed their mind may still send it back. Refuses to say so close to the last day."""
    last = CHANGE_OF_MIND_DAYS.get(market, 14)
    if last - 1 <= days <= last + NEAR_THE_EDGE:
        raise ValueError(f"{days} days after delivery is too close to day {last} for a story")
    return days < last
