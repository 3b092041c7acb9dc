"""The short line: PostgreSQL and two drivers as processes that can be killed, the sandbox in this one."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from makegood import databases, postgres
from makegood.desk import hearing, intake, questions, sweeping
from makegood.desk.desk import Desk
from makegood.sandbox.app import make_app
from makegood.store import inbox, schema
from tests.conftest import server_folder
from tests.sandbox.serving import Listener, listening, serving
from tests.torture.devices import Devices
from tests.torture.driver import LEASE, Here, short_desk
from tests.torture.line import POSTGRES, is_alive
from tests.torture.moments import Database
from tests.torture.nursery import Nursery
from tests.torture.people import People
from tests.torture.stories import Story
from tests.torture.watching import Standing, Watch
from tests.torture.world import World

WORKERS = ("worker-1", "worker-2")
SUPERVISORS = 40


class ShortDoors:
    """Straight into the desk: no web, no Prefect."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.devices = Devices(desk, SUPERVISORS)

    def write(self, nr: int, story: Story, order: str) -> str:
        message = intake.Message(
            external_id=f"message-{nr}",
            channel="email",
            procedure=story.procedure,
            reason=story.reason,
            text="It is about my order.",
            order=order,
            email=f"buyer-{nr}@example.com",
        )
        return intake.receive(self.desk, message).number

    def decide(self, standing: Standing) -> bool:
        free = self.devices.free()
        if standing.status != "suspended" or standing.asked is None or free is None:
            return False
        now, answered = self.desk.now(), datetime.now(UTC)
        fields = {"decision": "approve", "amount": "", "note": "", "approver": free[0], "code": free[1]}
        with self.desk.store.begin() as tx:
            inbox.put(
                tx,
                standing.id,
                source="prefect",
                external_id=f"run-{uuid4()}",
                name="approval",
                match=questions.key_of(standing.number, standing.asked),
                payload={"fields": fields, "answered_at": answered.isoformat()},
                received_at=now,
                now=now,
            )
        return True


class ShortLine:
    """Fulfils `line.Line`, and is its keeper, too."""

    def __init__(self, folder: Path, server: postgres.Server, sandbox: str, listener: Listener) -> None:
        self.folder = folder
        self.server = server
        self.listener = listener
        self.heard = 0
        self.store_url = server.database("makegood", databases.APPLICATION)
        self.desk = short_desk(self.store_url, sandbox, folder, Here())
        doors = ShortDoors(self.desk)
        self.people = People(
            self.desk, Watch(self.store_url), World(sandbox), doors, by=doors.devices.colleague
        )
        self.addresses: dict[Database, str] = {"store": server.database("makegood")}
        self.workers: dict[str, int] = {}
        self.nursery = Nursery(
            *("tests.torture.driver", self.store_url, sandbox, str(folder)),
            log=folder / "drivers.log",
            environment=os.environ,
        )
        self.keep()

    def parts(self) -> dict[str, int]:
        return {POSTGRES: self.server.pid, **self.workers}

    def keep(self) -> None:
        if not is_alive(self.server.pid):
            self.server = postgres.start(self.folder / "data", self.server.port, isolation="throwaway")
        for name in WORKERS:
            if not is_alive(self.workers.get(name, 0)):
                self.workers[name] = self.nursery.bear()
        for delivery in self.listener.deliveries[self.heard :]:
            self._hear(delivery.event)
            self.heard += 1

    def _hear(self, event: dict[str, object]) -> None:
        """As `web.webhooks` does; what no procedure waits for is let go."""
        data = event["data"]
        assert isinstance(data, dict)
        name = str(event["type"])
        if not name.startswith(("parcel.", "claim.")) or name not in hearing.EVENTS:
            return
        report = hearing.Report(
            source=name.split(".")[0],
            id=str(event["id"]),
            name=name,
            order=str(data["order_id"]),
            match=str(data.get("tracking") if name.startswith("parcel.") else data.get("claim_id")),
            facts={},
            occurred_at=self.desk.now(),
        )
        hearing.hear(self.desk, report)

    def sweep(self) -> None:
        sweeping.sweep(self.desk)

    def bulk(self) -> None:
        """The drivers do so by themselves."""

    def all_up(self) -> bool:
        return all(map(is_alive, self.parts().values()))

    def lease(self) -> float:
        return LEASE.total_seconds()

    def close(self) -> None:
        for pid in self.workers.values():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.nursery.close()
        self.people.watch.close()
        self.people.world.close()
        self.desk.store.close()
        postgres.stop(self.server)


@contextmanager
def short_line() -> Iterator[ShortLine]:
    """On a server of its own, since it is killed."""
    with server_folder() as folder, listening() as listener:
        server = postgres.start(folder / "data", isolation="throwaway")
        for role in (databases.OWNER, databases.APPLICATION):
            databases.create_role(server.url, role, postgres.role_password(server.secret, role))
        for name in ("makegood", "sandbox"):
            databases.create_database(server.url, name, owner=databases.OWNER)
        schema.upgrade(server.database("makegood", databases.OWNER))
        app = make_app(
            database_url=server.database("sandbox", databases.OWNER),
            webhook_url=listener.address,
            webhook_secret="nobody checks it here",
            sample=False,
        )
        with serving(app) as sandbox:
            line = ShortLine(folder, server, sandbox, listener)
            try:
                yield line
            finally:
                line.close()
