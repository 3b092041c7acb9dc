"""Borrowing a case: a colleague's doing holds its lease for a moment, and the case stays as it stands."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from makegood.core.errors import Refusal
from makegood.desk import holding
from makegood.desk.desk import Desk
from makegood.desk.driving import Hand, load
from makegood.store import cases, inbox, leases
from makegood.store.models import Case

_TRIES, _PAUSE = 40, 0.25  # ten seconds: most legs are shorter


class CaseBusy(Refusal):
    """A leg holds the case; what was to be done can be done in a moment."""

    def __init__(self, number: str) -> None:
        super().__init__(f"{number} is being worked on this moment; try again in a few seconds")
        self.number = number


@contextmanager
def held(desk: Desk, case: Case) -> Iterator[Hand]:
    """The case's lease for one doing; its status stays as it is. Raises CaseBusy."""
    holder, fence = f"desk:{uuid4()}", None
    for _ in range(_TRIES):
        fence = leases.acquire(desk.store, case.id, holder, desk.lease)
        if fence is not None:
            break
        time.sleep(_PAUSE)
    if fence is None:
        raise CaseBusy(case.number)
    try:
        with desk.store.begin() as tx:
            state, plan = load(tx, case.id), desk.plans.of(tx, case.version)
        yield Hand(desk, case.id, case.number, plan, state, fence, holder)
    except holding.LOST as error:
        raise CaseBusy(case.number) from error
    finally:
        leases.release(desk.store, case.id, fence)
        _wake(desk, case)


def _wake(desk: Desk, case: Case) -> None:
    """A leg that found the case held has stepped back: what it came for is still unread."""
    with desk.store.begin() as tx:
        if inbox.unread(tx, case.id):
            cases.wake(tx, case.id, desk.now())
