"""A restored store beside a Prefect that is older or newer than it: the sweep joins them again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psycopg

from makegood import databases, postgres
from makegood.desk import intake
from makegood.gateways.prefect import Prefect
from makegood.running.backup import backup
from makegood.running.restoring import restore
from makegood.settings import Settings
from tests.desk.bench import KEY, Bench, make_bench
from tests.desk.test_refund import dear_order
from tests.flows.conftest import PrefectServer
from tests.flows.test_reconciling import age, asked, drive, line, repairs, run_of, state_of, swept

__all__ = ["line"]


def test_a_question_that_was_open_at_the_backup_is_asked_again_by_a_prefect_that_has_moved_on(
    line: Bench,
    prefect: Prefect,
    prefect_server: PrefectServer,
    owner_url: str,
    new_database: Callable[[], str],
    postgres_server: postgres.Server,
    tmp_path: Path,
) -> None:
    number, run = asked(line, prefect_server)
    there, prefects = new_database(), new_database()
    store = postgres_server.database(there.rpartition("/")[2], databases.APPLICATION)
    known = {"sandbox_database_url": there, "master_key": KEY.hex()}
    here = Settings(
        home=tmp_path / "here",
        database_url=line.desk.store.url,
        owner_database_url=owner_url,
        prefect_database_url=prefect_server.database,
        **known,  # type: ignore[arg-type]
    )
    other = Settings(
        home=tmp_path / "there",
        database_url=store,
        owner_database_url=there,
        prefect_database_url=prefects,
        **known,  # type: ignore[arg-type]
    )
    other.home.mkdir()
    file = tmp_path / "makegood.tar"
    backup(here, file, with_key=False, with_prefect=True)

    # life goes on, and ends: the customer withdraws, the run is cancelled
    intake.reply(line.desk, number, text="I keep it", channel="email", external_id="r-1", intent="withdraw")
    assert line.drive(number).end == "closed"
    swept(line)
    assert state_of(line, run) == "Cancelled"

    restore(other, file, replace=False)
    with psycopg.connect(prefects.replace("+psycopg", "")) as connection:
        restored = connection.execute("select state_name from flow_run where id = %s", (run,)).fetchone()
    assert restored == ("Suspended",), "Prefect's own state of that instant came along"

    back = make_bench(store, dear_order())
    back.desk = replace(back.desk, engine=prefect, forms=prefect)  # the Prefect that has moved on
    back.world.clock.advance(line.desk.now() - back.desk.now())
    assert back.case(number).status == "suspended"
    age(prefect_server, run)
    swept(back)
    assert repairs(back, number) == ["question-run-replaced"]
    other_run = run_of(back, number, leg=2)
    assert drive(back, prefect_server, number, other_run).end == "suspended"
    assert state_of(back, other_run) == "Suspended"
    back.desk.store.close()
