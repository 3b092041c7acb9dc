"""Starting: as much at the same time as depends on nothing; what fails stops the rest."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from pathlib import Path
from threading import Event, Lock

from makegood.core.errors import Surprise
from makegood.running import addresses, deployments, instance, parts, preparation, processes
from makegood.running.instance import Instance
from makegood.running.processes import Process
from makegood.settings import PREFECT_PORT, SANDBOX_PORT, WEB_PORT, Settings

Say = Callable[[str, str], None]  # part, what it is doing; "" when it is done

_START_LIMIT = 120.0  # seconds; Prefect's first start migrates its database
_WORKER_LIMIT = 25.0
_KEEPER_PATIENCE = 75.0  # one at a terminal stops the parts itself


class PartNotStarted(Surprise):
    """A part ended or did not answer; carries the end of its log."""

    def __init__(self, part: str, why: str, log: Path) -> None:
        self.part = part
        self.log = log
        super().__init__(f"{part} {why}. The end of {log}:\n{processes.tail(log)}")


class Abandoned(Surprise):
    """Another part failed meanwhile."""


class Startup:
    """One start. `run` returns the instance once everything answers, or stops all that it has started."""

    def __init__(self, settings: Settings, say: Say) -> None:
        self.home = settings.home
        self.settings = settings
        self.say = say
        self.failed = Event()
        self.lock = Lock()  # of self.instance

    def run(self) -> Instance:
        self.say("postgres", "starting")
        prepared = preparation.prepare(self.settings)
        self.instance = choose_addresses(self.settings, prepared.addresses)
        if prepared.postgres is not None:
            self._note("postgres", prepared.postgres)
        self.say("postgres", "")
        try:
            self._start_all(prepared.addresses["owner"])
        except BaseException:  # Ctrl-C too
            self.failed.set()
            stop(self.home, self.instance, lambda *_: None)
            raise
        return self.instance

    def _start_all(self, owner_url: str) -> None:
        all_parts = parts.all_parts(self.instance)
        self.environment = parts.environment(self.home, self.instance)
        migrated = Event()

        def engine() -> None:
            self.start_part(all_parts["prefect"])
            self.say("worker", "deployments")
            deployments.apply(self.home, self.instance, self.environment)
            self._wait_for(migrated)
            self.start_part(all_parts["worker"])

        def desk() -> None:
            self.say("web", "migrations")
            preparation.migrate(owner_url)
            migrated.set()
            self.start_part(all_parts["web"])

        def sandbox() -> None:
            self.start_part(all_parts["sandbox"])

        with ThreadPoolExecutor() as pool:
            jobs = [pool.submit(job) for job in (engine, desk, sandbox)]
            try:
                done, _ = wait(jobs, return_when=FIRST_EXCEPTION)
            except BaseException:
                self.failed.set()
                raise
            errors = [job.exception() for job in done if job.exception() is not None]
            if errors:
                self.failed.set()
                raise next((error for error in errors if not isinstance(error, Abandoned)), errors[0])  # type: ignore[misc]

    def start_part(self, part: parts.Part) -> None:
        """Returns once it answers."""
        self.say(part.name, "starting")
        process = spawn(self.home, part, self.environment)
        self._note(part.name, process)
        log = log_of(self.home, part.name)
        limit = _START_LIMIT if part.health else _WORKER_LIMIT
        deadline = time.monotonic() + limit
        while time.monotonic() < deadline:
            if self.failed.is_set():
                raise Abandoned(part.name)
            if not process.is_alive():
                raise PartNotStarted(part.name, "ended at its start", log)
            if self._is_ready(part, process):
                self.say(part.name, "")
                return
            time.sleep(0.1 if part.health else 0.5)
        if part.health:
            raise PartNotStarted(part.name, f"did not answer at {part.health} within {limit:.0f} s", log)
        self.say(part.name, "")  # alive, if slow to show itself to Prefect

    def _is_ready(self, part: parts.Part, process: Process) -> bool:
        """A worker is ready once Prefect has heard from it."""
        if part.health is not None:
            return addresses.answers(part.health)
        return worker_is_heard(self.instance, process)

    def _note(self, part: str, process: Process) -> None:
        """On disk at once: what is started can be stopped, whatever happens to us."""
        with self.lock:
            self.instance = self.instance.with_process(part, process)
            instance.write(self.home, self.instance)

    def _wait_for(self, event: Event) -> None:
        while not event.wait(0.2):
            if self.failed.is_set():
                raise Abandoned("worker")


def choose_addresses(settings: Settings, databases: Mapping[str, str]) -> Instance:
    """The usual ports, or free ones where something else listens."""
    taken: set[int] = set()
    prefect, web, sandbox = (
        f"http://{addresses.HOST}:{addresses.choose_port(wish, taken)}"
        for wish in (PREFECT_PORT, WEB_PORT, SANDBOX_PORT)
    )
    named = "seller_api_url" in settings.model_fields_set
    return Instance(
        prefect_ui=prefect,
        prefect_api=f"{prefect}/api",
        web=web,
        sandbox=sandbox,
        seller_api=settings.seller_api_url if named else sandbox,
        database_url=databases["store"],
        databases={use: databases[use] for use in ("prefect", "sandbox")},
        prefect_auth=settings.prefect_password,
        clock=settings.clock if "clock" in settings.model_fields_set else "sandbox",
    )


def spawn(home: Path, part: parts.Part, environment: Mapping[str, str]) -> Process:
    """Starts a part, writing to its own log."""
    merged = {**environment, **part.environment}
    return processes.spawn(part.arguments, merged, parts.CHECKOUT, log_of(home, part.name))


def stop(home: Path, running: Instance, say: Say) -> None:
    """The worker first, so that its legs can finish; PostgreSQL last, and cleanly."""
    if running.keeper is not None and running.keeper.pid != os.getpid():
        running.keeper.end(_KEEPER_PATIENCE)
    for row in parts.STOPPING:
        here = {part: running.processes[part] for part in row if part in running.processes}
        for part, process in here.items():
            say(part, "stopping")
            if part != "postgres":
                process.ask_to_end()
        for part, process in here.items():
            if part == "postgres":
                preparation.stop_embedded(home, process)
            else:
                process.end(parts.PATIENCE[part])
            say(part, "")
    instance.remove(home)


def worker_is_heard(running: Instance, process: Process) -> bool:
    """Whether the worker of this process, which its name ends with, has sent Prefect a heartbeat."""
    answer = deployments.ask(running, "/work_pools/makegood/workers/filter", {})
    if not isinstance(answer, list):
        return False
    return any(str(worker.get("name")).endswith(f"-{process.pid}") for worker in answer)


def log_of(home: Path, part: str) -> Path:
    return home / "logs" / f"{part}.log"
