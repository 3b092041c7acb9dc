"""The whole line: what `makegood up --detach` starts, and a second worker beside it."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

from makegood import postgres
from makegood.desk.desk import Desk
from makegood.running import instance, parts
from makegood.settings import Settings
from makegood.wiring import make_desk
from tests.acceptance.pages import post_signed
from tests.instance import Instance, running
from tests.torture.devices import Devices
from tests.torture.line import is_alive
from tests.torture.moments import Database
from tests.torture.nursery import Nursery
from tests.torture.people import People
from tests.torture.stories import Story
from tests.torture.watching import Standing, Watch
from tests.torture.world import World

INTAKE_SECRET, WEBHOOK_SECRET = "torture-intake", "torture-webhook"
SUPERVISORS = 60
IMPATIENT = "-c%20lock_timeout%3D1000"  # ms: who writes for a person steps back where parts are held
GUESTS = int(os.environ.get("TORTURE_WORKERS", "4")) - 1
SETTINGS = {
    "MAKEGOOD_INTAKE_SECRET": INTAKE_SECRET,
    "MAKEGOOD_WEBHOOK_SECRET": WEBHOOK_SECRET,
    "MAKEGOOD_RESTART_PAUSE": "1",  # what is killed every minute is not to stay away for one
}


class WholeDoors:
    """Messages come in by the web; supervisors press Resume."""

    def __init__(self, told: Instance, desk: Desk) -> None:
        self.web = httpx.Client(base_url=told.addresses["web"], timeout=10)
        self.prefect = httpx.Client(base_url=told.addresses["prefect_api"], timeout=10)
        self.devices = Devices(desk, SUPERVISORS)

    def write(self, nr: int, story: Story, order: str) -> str:
        body = {
            "external_id": f"message-{nr}",
            "channel": "email",
            "procedure": story.procedure,
            "reason": story.reason,
            "order": order,
            "email": f"buyer-{nr}@example.com",
            "text": "It is about my order.",
        }
        try:
            return str(post_signed(self.web, "/intake", body, INTAKE_SECRET)["case"])
        except AssertionError as refused:  # the database is away: the channel sends it again
            raise OSError(str(refused)) from refused

    def decide(self, standing: Standing) -> bool:
        if standing.status != "suspended" or standing.run is None:
            return False
        seen = self.prefect.get(f"/flow_runs/{standing.run}")
        if not seen.is_success or seen.json()["state"]["name"] != "Suspended":
            return False
        free = self.devices.free()
        if free is None:
            return False
        answer = {"decision": "approve", "amount": "", "note": "", "approver": free[0], "code": free[1]}
        told = self.prefect.post(f"/flow_runs/{standing.run}/resume", json={"run_input": answer})
        return told.is_success and told.json()["status"] == "ACCEPT"

    def close(self) -> None:
        self.web.close()
        self.prefect.close()


class WholeLine:
    """Fulfils `line.Line`. The instance's keeper starts again what is its own; the guest is ours to keep."""

    def __init__(self, told: Instance) -> None:
        self.told = told
        self.home = told.home
        known = instance.read(self.home)
        assert known is not None
        self.settings = _settings(self.home, known)
        self.desk = make_desk(self.settings)
        self.doors = WholeDoors(told, self.desk)
        watch, world = Watch(known.database_url), World(known.sandbox)
        self.people = People(self.desk, watch, world, self.doors, by=self.doors.devices.colleague)
        server = postgres.find((self.home / "postgres").resolve())
        assert server is not None
        self.addresses: dict[Database, str] = {
            "store": server.database("makegood"),
            "prefect": server.database("prefect"),
        }
        self.deployments = {
            name: str(self.told.prefect(f"/deployments/name/{name}/{name}")["id"])
            for name in ("sweep", "bulk")
        }
        environment = parts.environment(self.home, known)
        self.nursery = Nursery(
            "tests.torture.nursery", log=self.home / "logs" / "guests.log", environment=environment
        )
        self.guests: dict[str, int] = {}
        self._pids: dict[str, int] = dict(told.addresses["pids"])
        self._closing = threading.Event()
        self._watching = threading.Thread(target=self._watch_pids, name="status", daemon=True)
        self._watching.start()
        self.keep()

    def parts(self) -> dict[str, int]:
        kept = {name: pid for name, pid in self._pids.items() if name != "sandbox"}
        return kept | self.guests

    def _watch_pids(self) -> None:
        """By `makegood status --json`, asked again whenever the keeper has started something."""
        read_at = 0.0
        while not self._closing.wait(0.2):
            with suppress(OSError, ValueError, KeyError):  # half the installation may be dead: it asks again
                changed = (self.home / "instance.json").stat().st_mtime
                if changed > read_at:
                    told = self.told.run("status", "--json", ok=False).stdout
                    self._pids, read_at = json.loads(told)["pids"], changed

    def keep(self) -> None:
        for name in (f"worker-{nr}" for nr in range(1, GUESTS + 1)):
            if not is_alive(self.guests.get(name, 0)):
                self.guests[name] = self.nursery.bear()

    def sweep(self) -> None:
        self._start("sweep")

    def bulk(self) -> None:
        self._start("bulk")

    def _start(self, name: str) -> None:
        told = self.doors.prefect.post(f"/deployments/{self.deployments[name]}/create_flow_run", json={})
        told.raise_for_status()

    def all_up(self) -> bool:
        known = instance.read(self.home)
        return known is not None and all(is_alive(process.pid) for process in known.processes.values())

    def lease(self) -> float:
        return self.desk.lease.total_seconds()

    def close(self) -> None:
        self._closing.set()
        self._watching.join(20)
        self.nursery.close()
        self.doors.close()
        self.people.watch.close()
        self.people.world.close()
        self.desk.store.close()


def _settings(home: Path, known: instance.Instance) -> Settings:
    return Settings(
        home=home,
        database_url=f"{known.database_url}?options={IMPATIENT}",
        prefect_api_url=known.prefect_api,
        web_url=known.web,
        sandbox_url=known.sandbox,
        seller_api_url=known.sandbox,
        clock="sandbox",
    )


@contextmanager
def whole_line() -> Iterator[WholeLine]:
    """Started on free ports in a home of its own; everything that was started is stopped, by process id."""
    with running(**SETTINGS) as told:
        line = WholeLine(told)
        try:
            yield line
        finally:
            line.close()
