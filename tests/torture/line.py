"""A line under torture, as the torturer sees it: who runs there, by process id, and how it sweeps."""

from __future__ import annotations

from contextlib import suppress
from typing import Protocol

import psutil

from tests.torture.moments import Database
from tests.torture.people import People

POSTGRES, PREFECT, WEB = "postgres", "prefect", "web"


class Line(Protocol):
    """`addresses` are the superuser's: locks are taken there. `parts` are up when they can do their work."""

    people: People
    addresses: dict[Database, str]

    def parts(self) -> dict[str, int]:
        """Process ids of what may be killed, by name; workers are named `worker` and what follows."""

    def keep(self) -> None:
        """Starts again what nobody else would. Called often."""

    def sweep(self) -> None:
        """Asks for a sweep."""

    def bulk(self) -> None:
        """Asks for a run that drives every ready case."""

    def all_up(self) -> bool:
        """Whether everything runs that was started."""

    def lease(self) -> float:
        """Seconds until a killed leg's case may be another's."""


def is_worker(name: str) -> bool:
    return name.startswith("worker")


def holder_of(port: int, parts: dict[str, int]) -> str | None:
    """Which part has this local TCP port."""
    for name, pid in parts.items():
        with suppress(psutil.Error):
            if any(
                each.laddr and each.laddr.port == port for each in psutil.Process(pid).net_connections("tcp")
            ):
                return name
    return None


def is_at_work(name: str, pid: int, postgres_port: int) -> bool:
    """A worker that has come as far as the database; anything else that listens."""
    try:
        connections = psutil.Process(pid).net_connections("tcp")
    except psutil.Error:
        return False
    if is_worker(name):
        return any(each.raddr and each.raddr.port == postgres_port for each in connections)
    return any(each.status == psutil.CONN_LISTEN for each in connections)


def is_alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
