"""What a tale must leave in the books, in the shape in which it is compared: nothing but what it lists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.acceptance.account import BY_THE_WAY, Account, Entries, language_of
from tests.acceptance.tale import Ends, Tale
from tests.acceptance.tale_orders import PLACES, WAREHOUSES, claimed_lines

Moved = Counter[tuple[str, str]]
"""Units that somebody put on a shelf (or took off it), by article and warehouse."""


def account_of(nr: int, tale: Tale, order: Mapping[str, Any], moved: Moved) -> Account:
    """`order` as the shop showed it before the case; `moved`: what was put on its shelves by hand."""
    account = Account(nr, f"{tale.procedure}: {tale.name}", order)
    for book, entry in _entries(tale, dict(order)):
        account.books[book][entry] += 1
    account.books["messages"].update(_letters(tale, order))
    account.books["stock"].update(_stock(tale, dict(order), moved))
    account.outcomes = {"first": tale.ends.outcome} | {which: ends.outcome for which, ends in _called(tale)}
    return account


def which_called(procedure: str, nth: int) -> str:
    """The name of a tale's case that was called: its procedure, with a number from the second on."""
    return procedure if nth == 1 else f"{procedure}-{nth}"


def _called(tale: Tale) -> Iterator[tuple[str, Ends]]:
    for procedure, ends in tale.called.items():
        for nth, each in enumerate([ends] if isinstance(ends, Ends) else ends, start=1):
            if procedure not in BY_THE_WAY:
                yield which_called(procedure, nth), each


def _entries(tale: Tale, order: dict[str, Any]) -> Iterator[tuple[str, tuple[str | int | bool, ...]]]:
    leaves, number, currency = tale.leaves, str(order["id"]), str(order["currency"])
    payment, lines = str(order["payments"][0]["id"]), lines_of(claimed_lines(tale, order))
    for book, amounts in (("refunds", leaves.refunds), ("voids", leaves.voids)):
        yield from ((book, (number, payment, minor, currency)) for minor in amounts)
    yield from (("labels", (number, bearer, lines, status)) for bearer, status in leaves.labels)
    yield from (("shipments", (number, place, lines, status)) for place, status in leaves.shipments)
    yield from (
        ("repairs", (number, place, warranty, lines, status)) for place, warranty, status in leaves.repairs
    )
    yield from (("payment_links", (number, minor, currency, status)) for minor, status in leaves.links)
    yield from (
        ("carrier_claims", (number, kind, minor, currency, status)) for kind, minor, status in leaves.claims
    )
    yield from (("recalls", (number, accepted)) for accepted in leaves.recalls)
    yield from (("holds", (number, result, released)) for result, released in leaves.holds)
    for book, results in _results(tale):
        yield from ((book, (number, result)) for result in results)


def _results(tale: Tale) -> tuple[tuple[str, Sequence[str]], ...]:
    leaves = tale.leaves
    return (
        ("releases", leaves.releases),
        ("intercepts", leaves.intercepts),
        ("cancellations", leaves.cancellations),
    )


def lines_of(lines: Sequence[Mapping[str, Any]]) -> str:
    """As one word, whatever their order."""
    return ",".join(sorted(f"{line['id']}x{line['quantity']}" for line in lines))


def _letters(tale: Tale, order: Mapping[str, Any]) -> Entries:
    language, email = language_of(str(order["locale"])), str(order["customer"]["email"])
    told = [("first", tale.ends), *_called(tale)]
    return Counter((which, letter, language, email) for which, ends in told for letter in ends.letters)


def _stock(tale: Tale, order: dict[str, Any], moved: Moved) -> Entries:
    """What lay there, less what was sent, plus what never left: a cancelled order goes back on its shelf."""
    left = Counter(moved)
    for place, status in tale.leaves.shipments:
        for line in claimed_lines(tale, order):
            left[line["sku"], WAREHOUSES[place]] -= int(line["quantity"]) * (status == "made")
    for result in tale.leaves.cancellations:
        for line in order["lines"]:
            left[line["sku"], str(order["warehouse"])] += int(line["quantity"]) * (result == "cancelled")
    return Counter((sku, PLACES[code], units) for (sku, code), units in left.items())
