"""The long-lived worker, `python -m flows.worker`: runs legs in this process and sends the outbox."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from flows.scrubbing import scrub
from makegood.settings import Settings

if TYPE_CHECKING:
    from flows.crew import Crew
    from flows.ears import Ears
    from flows.seam import Desk

log = logging.getLogger("makegood.worker")

POLL = 0.25  # seconds between looks while Prefect's events are not heard
HEARD = 1.0  # seconds between looks while they are: a Resume wakes us, what the clock makes due does not
OUTBOX = 2.0  # seconds between looks into the outbox, when no notification comes
CHECK = 15.0  # seconds between looks whether somebody has deleted deployments: without them, no sweep comes
SLOWEST = 5.0  # seconds; how rarely we try while a server is away
PATIENCE = 30.0  # seconds for legs under way when we are told to stop; less than the lease of 60 s


def main() -> int:
    """Until SIGTERM or SIGINT. A Prefect server or a database that is away is waited for."""
    _log_to_stderr()
    settings = Settings()
    prepare(settings)
    from flows import seam

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    work(seam.desk(), settings.worker_limit, stop)
    return 0


def _log_to_stderr() -> None:
    """On our own logger: Prefect sets up the root one, for itself, when it is imported."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(levelname)s %(message)s"))
    ours = logging.getLogger("makegood")
    ours.addHandler(handler)
    ours.setLevel(logging.INFO)
    ours.propagate = False


def prepare(settings: Settings) -> None:
    """Prefect reads its settings when it is imported, so before that."""
    os.environ.setdefault("PREFECT_API_URL", settings.prefect_api_url)
    if settings.prefect_password is not None:
        os.environ.setdefault("PREFECT_API_AUTH_STRING", settings.prefect_password)
    os.environ.setdefault("PREFECT_HOME", str(settings.home / "prefect"))
    os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
    os.environ.setdefault("DO_NOT_TRACK", "1")


def work(desk: Desk, limit: int, stop: threading.Event) -> None:
    """The worker without its process: what `main` does between the signals."""
    from prefect.client.orchestration import get_client
    from prefect.settings import PREFECT_CLIENT_MAX_RETRIES, temporary_settings

    from flows import automations, deployments, prefect_patches
    from flows.crew import Crew
    from flows.ears import Ears
    from makegood.running import collecting

    prefect_patches.lighten()
    collecting.rarely()
    # in this thread only: the client would sleep for minutes where we want to look again, or to stop
    with temporary_settings({PREFECT_CLIENT_MAX_RETRIES: 0}), get_client(sync_client=True) as client:
        crew = Crew(client, deployments.POOL, f"{socket.gethostname()}-{os.getpid()}", limit)
        desk.hire(crew)
        drainer = threading.Thread(target=_drain, args=(desk, stop), name="outbox", daemon=True)
        drainer.start()

        def deploy() -> list[str]:
            return [*deployments.apply(client), *automations.apply(client, Settings())]

        ears = Ears(crew.wake)
        ears.open()
        log.info("worker up: %d legs at once, Prefect at %s", limit, client.api_url)
        _look(crew, ears, lambda: deployments.are_there(client), deploy, stop)
        log.info("stopping: finishing what is under way")
        ears.close()
        left = crew.drain(PATIENCE)
        log.info("stopped; %d handed back", left)


def _look(
    crew: Crew,
    ears: Ears,
    are_deployed: Callable[[], bool],
    deploy: Callable[[], object],
    stop: threading.Event,
) -> None:
    from prefect.exceptions import ObjectNotFound

    pause, check_at = POLL, 0.0
    while not stop.is_set():
        try:
            crew.look()
            if time.monotonic() >= check_at:
                check_at = time.monotonic() + CHECK
                if not are_deployed():
                    log.warning("deployments are missing; applying them")
                    deploy()
            if pause > POLL:
                log.info("Prefect answers again")
            pause = POLL
        except ObjectNotFound:
            log.warning("the pool is gone; was Prefect's database wiped? Applying the deployments")
            pause = _back_off(pause, deploy)
        except Exception as error:  # noqa: BLE001  # whatever it is, the worker stays
            if pause == POLL:
                log.warning("Prefect does not answer (%s); trying on", scrub(error))
            pause = min(pause * 1.5, SLOWEST)
        crew.rest(HEARD if pause == POLL and ears.hearing else pause)


def _back_off(pause: float, deploy: Callable[[], object]) -> float:
    try:
        deploy()
    except Exception as error:  # noqa: BLE001  # tried again soon
        log.warning("deployments not applied (%s)", scrub(error))
        return min(pause * 1.5, SLOWEST)
    return POLL


def _drain(desk: Desk, stop: threading.Event) -> None:
    """Notified, or every two seconds. What cannot be sent stays in the outbox."""
    while not stop.is_set():
        try:
            for _ in desk.listen(OUTBOX):
                if stop.is_set():
                    return
                desk.drain()
        except Exception as error:  # noqa: BLE001  # the database may be away; the thread stays
            log.warning("the outbox waits (%s)", scrub(error))
            stop.wait(OUTBOX)


if __name__ == "__main__":
    sys.exit(main())
