"""Expected and found, side by side: what differs, and a table of the stories."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tests.acceptance import books
from tests.acceptance.account import BOOKS, Account, Entries, total
from tests.acceptance.story import Json

Cases = Mapping[str, tuple[int, str]]  # number: plot, and which of its cases


@dataclass(frozen=True)
class Difference:
    """One entry that one side has and the other has not."""

    book: str
    entry: tuple[str | int | bool, ...]
    expected: int
    found: int

    def __str__(self) -> str:
        return f"{self.book} {self.entry}: expected {self.expected}, found {self.found}"


def differences(accounts: Sequence[Account], seller: Json, cases: Cases) -> list[Difference]:
    wanted, found = total(accounts), books.read(seller, cases)
    return [
        Difference(name, entry, wanted[name][entry], found[name][entry])
        for name in BOOKS
        for entry in sorted(wanted[name] | found[name], key=str)
        if wanted[name][entry] != found[name][entry]
    ]


def told_by(difference: Difference, accounts: Sequence[Account]) -> str:
    """With the title of the story or tale that it is about."""
    about = difference.entry[0]
    for account in accounts:
        number = str(account.order["id"])
        if about in (account.nr, number) or (difference.book == "stock" and f"{number}-" in str(about)):
            return f"{account.title}: {difference}"
    return str(difference)


def table(accounts: Sequence[Account], seller: Json, cases: Cases, outcomes: Mapping[str, str]) -> str:
    """A line for each story, and their sum; then by currency. Money is minor units, of whichever currency."""
    found = books.read(seller, cases)
    lines = [
        _line("story", "cases", "outcome", "paid back", "found", "reserved", "found", "letters", "found")
    ]
    lines.append("-" * len(lines[0]))
    sums = [0] * 7
    for name, group in _by_title(accounts):
        numbers = [number for number, (plot, _) in cases.items() if plot in {each.nr for each in group}]
        ended = ", ".join(sorted({outcomes[number] for number in numbers}))
        row = [len(numbers), *_sums(group, found)]
        sums = [before + more for before, more in zip(sums, row, strict=True)]
        lines.append(_line(name, row[0], ended, *row[1:]))
    lines += ["-" * len(lines[0]), _line("all", sums[0], "", *sums[1:]), ""]
    for book in ("refunds", "voids"):
        lines += [f"{book}: {line}" for line in _by_currency(accounts, found, book)]
    wrong, entries = differences(accounts, seller, cases), sum(side.total() for side in found.values())
    lines.append(f"differences: {len(wrong)} among {entries} entries in {len(BOOKS)} books")
    return "\n".join(lines)


def _by_currency(accounts: Sequence[Account], found: Mapping[str, Entries], book: str) -> Iterator[str]:
    wanted = total(accounts)[book]
    for currency in sorted({str(entry[3]) for entry in wanted | found[book]}):
        sums = [
            sum(int(entry[2]) * count for entry, count in side.items() if entry[3] == currency)
            for side in (wanted, found[book])
        ]
        yield f"{currency} {sums[0]} expected, {sums[1]} found, in minor units"


def _by_title(accounts: Sequence[Account]) -> Iterator[tuple[str, list[Account]]]:
    groups: dict[str, list[Account]] = {}
    for account in accounts:
        groups.setdefault(account.title, []).append(account)
    yield from groups.items()


def _sums(group: Sequence[Account], found: Mapping[str, Entries]) -> Iterator[int]:
    """Refunds, voids and letters, each as expected and as found."""
    wanted = total(group)
    orders, plots = {str(each.order["id"]) for each in group}, {each.nr for each in group}
    for book in ("refunds", "voids"):
        yield _minor(wanted[book], orders)
        yield _minor(found[book], orders)
    for side in (wanted["messages"], found["messages"]):
        yield sum(count for entry, count in side.items() if entry[0] in plots)


def _minor(entries: Entries, orders: set[str]) -> int:
    return sum(int(entry[2]) * count for entry, count in entries.items() if entry[0] in orders)


def _line(*cells: str | int) -> str:
    widths = (-54, 6, -17, 10, 10, 10, 10, 8, 6)
    shown = (
        f"{cell:<{-width}}" if width < 0 else f"{cell:>{width}}"
        for cell, width in zip(cells, widths, strict=True)
    )
    return " ".join(shown).rstrip()
