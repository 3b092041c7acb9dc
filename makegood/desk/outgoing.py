"""Outgoing: the outbox is emptied into Prefect: legs are started, runs that we closed are cancelled."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import assert_never
from uuid import UUID

from makegood.desk import noting, telling
from makegood.desk.desk import Desk
from makegood.desk.engine import Run, is_over
from makegood.gateways.outcomes import Outcome, Refused, Unavailable
from makegood.store import batches, cases, outbox
from makegood.store.models import Case, Outgoing
from makegood.store.transaction import Tx
from makegood.store.words import OutboxVerb

log = logging.getLogger(__name__)
_AGAIN_FIRST = timedelta(seconds=2)
_JUST_MADE = timedelta(seconds=30)
_AGAIN_MOST = timedelta(minutes=5)
BATCHES = "approve-batch/batch"
NAMED_FLOWS = frozenset({"refund", "cancel"})
"""Procedures with a flow of their own; every other runs through the generic one."""


def drain(desk: Desk) -> int:
    """How many rows were sent. Rows that another has taken are passed over; what fails is tried again.

    A transaction to a row: while Prefect takes its time, nobody else waits for more than this one. When it
    is away for one row, the others are not tried; a mail system that is away holds up only its letters.
    """
    sent, due = 0, desk.now()
    while True:
        with desk.store.begin() as tx:
            rows = outbox.take(tx, due, 1)
            error = _send(tx, desk, rows[0]) if rows else None
        if not rows or (isinstance(error, Unavailable) and rows[0].verb is not OutboxVerb.NOTIFY):
            return sent
        sent += error is None


def _send(tx: Tx, desk: Desk, row: Outgoing) -> Exception | None:
    """Why it was not sent; it is due again later."""
    now = desk.now()
    try:
        match row.verb:
            case OutboxVerb.START_LEG:
                _start(tx, desk, row)
            case OutboxVerb.START_BATCH:
                _start_batch(tx, desk, row)
            case OutboxVerb.CANCEL_RUN:
                desk.engine.cancel(UUID(row.payload["run"]), "the question was closed elsewhere")
            case OutboxVerb.NOTIFY:
                telling.send(tx, desk, row)
            case _:
                assert_never(row.verb)
    except Outcome as error:
        outbox.failed(tx, row.id, _word(error), now + _wait(row.attempts))
        return error
    except Exception as error:  # noqa: BLE001
        # a row that nobody planned for keeps no other waiting; its words may name a customer
        log.error("outbox row %d: %s", row.id, type(error).__name__)
        outbox.failed(tx, row.id, type(error).__name__, now + _wait(row.attempts))
        return error
    outbox.sent(tx, row.id, now)
    return None


def _start_batch(tx: Tx, desk: Desk, row: Outgoing) -> None:
    batch = batches.get(tx, row.payload["batch"])
    assert batch is not None
    name = f"batch {batch.id} · {batch.procedure} · {batch.market}"
    tags = (f"procedure:{batch.procedure}", f"market:{batch.market}")
    key = row.dedupe_key or f"outbox:{row.id}"
    desk.engine.start(BATCHES, None, key=key, name=name, tags=tags, batch=batch.id)


def _word(error: Outcome) -> str:
    """A class and a code: an error's own text may come from outside."""
    code = error.code if isinstance(error, Refused | Unavailable) else ""
    return f"{type(error).__name__} {code}".strip()


def _wait(attempts: int) -> timedelta:
    return min(_AGAIN_FIRST * int(2 ** min(attempts, 10)), _AGAIN_MOST)


def _start(tx: Tx, desk: Desk, row: Outgoing) -> None:
    case = cases.by_number(tx, row.payload["case"])
    assert case is not None
    key = row.dedupe_key or f"outbox:{row.id}"
    for number in range(row.attempts + 1):
        run = _run(desk, case, f"{key}:{number}" if number else key)
        known = desk.engine.runs([run]).get(run) if row.attempts else None
        if known is None or not is_over(known):
            # a run that waits for its worker, or works: another would only step back
            _note_replacement(tx, desk, row, case, known)
            return


def _note_replacement(tx: Tx, desk: Desk, row: Outgoing, case: Case, run: Run | None) -> None:
    """A leg that was asked for before, and only now has a run: its first one was lost."""
    sent_before = row.attempts > 0 and row.error is None
    if sent_before and run is not None and datetime.now(UTC) - run.since < _JUST_MADE:
        locked = cases.lock(tx, case.id)
        noting.repaired(tx, locked, "leg-asked-for-again", {"run": str(run.id)}, desk.now())


def _run(desk: Desk, case: Case, key: str) -> UUID:
    name = f"{case.procedure} · {case.number} · {case.market}"
    tags = (f"procedure:{case.procedure}", f"market:{case.market}")
    return desk.engine.start(deployment_of(case.procedure), case.number, key=key, name=name, tags=tags)


def deployment_of(procedure: str) -> str:
    return f"{procedure}/legs" if procedure in NAMED_FLOWS else "procedure/legs"
