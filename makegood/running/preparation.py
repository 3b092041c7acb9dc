"""What must be there before a part starts: the server, its databases and roles, tables, the master key."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit, urlunsplit

from makegood import databases, postgres
from makegood.core.errors import BadInput, Refusal, Surprise
from makegood.running.instance import Instance
from makegood.running.processes import Process, identify
from makegood.settings import POSTGRES_PORT, Settings, make_master_key

Addresses = Mapping[str, str]


class PortTaken(Refusal):
    """Something else listens where our server did."""

    def __init__(self, port: int | None) -> None:
        self.port = port
        super().__init__(
            f"port {port} of the embedded PostgreSQL is taken by something else; run `make up` again"
        )


class NotMigrated(Surprise):
    """The tables are as they were: migrations run in one transaction."""

    def __init__(self, error: Exception) -> None:
        where = "".join(traceback.format_exception(error, limit=-3))
        super().__init__(
            f"the ticket store's tables could not be brought up to date; nothing changed.\n{where}"
        )


@dataclass(frozen=True)
class Prepared:
    """Addresses by use: `store` (the application's role), `owner` (migrations), `prefect`, `sandbox`."""

    addresses: Addresses
    postgres: Process | None  # None: the database is an outside one


def prepare(settings: Settings) -> Prepared:
    """Makes what is missing; what exists is left as it is."""
    if settings.database_url is not None:
        return Prepared(_outside(settings, settings.database_url), None)
    make_master_key(settings.key_file)
    return start_embedded(settings.home)


def locate(settings: Settings, running: Instance | None) -> Prepared:
    """The databases of this installation, running or not. An embedded server that stands still is started."""
    embedded = running is None or "postgres" in running.processes
    if embedded and (settings.database_url is None or running is not None):
        return start_embedded(settings.home)
    assert settings.database_url is not None
    found = _outside(settings, settings.database_url)
    return Prepared(MappingProxyType({**found, **(running.databases if running else {})}), None)


def start_embedded(home: Path) -> Prepared:
    """One server, three databases, a role for each use."""
    server = postgres.start(home / "postgres", POSTGRES_PORT)
    for role in (databases.OWNER, databases.APPLICATION, "prefect", "sandbox"):
        databases.create_role(server.url, role, postgres.role_password(server.secret, role))
    for name, owner in (("makegood", databases.OWNER), ("prefect", "prefect"), ("sandbox", "sandbox")):
        databases.create_database(server.url, name, owner)
    addresses = {
        "store": server.database("makegood", databases.APPLICATION),
        "owner": server.database("makegood", databases.OWNER),
        "prefect": _for_prefect(server.database("prefect", "prefect")),
        "sandbox": server.database("sandbox", "sandbox"),
    }
    return Prepared(MappingProxyType(addresses), identify(server.pid))


def stop_embedded(home: Path, process: Process) -> None:
    """A clean shutdown of the server that this instance started, and of no other."""
    server = postgres.find((home / "postgres").resolve())
    if server is not None and server.pid == process.pid and process.is_alive():
        postgres.stop(server)


def restart_embedded(home: Path, database_url: str) -> Process:
    """On the port that everybody has the address of; raises PortTaken when another has it by now."""
    port = urlsplit(database_url).port
    server = postgres.start(home / "postgres", port)
    if server.port != port:
        postgres.stop(server)
        raise PortTaken(port)
    return identify(server.pid)


def migrate(owner_url: str) -> None:
    """Brings the ticket store's tables to the newest version."""
    from makegood.store import schema  # SQLAlchemy and Alembic: only when something is started

    try:
        schema.upgrade(owner_url)
    except Exception as error:
        raise NotMigrated(error) from error


def _outside(settings: Settings, store: str) -> Mapping[str, str]:
    """A server of one's own. Its other two databases lie beside the store's unless they are named."""
    if settings.master_key is None and not settings.key_file.exists():
        raise BadInput(
            "MAKEGOOD_MASTER_KEY",
            "missing",
            "64 hex digits, since the database is an outside one",
            "Make one with `openssl rand -hex 32` and keep it: without it, personal fields cannot be read",
        )
    owner = settings.owner_database_url or store
    beside = {}
    for use, named in (
        ("prefect", settings.prefect_database_url),
        ("sandbox", settings.sandbox_database_url),
    ):
        beside[use] = named or _sibling(owner, use)
        if named is None:
            databases.create_database(owner, _name(beside[use]))
    addresses = {
        "store": store,
        "owner": owner,
        "prefect": _for_prefect(beside["prefect"]),
        "sandbox": beside["sandbox"],
    }
    return MappingProxyType(addresses)


def _sibling(url: str, use: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"{parts.path}_{use}"))


def _name(url: str) -> str:
    return urlsplit(url).path.removeprefix("/")


def _for_prefect(url: str) -> str:
    """Prefect's server speaks to PostgreSQL through asyncpg."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(scheme="postgresql+asyncpg"))
