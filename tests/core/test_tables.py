"""Decision tables: exactly one row decides, and the check knows it without trying every value."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from makegood.core import tables
from makegood.core.errors import Surprise
from makegood.core.facts import BOOL, CODE, INT, MONEY, PERCENT, Facts, Field, enum
from tests.core.worlds import NAMES, TABLES, plan_of, rows_of

KNOWN: dict[str, Field] = {
    "a.flag": BOOL,
    "a.size": enum("s", "m", "l"),
    "a.days": INT,
    "a.share": PERCENT,
    "a.price": MONEY,
    "a.city": CODE,
}


def read(text: str) -> tuple[tables.Table | None, list[str]]:
    table, findings = tables.read("t", "remedies/t.csv", rows_of(text), KNOWN)
    return table, [str(finding) for finding in findings]


def test_a_table_decides_by_its_one_row() -> None:
    table, findings = read(
        "a.size,a.days,->,give,share\ns | m,<= 14,,yes,100%\ns | m,> 14,,no,0%\nl,-,,yes,50%\n"
    )
    assert findings == []
    assert table is not None
    assert table.decide({"a.size": "m", "a.days": 14}) == {"give": True, "share": 100}
    assert table.decide({"a.size": "s", "a.days": 15}) == {"give": False, "share": 0}
    assert table.decide({"a.size": "l", "a.days": -3}) == {"give": True, "share": 50}
    assert {name: str(field) for name, field in table.outputs.items()} == {"give": "bool", "share": "percent"}


def test_a_table_without_inputs_has_one_row() -> None:
    table, findings = read("->,give\n,yes\n")
    assert findings == []
    assert table is not None
    assert table.decide({}) == {"give": True}
    assert read("->,give\n,yes\n,no\n")[1] == [
        "remedies/t.csv:3: rows 2 and 3 both decide any case. narrow one of them"
    ]


WRONG = [
    ("a.size,give\ns,yes\n", "1: a decision table's header needs one column `->`"),
    ("", "1: a decision table's header needs one column `->`"),
    (
        "a.size,->,give\ns,yes\n",
        "2: 2 cells, 3 expected. one cell for each column; the column `->` stays empty",
    ),
    ("a.size,->,give\ns,yes,yes\n", "2: 'yes' in the column `->`"),
    ("a.size,->,give,give\n-,,yes,no\n", "1: column 'give' stands there twice"),
    ("a.size,->,Give It\n-,,yes\n", "1: 'Give It' is no name for an output"),
    ("a.colour,->,give\n-,,yes\n", "1: unknown fact 'a.colour'. known here: a.city, a.days"),
    ("a.size,->,give\nxl,,yes\n", "2: 'xl' is not one of s, m, l"),
    ("a.flag,->,give\ntrue,,yes\n", "2: 'true' is not `yes` or `no`"),
    ("a.days,->,give\nfew,,yes\n", "2: 'few' is not a comparison such as `<= 20` or `3..7`"),
    ("a.days,->,give\n<= 1.5,,yes\n", "2: '1.5' is not a whole int"),
    ("a.days,->,give\n20%,,yes\n", "2: '20%' is not a whole int"),
    ("a.days,->,give\n7..3,,yes\n", "2: '7..3' holds for nothing"),
    ("a.price,->,give\n<= 20,,yes\n", "2: '20': money is written with its two decimals, such as `20.00`"),
    ("a.size,->,give\ns,,yes\nm,,no\n", "1: no row decides a.size = l. add a row for it"),
    ("a.size,->,give\ns,,yes\n-,,no\n", "3: rows 2 and 3 both decide a.size = s. narrow one of them"),
    ("a.price,->,give\n<= 20.00,,yes\n>= 20.00,,no\n", "3: rows 2 and 3 both decide a.price = 2000"),
    ("a.price,->,give\n<= 20.00,,yes\n> 20.01,,no\n", "1: no row decides a.price = 2001"),
    ("a.city,->,give\nHamburg,,yes\n", "1: no row decides a.city = \N{HORIZONTAL ELLIPSIS}"),
]


@pytest.mark.parametrize(("text", "expected"), WRONG)
def test_what_is_wrong_with_a_table_is_said_with_its_line(text: str, expected: str) -> None:
    _, findings = read(text)
    assert any(finding.startswith(f"remedies/t.csv:{expected}") for finding in findings), findings


def test_a_table_too_large_to_check_is_refused() -> None:
    known = {f"a.n{number}": INT for number in range(9)}
    header = ",".join([*known, "->", "give"])
    rows = rows_of(header + "\n" + ",".join(["3..5"] * 9 + ["", "yes"]) + "\n")
    _, findings = tables.read("t", "t.csv", rows, known)
    assert "too many to check" in str(findings[0])


def test_an_unchecked_table_never_guesses() -> None:
    table = tables.Table("t", (), {}, ())
    with pytest.raises(Surprise, match="0 rows"):
        table.decide({})


# -- the check against brute force ---------------------------------------------------------------------

DAYS = range(-3, 16)  # beyond every edge that a row can have
SIZES = ("s", "m", "l")

_numbers = st.one_of(
    st.just("-"),
    st.builds("{} {}".format, st.sampled_from(["<", "<=", ">", ">=", "="]), st.integers(0, 8)),
    st.builds(lambda low, more: f"{low}..{low + more}", st.integers(0, 8), st.integers(0, 4)),
)
_flags = st.sampled_from(["-", "yes", "no"])
_sizes = st.one_of(st.just("-"), st.lists(st.sampled_from(SIZES), min_size=1, unique=True).map(" | ".join))
_rows = st.lists(st.tuples(_numbers, _flags, _sizes), min_size=1, max_size=7)


def _matching(table: tables.Table, facts: Facts) -> Sequence[int]:
    row = [facts[name] for name in table.inputs]
    return [
        rule.line
        for rule in table.rules
        if all(test.holds(value) for test, value in zip(rule.tests, row, strict=True))
    ]


@settings(max_examples=400, deadline=None)
@given(_rows)
def test_the_check_finds_a_gap_or_a_double_exactly_where_trying_every_value_does(
    rows: list[tuple[str, str, str]],
) -> None:
    text = "a.days,a.flag,a.size,->,give\n" + "".join(f"{d},{f},{s},,yes\n" for d, f, s in rows)
    table, findings = read(text)
    assert table is not None
    counts = {
        len(_matching(table, {"a.days": days, "a.flag": flag, "a.size": size}))
        for days, flag, size in itertools.product(DAYS, (True, False), SIZES)
    }
    assert any("no row decides" in finding for finding in findings) == (0 in counts)
    assert any("both decide" in finding for finding in findings) == any(count > 1 for count in counts)
    assert bool(findings) == (counts != {1})


@pytest.mark.parametrize("name", sorted(TABLES))
def test_every_shipped_table_is_complete_and_unambiguous(name: str) -> None:
    plans = [plan for plan in map(plan_of, sorted(NAMES)) if name in plan.tables]
    assert plans, f"{name} is used by no procedure"
    for plan in plans:
        assert tables.check(plan.tables[name], name, plan.fields) == []
