"""The sandbox's clock for a line that moves it itself: asked after each move, not every half second."""

from __future__ import annotations

from datetime import datetime, timedelta

from makegood.gateways.http import Endpoint
from makegood.gateways.seller.clock import SandboxClock

A_PLAY = timedelta(hours=1)


class MovedClock:
    """Nobody else may move it."""

    def __init__(self, api: Endpoint) -> None:
        self._api = api
        self.moved()

    def moved(self) -> None:
        self._clock = SandboxClock(self._api, fresh_for=A_PLAY)

    def now(self) -> datetime:
        return self._clock.now()
