"""Rows that a batch looks at say what the mapper's own rows say, and arrays come back as they went."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import inspect, select, text
from sqlalchemy.orm import selectinload

from makegood.store import orders, plain, rows
from makegood.store.models import Case, Customer, Order
from makegood.store.rows import array
from makegood.store.words import CaseStatus
from tests.store.rows import Maker


@pytest.mark.parametrize("model", [Case, Customer, Order])
def test_every_column_is_what_the_mapper_reads(make: Maker, model: Any) -> None:
    make.case(order=make.order())
    with make.store.begin() as tx:
        wanted = list(tx.session.scalars(select(model).order_by(model.id)))
        assert wanted
        found = plain.among(tx, model, "id", [row.id for row in wanted], "order by id")
        for name in inspect(model).columns.keys():  # noqa: SIM118  # pairs of no dict
            assert [getattr(row, name) for row in found] == [getattr(row, name) for row in wanted]


def test_an_order_comes_with_what_hangs_on_it_and_with_what_is_left(make: Maker) -> None:
    whole = make.order()
    with make.store.begin() as tx:
        everything = select(Order).options(selectinload(Order.units), selectinload(Order.payments))
        known, found = (
            tx.session.scalars(everything.where(Order.id == whole.id)).one(),
            orders.get(tx, whole.id),
        )
        assert [unit.id for unit in found.units] == [unit.id for unit in known.units]
        assert [unit.left_minor for unit in found.units] == [unit.left_minor for unit in known.units]
        assert [paid.left_minor for paid in found.payments] == [paid.left_minor for paid in known.payments]
        assert found.freight_left_minor == known.freight_left_minor


def test_one_is_found_by_what_the_statement_says_or_none(make: Maker) -> None:
    case = make.case(order=make.order())
    with make.store.begin() as tx:
        found = plain.one(tx, Case, "number = :number for no key update", number=case.number)
        assert found is not None
        assert (found.id, found.status) == (case.id, case.status)
        assert plain.one(tx, Case, "number = :number", number="MG-2026-999999") is None


def test_nothing_is_asked_of_nobody(make: Maker) -> None:
    with make.store.begin() as tx:
        assert plain.among(tx, Case, "id", []) == []


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("text[]", ["plain", 'a "word"', "back\\slash", "comma, brace {}", "", "NULL", "Köln\nWeiß"]),
        ("text[]", ["plain", "comma, brace {}", "", "NULL", "Köln\nWeiß"]),
        ("text[]", [None, "here"]),
        ("bigint[]", [1, -2, 2**40]),
        ("bytea[]", [b"", b"\x00\xff\\"]),
        ("bytea[]", [None, b"here"]),
        ("boolean[]", [True, False, None]),
        ("timestamptz[]", [datetime(2026, 11, 22, 12, 30, 1, 5, tzinfo=UTC), None]),
        ("text[]", []),
    ],
)
def test_an_array_comes_back_as_it_went(make: Maker, kind: str, values: list[object]) -> None:
    with make.store.begin() as tx:
        back = tx.session.scalar(text(f"select cast(:given as {kind})"), {"given": array(values)})
    assert back == values


def test_a_word_is_written_as_the_database_knows_it() -> None:
    assert array([CaseStatus.CLOSED, CaseStatus.PARKED]) == '{"closed","parked"}'


def test_bytes_of_many_rows_come_back_whole_with_empty_ones_and_none_at_all(make: Maker) -> None:
    known = make.customer()
    told = [b"", None, b"\x00\xff\\", b"plain" * 100]
    with make.store.begin() as tx:
        like = plain.among(tx, Customer, "id", [known])[0]
        row = {name: getattr(like, name) for name in inspect(Customer).columns.keys()}  # noqa: SIM118  # as above
        ids = [uuid4() for _ in told]
        made = [
            {**row, "id": number, "email_index": None, "phone_index": index}
            for number, index in zip(ids, told, strict=True)
        ]
        rows.insert(tx, "customers", made)
        found = {each.id: each.phone_index for each in plain.among(tx, Customer, "id", ids)}
    assert [found[number] for number in ids] == told


def test_a_naive_instant_is_refused(make: Maker) -> None:
    with pytest.raises(ValueError, match="naive datetime"):
        array([datetime(2026, 11, 22, 12, 30)])
