"""Backup and restore on real databases: all comes back, and nothing is overwritten by mistake."""

from __future__ import annotations

import stat
import tarfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg
import pytest

from makegood import databases, postgres
from makegood.core.errors import BadInput
from makegood.running import dumps, preparation
from makegood.running.backup import backup
from makegood.running.restoring import GAP, NotEmpty, StillRunning, restore
from makegood.settings import MasterKeyMissing, Settings
from makegood.store import journal, leases
from tests.conftest import server_folder
from tests.desk.bench import KEY, Bench, make_bench
from tests.fakes import order

PREFECTS = (
    "create extension if not exists pg_trgm",
    "create type state_type as enum ('RUNNING', 'PAUSED')",
    "create table flow_run (id int primary key, name text, state state_type)",
    "create index on flow_run using gin (name gin_trgm_ops)",
)


@dataclass(frozen=True)
class Place:
    """One installation: its settings, and the store's address for the application's role."""

    settings: Settings
    store: str

    def bench(self) -> Bench:
        return make_bench(self.store, order(), order("B-1"))

    @property
    def prefect(self) -> str:
        return str(self.settings.prefect_database_url)


@pytest.fixture
def new_place(
    new_database: Callable[[], str], postgres_server: postgres.Server, tmp_path: Path
) -> Callable[[str], Place]:
    def make(name: str) -> Place:
        owner = new_database()
        store = postgres_server.database(owner.rpartition("/")[2], databases.APPLICATION)
        settings = Settings(
            home=tmp_path / name,
            database_url=store,
            owner_database_url=owner,
            prefect_database_url=new_database(),
            sandbox_database_url=owner,
            master_key=KEY.hex(),  # type: ignore[arg-type]  # pydantic makes it a secret
        )
        settings.home.mkdir()
        return Place(settings, store)

    return make


@pytest.fixture
def lived(new_place: Callable[[str], Place], store_url: str, owner_url: str) -> Place:
    """With a case, a file of evidence, and what Prefect keeps."""
    empty = new_place("lived")
    settings = empty.settings.model_copy(update={"database_url": store_url, "owner_database_url": owner_url})
    place = replace(empty, settings=settings, store=store_url)
    with psycopg.connect(place.prefect.replace("+psycopg", "")) as connection:
        for statement in PREFECTS:
            connection.execute(statement)  # type: ignore[arg-type]  # fixed text
        connection.execute("insert into flow_run values (1, 'refund · MG', 'PAUSED')")
    blob = settings.home / "evidence" / "MG-2026-000001" / "photo"
    blob.parent.mkdir(parents=True)
    blob.write_bytes(b"sealed")
    (blob.parent / ".photo.draft").write_bytes(b"half")
    return place


def a_case(place: Place) -> str:
    bench = place.bench()
    number = bench.open()
    bench.drive(number)
    assert leases.acquire(bench.desk.store, bench.case(number).id, "a leg", bench.desk.lease)
    bench.desk.store.close()
    return number


def test_what_was_backed_up_comes_back_in_another_place(
    lived: Place, new_place: Callable[[str], Place], tmp_path: Path
) -> None:
    number, file = a_case(lived), tmp_path / "makegood.backup"
    told = backup(lived.settings, file, with_key=False, with_prefect=True)
    assert (told.cases, told.evidence, told.has_key) == (1, 2, False)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with tarfile.open(file) as tar:
        names = {name for name in tar.getnames() if "draft" in name or "key" in name}
    assert not names, "neither half-written files nor the key"

    there = new_place("there")
    assert restore(there.settings, file, replace=False) == told
    bench = there.bench()
    assert bench.state(number).step == "evidence"
    with bench.desk.store.begin() as tx:
        assert journal.verify(tx, bench.case(number).id) is None
        assert not leases.held(tx, bench.case(number).id), "nobody holds a case after a restore"
    bench.answer(number, photos=1)
    bench.drive(number)
    assert bench.state(number).step == "keep-offer", "and it goes on"
    assert bench.open(order="B-1") == f"MG-2026-{GAP + 2:06d}", "numbers given since are not given again"
    bench.desk.store.close()
    assert databases.ask(there.prefect, "select name from flow_run where state = 'PAUSED'") == "refund · MG"
    assert (there.settings.home / "evidence" / "MG-2026-000001" / "photo").read_bytes() == b"sealed"


def test_a_store_with_cases_is_replaced_only_when_that_is_said(lived: Place, tmp_path: Path) -> None:
    number, file = a_case(lived), tmp_path / "makegood.backup"
    backup(lived.settings, file, with_key=False, with_prefect=True)
    bench = lived.bench()
    later = bench.open(order="B-1")
    bench.desk.store.close()
    with pytest.raises(NotEmpty, match="2 cases"):
        restore(lived.settings, file, replace=False)
    assert databases.ask(lived.store, "select count(*) from cases") == 2
    restore(lived.settings, file, replace=True)
    bench = lived.bench()
    assert bench.case(number).number == number
    with pytest.raises(AssertionError):
        bench.case(later)
    bench.desk.store.close()


def test_nothing_is_restored_while_somebody_works_with_the_databases(lived: Place, tmp_path: Path) -> None:
    a_case(lived)
    file = tmp_path / "makegood.backup"
    backup(lived.settings, file, with_key=False, with_prefect=True)
    with (
        psycopg.connect(lived.prefect.replace("+psycopg", "")),
        pytest.raises(StillRunning, match="1 other sessions"),
    ):
        restore(lived.settings, file, replace=True)


def test_the_key_goes_along_only_when_asked_and_another_key_is_refused(
    lived: Place, new_place: Callable[[str], Place], tmp_path: Path
) -> None:
    a_case(lived)
    bare, whole = tmp_path / "bare.backup", tmp_path / "whole.backup"
    backup(lived.settings, bare, with_key=False, with_prefect=False)
    backup(lived.settings, whole, with_key=True, with_prefect=False)
    there = new_place("there").settings
    other = there.model_copy(update={"master_key": Settings(master_key="11" * 32).master_key})  # type: ignore[arg-type]
    with pytest.raises(BadInput, match="not the one of the backup"):
        restore(other, bare, replace=False)
    keyless = there.model_copy(update={"master_key": None})
    with pytest.raises(BadInput, match="is not here"):
        restore(keyless, bare, replace=False)
    with pytest.raises(MasterKeyMissing):
        keyless.master_bytes()
    restore(keyless, whole, replace=False)
    assert keyless.master_bytes() == KEY
    assert stat.S_IMODE(keyless.key_file.stat().st_mode) == 0o600


def test_what_is_no_backup_or_is_damaged_is_refused_before_anything_is_touched(
    lived: Place, new_place: Callable[[str], Place], tmp_path: Path
) -> None:
    a_case(lived)
    file, there = tmp_path / "makegood.backup", new_place("there").settings
    with pytest.raises(BadInput, match="is not there"):
        restore(there, file, replace=False)
    file.write_bytes(b"holiday pictures")
    with pytest.raises(BadInput, match="cannot be read"):
        restore(there, file, replace=False)
    backup(lived.settings, file, with_key=False, with_prefect=False)
    content = file.read_bytes()
    at = content.index(b"PGDMP") + 5_000
    file.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
    with pytest.raises(BadInput, match="is damaged"):
        restore(there, file, replace=False)
    assert databases.ask(str(there.owner_database_url), "select to_regclass('cases')") is None


def test_a_store_that_cannot_be_loaded_whole_stays_as_it_was(lived: Place, tmp_path: Path) -> None:
    number, owner = a_case(lived), str(lived.settings.owner_database_url)
    with databases.snapshot(owner) as state:
        dumps.dump(owner, state, tmp_path / "store.dump")
    with pytest.raises(dumps.ProgramFailed, match="division by zero"):
        dumps.load(owner, tmp_path / "store.dump", "select 1 / 0;")
    bench = lived.bench()
    assert bench.case(number).number == number
    bench.desk.store.close()


def test_an_embedded_server_is_started_for_it_and_stopped_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("MAKEGOOD_DATABASE_URL", "MAKEGOOD_OWNER_DATABASE_URL", "MAKEGOOD_MASTER_KEY"):
        monkeypatch.delenv(name, raising=False)
    with server_folder() as folder:
        homes = [folder / "here", folder / "there"]
        here, there = (Settings(home=home, database_url=None) for home in homes)
        prepared = preparation.prepare(here)
        preparation.migrate(prepared.addresses["owner"])
        bench = make_bench(prepared.addresses["store"], order())
        number = bench.open()
        bench.desk.store.close()
        assert prepared.postgres is not None
        preparation.stop_embedded(here.home, prepared.postgres)

        told = backup(here, tmp_path / "whole.tar", with_key=True, with_prefect=True)
        assert told.cases == 1
        assert postgres.find((here.home / "postgres").resolve()) is None, "it stood still before"
        there.home.mkdir()
        restore(there, tmp_path / "whole.tar", replace=False)
        assert postgres.find((there.home / "postgres").resolve()) is None
        assert there.master_bytes() == here.master_bytes()
        again = preparation.prepare(there)
        assert databases.ask(again.addresses["store"], "select number from cases") == number
        assert again.postgres is not None
        preparation.stop_embedded(there.home, again.postgres)
