"""Workers without Prefect, to be killed: `python -m tests.torture.driver STORE SANDBOX FOLDER`.

Each empties the outbox and drives what was asked for; a leg that was asked for and not driven dies with
it, as a run dies with its worker. Everything else is the product's own.
"""

from __future__ import annotations

import queue
import sys
import threading
import time
import traceback
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import NoReturn
from uuid import UUID, uuid4

from pydantic import SecretStr

from makegood.core.decisions import Do
from makegood.desk import bulk, legs, outgoing, sweeping
from makegood.desk.desk import Desk
from makegood.desk.engine import Form, Run
from makegood.settings import Settings
from makegood.wiring import make_desk
from tests.torture import nursery

KEY = "5a" * 32
LEASE, CALL = timedelta(seconds=10), timedelta(seconds=2)
THREADS = 4


class Here:
    """Fulfils the desk's two ports to an engine: what is started is driven by this process.

    Every run that anybody asks about is suspended, with a form: answers come by the inbox.
    """

    def __init__(self) -> None:
        self.started: queue.SimpleQueue[str] = queue.SimpleQueue()

    def start(
        self,
        deployment: str,
        case: str | None,
        *,
        key: str,
        name: str,
        tags: Sequence[str] = (),
        batch: int | None = None,
    ) -> UUID:
        if case is not None:
            self.started.put(case)
        return uuid4()

    def cancel(self, run: UUID, why: str) -> bool:
        return True

    def runs(self, ids: Collection[UUID]) -> dict[UUID, Run]:
        now = datetime.now(UTC)
        return {run: Run(run, "", "PAUSED", "Suspended", now, None, (), "form") for run in ids}

    def suspended(self) -> Iterator[Run]:
        return iter(())

    def begun(self) -> Iterator[Run]:
        return iter(())

    def form(self, run: Run) -> Form | None:
        return None

    def is_unanswerable(self, run: Run) -> bool:
        return False

    def bury(self, run: UUID, why: str) -> bool:
        return False

    def given(self, run: UUID) -> None:
        return None

    def resume(self, run: UUID, answers: Mapping[str, str]) -> None:
        raise AssertionError("nobody resumes here")


def short_desk(store_url: str, sandbox: str, folder: Path, engine: Here) -> Desk:
    """As everywhere, with a shorter patience: a test has no minute for a lease to run out."""
    config = Settings(
        home=folder,
        database_url=store_url,
        seller_api_url=sandbox,
        clock="sandbox",
        master_key=SecretStr(KEY),
        link_secret=SecretStr("torture"),
    )
    desk = make_desk(config, CALL)
    return replace(desk, engine=engine, forms=engine, lease=LEASE, call_time=CALL)


def main(store_url: str, sandbox: str, folder: Path) -> None:
    engine = Here()
    desk = short_desk(store_url, sandbox, folder, engine)
    nursery.serve(lambda: _work(desk, engine))


def _work(desk: Desk, engine: Here) -> NoReturn:
    for _ in range(THREADS):
        threading.Thread(target=_forever, args=(lambda: _drive(desk, engine),), daemon=True).start()
    for work in (_sweep, _bulk):
        threading.Thread(target=_forever, args=(partial(work, desk),), daemon=True).start()
    _forever(lambda: _drain(desk))


def _forever(work: Callable[[], None]) -> NoReturn:
    while True:
        try:
            work()
        except Exception:  # noqa: BLE001  # the database is away, or a leg broke: others go on
            traceback.print_exc()
            time.sleep(0.3)


def _perform(do: Do, call: Callable[[], None]) -> None:
    call()


def _drive(desk: Desk, engine: Here) -> None:
    run, case = str(uuid4()), engine.started.get()
    leg = legs.drive(desk, case, run, _perform, run_id=run)
    if leg.end == "apart":  # its worker was killed twice; it is no worse than any other
        legs.drive(desk, case, run, _perform, run_id=run, apart=True)


def _sweep(desk: Desk) -> None:
    time.sleep(1)
    sweeping.sweep(desk)


def _bulk(desk: Desk) -> None:
    """Every ready case, beside the legs."""
    time.sleep(3)
    bulk.drain(desk, f"bulk {uuid4()}", size=20, lanes=1, calls=2)


def _drain(desk: Desk) -> None:
    if not outgoing.drain(desk):
        time.sleep(0.05)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
