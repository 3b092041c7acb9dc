"""Accounts: what one story or tale must leave in the seller's books, and how its cases must end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

LANGUAGES = ("de", "en", "es", "fr", "ja", "pt", "zh")
Entries = Counter[tuple[str | int | bool, ...]]
BOOKS = (
    "refunds",
    "voids",
    "labels",
    "shipments",
    "repairs",
    "payment_links",
    "carrier_claims",
    "recalls",
    "holds",
    "intercepts",
    "releases",
    "cancellations",
    "messages",
    "stock",
)
BY_THE_WAY = ("quality_signal",)
"""Cases that are opened when enough others had the same trouble: nobody can foretell by which of them."""


def no_entries() -> dict[str, Entries]:
    return {name: Counter() for name in BOOKS}


@dataclass
class Account:
    """Of one plot or tale. `books` counts entries; `outcomes` is by which of its cases, `first` its own.

    refunds, voids    order, payment, minor units, currency
    labels            order, who bears the freight, lines, made or void
    shipments         order, place, lines, made or cancelled
    repairs           order, place, warranty, lines, status
    payment_links     order, minor units, currency, open or paid
    carrier_claims    order, lost or damaged, minor units, currency, status
    recalls           order, accepted
    holds             order, result, released or not
    messages          which of its cases, template, language, recipient
    stock             article, place, units on its shelf in the end; only of articles of its own
    others            order, result
    """

    nr: int
    title: str
    order: Mapping[str, Any]
    books: dict[str, Entries] = field(default_factory=no_entries)
    outcomes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def language_of(locale: str) -> str:
    """Letters are written in these languages; everybody else reads English."""
    spoken = locale.split("-")[0]
    return spoken if spoken in LANGUAGES else "en"


def total(accounts: Iterable[Account]) -> dict[str, Entries]:
    """All books together, with each message under its plot's number."""
    books = no_entries()
    for account in accounts:
        for name, entries in account.books.items():
            for entry, count in entries.items():
                key = (account.nr, *entry) if name == "messages" else entry
                books[name][key] += count
    return books
