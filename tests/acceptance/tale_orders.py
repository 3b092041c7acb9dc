"""The orders of tales: put into the shop for each, with buyers, streets and articles of their own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from tests.acceptance.tale import Json, Shelves, Tale

PLACES = {"DE-1": "overseas", "CN-1": "home"}
WAREHOUSES = {place: code for code, place in PLACES.items()}
_FIRST = (
    *("Anselma", "Bertrand", "Cosima", "Dietmut", "Eulalia", "Ferdinand", "Gisberta", "Hieronymus", "Isolde"),
    *("Jeremias", "Kunigunde", "Leopoldine", "Melchior", "Notburga", "Ottokar", "Philippa", "Quirinus"),
)
_LAST = (
    *(
        "Aschenbrenner",
        "Buddensieg",
        "Clausnitzer",
        "Drosselmeyer",
        "Eisenhardt",
        "Fingerhuth",
        "Grothendieck",
    ),
    *("Hasenclever", "Immergrün", "Johannisson", "Katzenellen", "Liliencron", "Mühlenbrock", "Nachtigaller"),
    *("Oeynhausen", "Pfannenstiel", "Quistgaard", "Rautenstrauch", "Siebenhaar"),
)
_STREETS = ("Holunderpfad", "Weidenkamp", "Lindenallee", "Bachstelzenweg", "Kranichgasse", "Ulmenufer")


def number_of(nr: int) -> str:
    """The order's; nothing else in the shop contains it."""
    return f"tale-{nr:04d}"


def strange_number_of(nr: int) -> str:
    """One that no order has."""
    return f"mistyped-{nr:04d}"


def buyer_of(nr: int, market: str) -> Json:
    first, last = _FIRST[nr % len(_FIRST)], _LAST[nr % len(_LAST)]
    plain = f"{first}.{last}".lower().replace("ü", "ue")
    return {
        "id": f"buyer-of-{number_of(nr)}",
        "name": f"{first} {last}",
        "email": f"{plain}.{number_of(nr)}@example.org",
        "phone": f"+99 555 07{nr:04d}",
        "address": {
            "line1": f"{_STREETS[nr % len(_STREETS)]} {nr}",
            "city": "Musterstadt",
            "postcode": f"QX{nr:05d}",
            "country": market,
        },
    }


def article_of(nr: int, line: int) -> str:
    return f"sku-{number_of(nr)}-{line}"


def order_of(nr: int, tale: Tale, now: datetime) -> Json:
    """The body of `POST /orders`."""
    bought = tale.order
    order: Json = {
        "id": number_of(nr),
        "market": tale.market,
        "customer": buyer_of(nr, tale.market),
        "lines": [
            {
                "sku": article_of(nr, position),
                "title": f"Article {position} of {number_of(nr)}",
                "category": bought.category,
                "quantity": bought.quantity,
                "unit_paid_minor": price,
            }
            for position, price in enumerate(bought.prices, start=1)
        ],
        "freight_paid_minor": bought.freight_minor,
        "payments": [{"kind": "card", "state": bought.payment}],
        "fulfilment": bought.state,
        "claims": [
            {"kind": "refund", "amount_minor": 900, "at": (now - timedelta(days=9 + back)).isoformat()}
            for back in range(bought.claims_before)
        ],
        **_dates(tale, now),
    }
    return order | ({"interception": bought.interception} if bought.interception else {})


def _dates(tale: Tale, now: datetime) -> Json:
    """An hour short of the days: a run may take its time."""
    then = now - timedelta(days=tale.order.days) + timedelta(hours=1)
    if tale.order.state == "delivered":
        dates = {"placed_at": then - timedelta(days=4), "shipped_at": then - timedelta(days=3)}
        dates["delivered_at"] = min(then, now)
    else:
        dates = {"placed_at": min(then, now)}
        if tale.order.state == "shipped":
            dates["shipped_at"] = min(then + timedelta(hours=8), now)
    return {name: at.isoformat() for name, at in dates.items()}


def stock_of(nr: int, tale: Tale, shelves: Shelves) -> Iterator[tuple[str, str, int]]:
    """Article, warehouse and units, for each shelf."""
    for position in range(1, len(tale.order.prices) + 1):
        yield article_of(nr, position), WAREHOUSES["overseas"], shelves.overseas
        yield article_of(nr, position), WAREHOUSES["home"], shelves.home


def claimed_lines(tale: Tale, order: Json) -> list[Json]:
    """Of the order as the shop shows it."""
    lines = list(order["lines"])
    return lines[: tale.order.claimed] if tale.order.claimed else lines
