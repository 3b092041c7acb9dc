"""What the routes share: database, fault switches, outgoing webhooks, and one call's door to them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from makegood.sandbox.database import Database, Transaction
from makegood.sandbox.faults import Hit, Switchboard
from makegood.sandbox.sender import Sender
from makegood.sandbox.setup import Setup


@dataclass(frozen=True)
class World:
    setup: Setup
    database: Database
    switchboard: Switchboard
    sender: Sender


@dataclass(frozen=True)
class Call:
    """One request: its world, and what the fault switches drew for it."""

    world: World
    hit: Hit
    route: str
    path: str

    @contextmanager
    def begin(self) -> Iterator[Transaction]:
        """Commits at exit, and only then lets the webhooks of the transaction go."""
        with self.world.database.begin(self.hit) as tx:
            yield tx
        self.world.sender.nudge()


def take_call(request: Request) -> Call:
    return Call(request.app.state.world, request.state.hit, request.scope["route"].name, request.url.path)


Caller = Annotated[Call, Depends(take_call)]
