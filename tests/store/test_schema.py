"""The schema: it goes up and down, is what the models say, and keeps the record from being rewritten."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from makegood import databases, postgres
from makegood.store import Store, approvals, cases, grants, schema
from makegood.store.models import INSERT_ONLY, Base
from makegood.store.store import make_engine
from makegood.store.words import ApprovalDecision
from tests.store.rows import NOW, Maker

CONSTRAINTS = text(
    "select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint"
    " where connamespace = 'public'::regnamespace and conrelid::regclass::text <> 'alembic_version'"
)
INDEXES = text(
    "select tablename, indexname, indexdef from pg_indexes"
    " where schemaname = 'public' and tablename <> 'alembic_version'"
)
COLUMNS = text(
    "select table_name, column_name, data_type, is_nullable, column_default, is_identity"
    " from information_schema.columns where table_schema = 'public' and table_name <> 'alembic_version'"
)


def tables(url: str) -> set[str]:
    with make_engine(url).connect() as connection:
        found = connection.scalars(text("select tablename from pg_tables where schemaname = 'public'"))
        return set(found) - {"alembic_version"}


def test_the_schema_goes_up_down_and_up_again(database_url: str) -> None:
    assert schema.current(database_url) is None
    schema.upgrade(database_url)
    assert tables(database_url) == set(Base.metadata.tables)
    assert schema.current(database_url) == schema.newest()
    schema.downgrade(database_url)
    assert tables(database_url) == set()
    schema.upgrade(database_url)
    assert tables(database_url) == set(Base.metadata.tables)


def test_each_revision_goes_down_alone(database_url: str) -> None:
    schema.upgrade(database_url)
    while (before := schema.current(database_url)) is not None:
        schema.downgrade(database_url, "-1")
        assert schema.current(database_url) != before
    assert tables(database_url) == set()


def test_autogenerate_finds_nothing_that_the_migrations_forgot(owner_url: str) -> None:
    with make_engine(owner_url).connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_the_migrations_make_the_checks_and_indexes_that_the_models_declare(
    owner_url: str, new_database: Callable[[], str]
) -> None:
    """Autogenerate compares neither CHECKs nor the conditions of indexes."""
    declared = make_engine(new_database())
    Base.metadata.create_all(declared)
    with declared.connect() as models, make_engine(owner_url).connect() as migrated:
        for query in (CONSTRAINTS, INDEXES, COLUMNS):
            ours, theirs = models.execute(query).all(), migrated.execute(query).all()
            assert sorted(map(str, ours)) == sorted(map(str, theirs))


def test_every_constraint_has_a_name_of_ours(owner_url: str) -> None:
    with make_engine(owner_url).connect() as connection:
        names = {row[1] for row in connection.execute(CONSTRAINTS) if " NOT NULL " not in f" {row[2]} "}
    assert {name[:3] for name in names} <= {"pk_", "uq_", "fk_", "ck_"}


@pytest.mark.parametrize("table", INSERT_ONLY)
@pytest.mark.parametrize("change", ["update {} set seq = 9", "delete from {}", "truncate {} cascade"])
def test_the_application_has_no_right_to_change_the_record(store: Store, table: str, change: str) -> None:
    column = "seq" if table in ("journal", "checkpoint_heads") else "id"
    statement = change.format(table).replace("seq", column)
    with pytest.raises(DBAPIError, match="permission denied"), store.begin() as tx:
        tx.session.execute(text(statement))


@pytest.mark.parametrize(
    "change", ["update journal set kind = 'x'", "delete from journal", "truncate journal"]
)
def test_not_even_the_owner_changes_the_journal(make: Maker, owner_url: str, change: str) -> None:
    make.journalled()
    with pytest.raises(DBAPIError, match="journal is insert-only"), make_engine(owner_url).begin() as owner:
        owner.execute(text(change))


@pytest.mark.parametrize(
    "change", ["packet = 'x'", "ceiling_minor = ceiling_minor + 1", "case_id = 1", "opened_at = now()"]
)
def test_the_application_has_no_right_to_change_what_was_asked(store: Store, change: str) -> None:
    with pytest.raises(DBAPIError, match="permission denied"), store.begin() as tx:
        tx.session.execute(text(f"update approvals set {change}"))


def test_not_even_the_owner_changes_what_was_asked_or_decided(make: Maker, owner_url: str) -> None:
    case = make.case()
    question = approvals.Question(
        question_seq=2, step="approval", visit=1, ceiling_minor=1, currency="EUR", house_minor=1, packet="p"
    )
    with make.store.begin() as tx:
        asked = approvals.ask(tx, case.id, question, NOW)
        approvals.extend(tx, asked.id, NOW)
        approvals.decide(tx, asked.id, ApprovalDecision.TIMED_OUT, by=None, amount_minor=None, at=NOW)
        approvals.set_run(tx, asked.id, None)
    for change, said in (("packet = 'x'", "what was asked"), ("decided_at = now()", "what was decided")):
        with pytest.raises(DBAPIError, match=said), make_engine(owner_url).begin() as owner:
            owner.execute(text(f"update approvals set {change}"))


def test_the_application_owns_nothing_and_makes_nothing(store: Store) -> None:
    owned = text("select count(*) from pg_class where pg_get_userbyid(relowner) = current_user")
    with store.begin() as tx:
        assert tx.session.scalar(owned) == 0
        assert not tx.session.scalar(text("select has_schema_privilege('public', 'create')"))
        assert not tx.session.scalar(text("select pg_has_role(current_user, 'makegood_owner', 'member')"))
    for statement in ("drop trigger journal_rows on journal", "alter table journal disable trigger all"):
        with pytest.raises(DBAPIError, match="must be owner"), store.begin() as tx:
            tx.session.execute(text(statement))


def test_the_application_deletes_only_what_is_no_record(store: Store) -> None:
    query = text("select has_table_privilege(current_user, cast(:table as text), 'delete')")
    with store.begin() as tx:
        may = {table for table in Base.metadata.tables if tx.session.scalar(query, {"table": table})}
    assert may == {"leases", "timers", "troubles"}


def test_a_server_that_lets_us_make_no_role_is_served_by_the_triggers_alone(owner_url: str) -> None:
    with make_engine(owner_url).connect() as owner:
        assert not grants.renew(owner, role="never_made")


def test_a_server_with_one_account_for_all_takes_no_right_from_it(owner_url: str) -> None:
    with make_engine(owner_url).begin() as owner:
        assert not grants.renew(owner, role=databases.OWNER)
        owner.execute(text("update case_numbers set last = last"))


def test_a_server_that_lets_us_make_the_role_gets_it(
    postgres_server: postgres.Server, store_database: str
) -> None:
    with make_engine(postgres_server.database(store_database)).connect() as admin:
        assert grants.renew(admin, role="made_by_us")
        assert admin.scalar(text("select has_table_privilege('made_by_us', 'journal', 'insert')"))
        assert not admin.scalar(text("select has_table_privilege('made_by_us', 'journal', 'update')"))
        admin.rollback()


def test_a_status_that_is_no_word_is_refused_by_the_database(make: Maker) -> None:
    case = make.case()
    statement = text("update cases set status = 'asleep' where id = :id")
    with pytest.raises(IntegrityError, match="ck_cases_status"), make.store.begin() as tx:
        tx.session.execute(statement, {"id": case.id})


def test_an_open_case_without_a_wake_at_cannot_be_written(make: Maker) -> None:
    case = make.case()
    statement = text("update cases set wake_at = null where id = :id")
    with pytest.raises(IntegrityError, match="ck_cases_open_has_wake_at"), make.store.begin() as tx:
        tx.session.execute(statement, {"id": case.id})


def test_a_naive_instant_is_a_defect(store: Store) -> None:
    with pytest.raises(StatementError, match="naive"), store.begin() as tx:
        cases.due(tx, NOW.replace(tzinfo=None))
