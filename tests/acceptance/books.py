"""The seller's books as they were found, in the shape of the expectation."""

from __future__ import annotations

from collections.abc import Mapping

from tests.acceptance.account import Entries, no_entries
from tests.acceptance.story import Json
from tests.acceptance.tale_accounts import lines_of
from tests.acceptance.tale_orders import PLACES

OLD = "history:"  # what had happened in the shop before
OWN = "sku-tale-"  # the articles of tales: nobody else sends or cancels any


def read(books: Json, cases: Mapping[str, tuple[int, str]]) -> dict[str, Entries]:
    """`cases` says to which plot, and which of its cases, a case number belongs."""
    found = no_entries()
    for name in found.keys() - {"stock"}:
        for entry in books[name]:
            if not str(entry["reference"]).startswith(OLD):
                found[name][_entry(name, entry, cases)] += 1
    for article in books["stock"]:
        if str(article["sku"]).startswith(OWN):
            for shelf in article["warehouses"]:
                found["stock"][article["sku"], PLACES[shelf["warehouse"]], shelf["on_hand"]] += 1
    return found


def _entry(book: str, entry: Json, cases: Mapping[str, tuple[int, str]]) -> tuple[str | int | bool, ...]:
    match book:
        case "refunds" | "voids":
            return entry["order_id"], entry["payment_id"], *_money(entry)
        case "labels":
            return entry["order_id"], entry["freight_on"], lines_of(entry["lines"]), entry["status"]
        case "shipments":
            return entry["order_id"], PLACES[entry["warehouse"]], lines_of(entry["lines"]), entry["status"]
        case "repairs":
            lines = lines_of(entry["lines"])
            return entry["order_id"], entry["place"], entry["warranty"], lines, entry["status"]
        case "payment_links":
            return entry["order_id"], *_money(entry), entry["status"]
        case "carrier_claims":
            return entry["order_id"], entry["kind"], *_money(entry), entry["status"]
        case "recalls":
            return entry["order_id"], entry["accepted"]
        case "holds":
            return entry["order_id"], entry["result"], entry["released_at"] is not None
        case "messages":
            plot, which = cases.get(entry["case"], (0, f"unknown case {entry['case']}"))
            return plot, which, entry["template"], entry["locale"].split("-")[0], entry["to"]
        case _:
            return entry["order_id"], entry["result"]


def _money(entry: Json) -> tuple[int, str]:
    return entry["amount"]["minor"], entry["amount"]["currency"]
