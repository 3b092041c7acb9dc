"""Noting: what is written into the journal of a case by somebody who does not drive it."""

from __future__ import annotations

import logging
from datetime import datetime

from makegood.core import events as ev
from makegood.core.facts import Facts
from makegood.store import journal, leases
from makegood.store.models import Case
from makegood.store.transaction import Tx

log = logging.getLogger(__name__)


def note(tx: Tx, case: Case, what: str, facts: Facts, now: datetime) -> int:
    """The event's number; 0 when the journal cannot be written, as its customer's key is no good.

    `case` has been read under its lock, or by whoever has its lease.
    """
    try:
        with tx.session.begin_nested():
            return journal.append(tx, case.id, [(ev.Noted(what=what, facts=facts), now)], case.fence)[-1]
    except Exception as error:  # noqa: BLE001  # what it goes with must be done all the same
        log.warning("%s: %s could not be noted (%s)", case.number, what, type(error).__name__)
        return 0


def repaired(tx: Tx, case: Case, what: str, facts: Facts, now: datetime) -> None:
    """A repair. While a leg drives, nothing is noted: it would have to step back for it."""
    if not leases.held(tx, case.id):
        note(tx, case, what, facts, now)
