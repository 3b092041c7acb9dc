"""The embedded server: made, found again, restarted after a kill, stopped."""

from __future__ import annotations

import os
import signal
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from makegood import databases, postgres
from tests.conftest import server_folder


@pytest.fixture
def folder() -> Iterator[Path]:
    with server_folder() as made:
        yield made


@pytest.fixture
def server(folder: Path) -> Iterator[postgres.Server]:
    started = postgres.start(folder / "data", isolation="throwaway")
    yield started
    if (running := postgres.find(started.data_dir)) is not None:
        postgres.stop(running)


def query(url: str, statement: str) -> object:
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        row = connection.execute(statement).fetchone()  # type: ignore[arg-type]  # fixed text
        return None if row is None else row[0]


def test_data_checksums_are_on_and_only_loopback_is_listened_to(server: postgres.Server) -> None:
    assert query(server.url, "show data_checksums") == "on"
    assert query(server.url, "show listen_addresses") == "127.0.0.1"
    assert query(server.url, "show unix_socket_directories") == ""


def test_what_is_committed_is_flushed_to_disk(folder: Path) -> None:
    server = postgres.start(folder / "data")
    try:
        shown = [
            query(server.url, f"show {name}") for name in ("fsync", "full_page_writes", "synchronous_commit")
        ]
    finally:
        postgres.stop(server)
    assert shown == ["on", "on", "on"]


def test_a_second_start_returns_the_running_server(server: postgres.Server) -> None:
    assert postgres.start(server.data_dir) == server


def test_the_data_survives_kill_9_on_the_same_port(server: postgres.Server) -> None:
    with psycopg.connect(server.url.replace("+psycopg", "")) as connection:
        connection.execute("create table kept as select 42 as answer")
    os.kill(server.pid, signal.SIGKILL)
    again = postgres.start(server.data_dir, port=server.port, isolation="throwaway")
    assert again.pid != server.pid
    assert again.url == server.url
    assert query(again.url, "select answer from kept") == 42


def test_a_stale_pid_file_that_names_a_foreign_process_is_ignored(server: postgres.Server) -> None:
    pid_file = server.data_dir / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    postgres.stop(server)
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    assert postgres.find(server.data_dir) is None
    assert query(postgres.start(server.data_dir, isolation="throwaway").url, "select 1") == 1


def test_a_taken_port_is_a_wish_not_granted(server: postgres.Server, folder: Path) -> None:
    other = postgres.start(folder / "other", port=server.port, isolation="throwaway")
    try:
        assert other.port != server.port
    finally:
        postgres.stop(other)


def test_a_half_made_server_is_made_anew(folder: Path) -> None:
    left_over = folder / "data.new"
    left_over.mkdir()
    (left_over / "PG_VERSION").write_text("18\n")
    server = postgres.start(folder / "data", isolation="throwaway")
    postgres.stop(server)
    assert not left_over.exists()


def test_each_role_has_a_password_of_its_own(server: postgres.Server) -> None:
    secret = postgres.role_password(server.secret, databases.APPLICATION)
    databases.create_role(server.url, databases.APPLICATION, secret)
    address = server.database("postgres", databases.APPLICATION)
    assert query(address, "select current_user") == databases.APPLICATION
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        query(server.url.replace(f"//{postgres.SUPERUSER}:", f"//{databases.APPLICATION}:"), "select 1")


def test_the_secret_is_readable_by_its_owner_alone(server: postgres.Server) -> None:
    assert stat.S_IMODE((server.data_dir / "makegood.secret").stat().st_mode) == 0o600


def test_a_server_that_is_stopped_is_not_found(server: postgres.Server) -> None:
    postgres.stop(server)
    assert postgres.find(server.data_dir) is None
    postgres.stop(server)  # and stopping it again is no error


def test_a_database_is_made_once(server: postgres.Server) -> None:
    assert databases.create_database(server.url, "once") is True
    assert databases.create_database(server.url, "once") is False
    databases.drop_database(server.url, "once")
    assert databases.create_database(server.url, "once") is True


def test_prefects_extension_can_be_made_by_a_database_owner(new_database: Callable[[], str]) -> None:
    with psycopg.connect(new_database().replace("+psycopg", "")) as connection:
        connection.execute("create extension pg_trgm")
