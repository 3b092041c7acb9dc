"""Stock: how many units of an article lie on which warehouse's shelf. Never fewer than none."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from makegood.sandbox.database import Transaction
from makegood.sandbox.errors import Refused, not_found
from makegood.sandbox.warehouses import WAREHOUSES, Kind, nearest, warehouse


class Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class Shelf(Value):
    warehouse: str = Field(examples=["DE-1"])
    country: str = Field(description="Where it lies, ISO 3166-1 alpha-2.")
    kind: Kind
    on_hand: int
    delivery_days: int | None = Field(None, description="To the market that was asked for.")


class Stock(Value):
    sku: str
    title: str
    on_hand: int = Field(description="In all warehouses that are listed.")
    warehouses: list[Shelf]


class Shelved(BaseModel):
    warehouse: str
    on_hand: int = Field(ge=0, le=1_000_000)
    title: str = Field("", max_length=200, description="Of an article that is not known yet.")


def read(tx: Transaction, sku: str, market: str | None = None) -> Stock:
    """For a market: the warehouses that reach it, the quickest first, with their days."""
    rows = tx.all("SELECT * FROM shelf WHERE sku = %s", (sku,))
    if not rows:
        raise not_found("sku", sku)
    return _shown(rows, market)


def every(tx: Transaction) -> list[Stock]:
    rows = tx.all("SELECT * FROM shelf ORDER BY sku")
    return [_shown(list(shelves), None) for _, shelves in groupby(rows, itemgetter("sku"))]


def _shown(rows: list[dict[str, Any]], market: str | None) -> Stock:
    held = {row["warehouse"]: row["on_hand"] for row in rows}
    places = sorted(WAREHOUSES.values(), key=lambda found: found.code) if market is None else nearest(market)
    shelves = [
        Shelf(
            warehouse=place.code,
            country=place.country,
            kind=place.kind,
            on_hand=held[place.code],
            delivery_days=None if market is None else place.days_to(market),
        )
        for place in places
        if place.code in held
    ]
    return Stock(
        sku=rows[0]["sku"],
        title=rows[0]["title"],
        on_hand=sum(shelf.on_hand for shelf in shelves),
        warehouses=shelves,
    )


def put(tx: Transaction, sku: str, shelved: Shelved) -> Stock:
    """The count becomes what is told."""
    place = warehouse(shelved.warehouse)
    tx.run(
        "INSERT INTO shelf (warehouse, sku, title, on_hand) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT (sku, warehouse) DO UPDATE SET on_hand = excluded.on_hand",
        (place.code, sku, shelved.title or sku, shelved.on_hand),
    )
    return read(tx, sku)


def take(tx: Transaction, place: str, units: Mapping[str, int]) -> None:
    """All or none, in the order of the articles, so that two who want the same never wait for each other."""
    for sku, wanted in sorted(units.items()):
        taken = tx.run(
            "UPDATE shelf SET on_hand = on_hand - %(wanted)s"
            " WHERE warehouse = %(place)s AND sku = %(sku)s AND on_hand >= %(wanted)s",
            {"wanted": wanted, "place": place, "sku": sku},
        )
        if not taken:
            raise Refused(409, "out_of_stock", f"Warehouse {place} has no {wanted} of {sku}.")


def put_back(tx: Transaction, place: str, lines: Iterable[Mapping[str, Any]]) -> None:
    """Lines of `sku`, `title` and `quantity` return to a shelf."""
    units: Counter[str] = Counter()
    titles: defaultdict[str, str] = defaultdict(str)
    for line in lines:
        units[line["sku"]] += line["quantity"]
        titles[line["sku"]] = line["title"]
    tx.run_many(
        "INSERT INTO shelf (warehouse, sku, title, on_hand) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT (sku, warehouse) DO UPDATE SET on_hand = shelf.on_hand + excluded.on_hand",
        [(place, sku, titles[sku], number) for sku, number in sorted(units.items())],
    )
