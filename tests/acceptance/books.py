"""The seller's books as they were found, in the shape of the expectation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from tests.acceptance.expectation import BOOKS, Entries
from tests.acceptance.story import Json

OLD = "history:"  # what had happened in the shop before


def read(books: Json, cases: Mapping[str, tuple[int, str]]) -> dict[str, Entries]:
    """`cases` says to which plot, and which of its cases, a case number belongs."""
    found: dict[str, Entries] = {name: Counter() for name in BOOKS}
    for name in BOOKS:
        for entry in books[name]:
            if not str(entry["reference"]).startswith(OLD):
                found[name][_entry(name, entry, cases)] += 1
    return found


def _entry(book: str, entry: Json, cases: Mapping[str, tuple[int, str]]) -> tuple[str | int | bool, ...]:
    match book:
        case "refunds" | "voids":
            amount = entry["amount"]
            return entry["order_id"], entry["payment_id"], amount["minor"], amount["currency"]
        case "labels":
            lines = ",".join(sorted(f"{line['id']}x{line['quantity']}" for line in entry["lines"]))
            return entry["order_id"], entry["freight_on"], lines, entry["status"]
        case "recalls":
            return entry["order_id"], entry["tracking"], entry["accepted"]
        case "holds":
            return entry["order_id"], entry["result"], entry["released_at"] is not None
        case "messages":
            plot, which = cases.get(entry["case"], (0, f"unknown case {entry['case']}"))
            return plot, which, entry["template"], entry["locale"].split("-")[0], entry["to"]
        case _:
            return entry["order_id"], entry["result"]
