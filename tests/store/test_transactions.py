"""What only reads is asked without a transaction; what changes or locks anything begins one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg
import pytest
from psycopg.pq import TransactionStatus
from sqlalchemy import func, select, text

from makegood.store import Store, plain
from makegood.store.engine import only_reads
from makegood.store.models import Case
from makegood.store.transaction import Tx
from tests.store.rows import Maker


def status(tx: Tx) -> TransactionStatus:
    driver = tx.session.connection().connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    return driver.info.transaction_status


def test_looking_begins_no_transaction(make: Maker) -> None:
    case = make.case()
    with make.store.begin() as tx:
        assert plain.one(tx, Case, "id = :id", id=case.id) is not None
        assert tx.session.scalar(select(func.count()).select_from(Case)) == 1
        assert status(tx) is TransactionStatus.IDLE


def test_a_lock_begins_one_and_holds_until_its_end(make: Maker) -> None:
    case = make.case()
    with make.store.begin() as tx:
        plain.one(tx, Case, "id = :id", id=case.id)
        plain.one(tx, Case, "id = :id for no key update", id=case.id)
        assert plain.one(tx, Case, "id = :id", id=case.id) is not None
        assert status(tx) is TransactionStatus.INTRANS
        with make.store.begin() as other:
            skipped = plain.one(other, Case, "id = :id for no key update skip locked", id=case.id)
            assert skipped is None


def test_what_is_written_after_a_look_is_taken_back_when_the_block_fails(make: Maker) -> None:
    case = make.case()
    with suppress(RuntimeError), make.store.begin() as tx:
        plain.one(tx, Case, "id = :id", id=case.id)
        tx.session.execute(text("update cases set problem = 'changed' where id = :id"), {"id": case.id})
        raise RuntimeError
    assert problem(make.store, case.id) == case.problem


def test_what_is_written_within_a_savepoint_is_the_transactions(make: Maker) -> None:
    case = make.case()
    with suppress(RuntimeError), make.store.begin() as tx:
        plain.one(tx, Case, "id = :id", id=case.id)
        with tx.session.begin_nested():
            tx.session.execute(text("update cases set problem = 'changed' where id = :id"), {"id": case.id})
        raise RuntimeError
    assert problem(make.store, case.id) == case.problem


def test_rows_that_come_piece_by_piece_come_in_a_transaction(make: Maker) -> None:
    made = {make.case().id for _ in range(5)}
    with make.store.begin() as tx:
        found = tx.session.execute(select(Case.id).execution_options(yield_per=2))
        assert {row.id for row in found} == made
        assert status(tx) is TransactionStatus.INTRANS


def test_a_connection_that_only_read_serves_the_next_transaction(make: Maker) -> None:
    case = make.case()
    with one_connection(make.store) as store:
        for number in range(3):
            with store.begin() as tx:
                plain.one(tx, Case, "id = :id", id=case.id)
            with store.begin() as tx:
                changed = text("update cases set problem = :problem where id = :id")
                tx.session.execute(changed, {"problem": f"changed {number}", "id": case.id})
            assert problem(store, case.id) == f"changed {number}"


@contextmanager
def one_connection(like: Store) -> Iterator[Store]:
    store = Store(like.url, bytes(32), pool=1)
    try:
        yield store
    finally:
        store.close()


def problem(store: Store, case_id: int) -> str:
    with store.begin() as tx:
        return str(tx.session.scalar(select(Case.problem).where(Case.id == case_id)))


@pytest.mark.parametrize(
    "statement",
    [
        "select 1",
        "SELECT cases.id FROM cases WHERE updated_at > now()",
        "\n select id from cases order by id",
    ],
)
def test_a_plain_select_only_reads(statement: str) -> None:
    assert only_reads(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "select id from cases for update",
        "select id from cases where id = 1 for no key update skip locked",
        "SELECT people.id FROM people WHERE people.id = 1 FOR NO KEY UPDATE",
        "select id from cases for share",
        "select id from cases for key share of cases",
        "select pg_advisory_xact_lock_shared(1)",
        "select pg_notify('channel', 'word')",
        "select nextval('cases_id_seq')",
        "select set_config('name', 'value', true)",
        "select id into other from cases",
        "with moved as (update cases set seq = 1) select 1",
        "insert into cases select 1",
        "savepoint one",
        "set transaction isolation level repeatable read",
    ],
)
def test_whatever_may_do_more_begins_a_transaction(statement: str) -> None:
    assert not only_reads(statement)
