"""`makegood audit`: a record that was changed, cut or emptied is found, and a copy of it can be trusted."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from makegood import postgres
from makegood.desk import auditing
from makegood.desk.desk import Desk
from makegood.desk.legs import Leg
from makegood.store.store import make_engine
from tests.commands.conftest import Makegood

Drive = Callable[[str], Leg]
FORGED = {
    "an event's kind is changed": "update journal set kind = 'case.closed' where seq = 2",
    "an event is taken out": "delete from journal where seq = 2",
    "an event's instant is moved": "update journal set at = at - interval '1 day' where seq = 1",
}


@pytest.fixture
def rewrite(postgres_server: postgres.Server, store_database: str) -> Callable[[str], None]:
    """As whoever runs the database server, and can stop its triggers."""
    url = postgres_server.database(store_database)

    def run(statement: str) -> None:
        with make_engine(url).begin() as owner:
            owner.execute(text("set local session_replication_role = replica"))
            owner.execute(text(statement))

    return run


def test_a_record_as_it_was_written_is_sound(
    makegood: Makegood, opened: str, drive: Drive, desk: Desk
) -> None:
    drive(opened)
    assert auditing.keep_daily(desk)
    assert not auditing.keep_daily(desk), "one a day"
    told = makegood("audit", "verify", "--json").json
    assert (told["cases"], told["checkpoints"], told["broken"]) == (1, 1, [])
    assert "all as it was written" in makegood("audit", "verify").out


@pytest.mark.parametrize("statement", FORGED.values(), ids=FORGED)
def test_a_changed_journal_is_named_with_its_first_bad_event(
    makegood: Makegood, opened: str, drive: Drive, rewrite: Callable[[str], None], statement: str
) -> None:
    drive(opened)
    rewrite(statement)
    said = makegood("audit", "verify")
    assert said.code == 1
    assert f"{opened}, event {1 if 'seq = 1' in statement else 2}" in said.out


def test_a_journal_that_was_cut_together_with_its_case_shows_by_the_checkpoint(
    makegood: Makegood, opened: str, drive: Drive, desk: Desk, rewrite: Callable[[str], None]
) -> None:
    drive(opened)
    auditing.keep_daily(desk)
    rewrite("delete from journal where seq > 3")
    rewrite("update cases set seq = 3, head = (select hash from journal where seq = 3)")
    said = makegood("audit", "verify")
    assert said.code == 1
    assert "cut or changed after a checkpoint" in said.out


def test_a_case_that_was_removed_shows_by_its_number_and_by_the_checkpoint(
    makegood: Makegood, opened: str, desk: Desk, rewrite: Callable[[str], None]
) -> None:
    auditing.keep_daily(desk)
    for table in ("journal", "inbox", "outbox", "messages"):
        rewrite(f"delete from {table}")
    rewrite("delete from cases")
    said = makegood("audit", "verify")
    assert said.code == 1
    assert f"{opened}: the case is gone" in said.out
    assert "1 numbers were given out, and 0 cases are there" in said.out


def test_a_checkpoint_that_was_signed_by_somebody_else_is_named(
    makegood: Makegood, opened: str, desk: Desk, rewrite: Callable[[str], None]
) -> None:
    auditing.keep_daily(desk)
    rewrite("update checkpoints set signature = decode(repeat('ab', 64), 'hex')")
    said = makegood("audit", "verify")
    assert said.code == 1
    assert "not signed with this installation's key" in said.out


def test_checkpoints_follow_one_another(
    makegood: Makegood, opened: str, drive: Drive, desk: Desk, shop: str, rewrite: Callable[[str], None]
) -> None:
    auditing.keep_daily(desk)
    drive(opened)
    with desk.store.begin() as tx:
        from makegood.store import audit

        audit.checkpoint(tx, desk.now() + timedelta(days=1))
    assert makegood("audit", "verify", "--json").json["checkpoints"] == 2
    rewrite("delete from checkpoint_heads where checkpoint_id = 1")
    rewrite("delete from checkpoints where id = 1")
    assert makegood("audit", "verify").code == 1


def test_a_period_is_exported_signed_and_without_a_word_of_the_customers(
    makegood: Makegood, opened: str, drive: Drive, tmp_path: Path
) -> None:
    drive(opened)
    file = tmp_path / "november.jsonl"
    told = makegood("audit", "export", str(file), "--from", "2020-01-01", "--to", "2100-01-01", "--json").json
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert len(lines) == told["lines"] + 1
    assert {line["kind"] for line in lines} >= {"period", "event", "signature"}
    assert lines[1]["number"] == opened
    assert "zurückgeben" not in file.read_text()
    assert makegood("audit", "verify", str(file), "--json").json["sound"]
    file.write_text(file.read_text().replace("case.opened", "case.closed", 1))
    assert makegood("audit", "verify", str(file)).code == 1


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("export", "x.jsonl", "--from", "2026-02-01", "--to", "2026-01-01"), "a later day"),
        (("verify", "nowhere.jsonl"), "audit export"),
    ],
)
def test_what_cannot_be_is_refused(makegood: Makegood, arguments: tuple[str, ...], expected: str) -> None:
    said = makegood("audit", *arguments)
    assert said.code == 2
    assert expected in said.error
