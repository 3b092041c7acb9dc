"""The sandbox's warehouses: one at home, and one overseas that is near its customers."""

from dataclasses import dataclass
from typing import Literal

from makegood.sandbox.errors import not_found

Kind = Literal["home", "overseas"]
EUROPE = ("DE", "FR", "GB", "ES", "IT", "NL", "PL")


@dataclass(frozen=True)
class Warehouse:
    """`serves` are the markets in or next to which it lies; empty: all of them, from afar."""

    code: str
    country: str
    kind: Kind
    serves: tuple[str, ...] = ()

    def reaches(self, market: str) -> bool:
        return not self.serves or market in self.serves

    def days_to(self, market: str) -> int:
        """Door to door, customs included."""
        if market == self.country:
            return 2
        return 4 if self.kind == "overseas" else 14


WAREHOUSES = {
    found.code: found
    for found in (Warehouse("DE-1", "DE", "overseas", EUROPE), Warehouse("CN-1", "CN", "home"))
}
OVERSEAS, HOME = WAREHOUSES["DE-1"], WAREHOUSES["CN-1"]


def warehouse(code: str) -> Warehouse:
    found = WAREHOUSES.get(code)
    if found is None:
        raise not_found("warehouse", code, sorted(WAREHOUSES))
    return found


def nearest(market: str) -> list[Warehouse]:
    """Those that reach the market, the quickest first."""
    reaching = [found for found in WAREHOUSES.values() if found.reaches(market)]
    return sorted(reaching, key=lambda found: (found.days_to(market), found.code))
