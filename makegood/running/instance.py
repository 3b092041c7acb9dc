"""home/instance.json: what runs here, under which addresses, and in which processes."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from makegood.core.errors import Refusal
from makegood.running.processes import Process


class StartUnderWay(Refusal):
    """Another `up` or `down` of the same home is not done yet."""

    def __init__(self, home: Path) -> None:
        self.home = home
        super().__init__(f"another `makegood up` or `down` is under way in {home}; wait for it to end")


@dataclass(frozen=True)
class Instance:
    """Addresses and processes. `processes` has no postgres when the database is an outside one."""

    prefect_ui: str
    prefect_api: str
    web: str
    sandbox: str
    seller_api: str
    database_url: str
    clock: str
    prefect_auth: str | None = None  # what Prefect's server asks for, if it does
    databases: dict[str, str] = field(default_factory=dict)  # Prefect's and the sandbox's own
    processes: dict[str, Process] = field(default_factory=dict)
    keeper: Process | None = None

    def with_process(self, part: str, process: Process) -> Instance:
        return replace(self, processes={**self.processes, part: process})

    def with_keeper(self, keeper: Process) -> Instance:
        return replace(self, keeper=keeper)

    @property
    def is_kept(self) -> bool:
        """Whether the process that watches the parts is there."""
        return self.keeper is not None and self.keeper.is_alive()

    @property
    def dead(self) -> list[str]:
        """Parts whose process is gone."""
        return [part for part, process in self.processes.items() if not process.is_alive()]


def read(home: Path) -> Instance | None:
    """None when nothing was started here, or the file cannot be understood."""
    try:
        values: dict[str, Any] = json.loads(_file(home).read_text())
        pids, born, keeper = values.pop("pids"), values.pop("born"), values.pop("keeper")
        processes = {part: Process(pid, born[part]) for part, pid in pids.items()}
        return Instance(**values, processes=processes, keeper=Process(**keeper) if keeper else None)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write(home: Path, instance: Instance) -> None:
    """Whole or not at all; for its owner alone, since addresses of databases carry passwords."""
    values = {name: value for name, value in vars(instance).items() if name != "processes"}
    values["keeper"] = vars(instance.keeper) if instance.keeper else None
    values["pids"] = {part: process.pid for part, process in instance.processes.items()}
    values["born"] = {part: process.born for part, process in instance.processes.items()}
    draft = _file(home).with_suffix(".draft")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(values, file, indent=2)
    draft.replace(_file(home))


def remove(home: Path) -> None:
    _file(home).unlink(missing_ok=True)


@contextmanager
def lock(home: Path) -> Iterator[None]:
    """One start or stop at a time; the system lets go of it when the process ends, however it ends."""
    import fcntl

    home.mkdir(parents=True, exist_ok=True)
    with (home / "instance.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StartUnderWay(home) from None
        yield


def _file(home: Path) -> Path:
    return home / "instance.json"
