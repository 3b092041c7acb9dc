"""What the routes share: database, fault switches, outgoing webhooks, and one call's door to them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Request

from makegood.sandbox.database import Database, Transaction
from makegood.sandbox.errors import Refused
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


def check_token(request: Request, authorization: Annotated[str | None, Header()] = None) -> None:
    expected = request.app.state.world.setup.token
    if expected is not None and authorization != f"Bearer {expected}":
        raise Refused(401, "unauthorised", "Send the seller's token as 'Authorization: Bearer ...'.")


Caller = Annotated[Call, Depends(take_call)]
