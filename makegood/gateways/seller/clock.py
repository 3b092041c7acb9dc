"""The sandbox's movable clock."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from threading import Lock

from makegood.gateways.http import Endpoint
from makegood.gateways.outcomes import Unavailable
from makegood.gateways.results import Instant, Result


class _Reading(Result):
    now: Instant
    offset_seconds: float


class SandboxClock:
    """Real time plus the sandbox's offset, which is asked for at most every `fresh_for`.

    While the sandbox is down the last offset holds; before the first answer it raises `Unavailable`.
    """

    def __init__(self, api: Endpoint, fresh_for: timedelta = timedelta(seconds=0.5)) -> None:
        self._api = api
        self._fresh_for = fresh_for.total_seconds()
        self._lock = Lock()
        self._offset: timedelta | None = None
        self._read_at = 0.0

    def now(self) -> datetime:
        """Aware, UTC."""
        with self._lock:
            if self._offset is None or time.monotonic() - self._read_at > self._fresh_for:
                self._offset = self._read()
                self._read_at = time.monotonic()
            return datetime.now(UTC) + self._offset

    def _read(self) -> timedelta:
        try:
            return timedelta(seconds=self._api.get(_Reading, "/clock", retry=False).offset_seconds)
        except Unavailable:
            if self._offset is None:
                raise
            return self._offset
