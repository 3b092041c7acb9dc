"""What Prefect's server tells by itself: that somebody has pressed Resume, in the moment in which they do."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

from prefect.events.clients import get_events_subscriber
from prefect.events.filters import EventFilter, EventNameFilter, EventOccurredFilter

from flows.scrubbing import scrub

log = logging.getLogger("makegood.worker")

RESUMING = "prefect.flow-run.Resuming"
AGAIN = 5.0  # seconds between attempts to listen


class Ears:
    """A thread of its own, until it is closed. What it misses, the worker's looks find."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._hearing = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._listening = self._loop.create_task(self._listen())
        self._thread = threading.Thread(target=self._run, name="ears", daemon=True)

    @property
    def hearing(self) -> bool:
        """Whether a Resume would be heard now."""
        return self._hearing.is_set()

    def open(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._listening.cancel)
        self._thread.join(AGAIN)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        with suppress(asyncio.CancelledError):
            self._loop.run_until_complete(self._listening)
        self._loop.close()

    async def _listen(self) -> None:
        while True:
            try:
                await self._hear()
            except Exception as error:  # noqa: BLE001  # whatever it is, we look more often meanwhile
                if self._hearing.is_set():
                    log.warning("Prefect's events are not heard (%s); looking more often", scrub(error))
            self._hearing.clear()
            await asyncio.sleep(AGAIN)

    async def _hear(self) -> None:
        since = EventOccurredFilter(since=datetime.now(UTC))  # what was before, the next look finds
        wanted = EventFilter(event=EventNameFilter(name=[RESUMING]), occurred=since)
        async with get_events_subscriber(filter=wanted, reconnection_attempts=0) as events:
            self._hearing.set()
            self._wake()  # for what was resumed while nobody listened
            async for _ in events:
                self._wake()
