"""Sweeping: what is due is driven on, and what a crash left behind is found and taken up again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

from makegood.desk import auditing
from makegood.desk.desk import Desk
from makegood.desk.engine import is_over
from makegood.gateways.outcomes import Outcome
from makegood.store import approvals, cases, inbox, leases, outbox
from makegood.store.models import Approval
from makegood.store.words import CaseStatus

_BATCH = 500
_PAGE = 2000
"""Due cases to a transaction: few enough that no leg waits for its case's row for long."""
_START_LOST = timedelta(minutes=2)
"""On the case's clock: a run that was asked for and has not begun by then is asked for again."""


def sweep(desk: Desk) -> Mapping[str, int] | None:
    """Counts by what was done; None when another sweep is under way. Safe to run at any time."""
    with desk.store.begin() as guard:
        if not leases.only_one(guard, "makegood-sweep"):
            return None
        counts: Counter[str] = Counter()
        counts["woken"] = _wake_due(desk)
        counts["stranded answers"] = _wake_stranded(desk)
        counts["starts asked for again"] = _ask_again(desk)
        counts["questions asked again"] = _questions(desk)
        counts["checkpoints"] = int(auditing.keep_daily(desk))
        return counts


def _wake_due(desk: Desk) -> int:
    """Due timers, leases that ran out, and cases that somebody woke: each gets a leg.

    A case that a living leg holds is looked at again when its lease has run out.
    """
    woken, now = 0, desk.now()
    after: tuple[datetime, int] | None = None
    while True:
        with desk.store.begin() as tx:
            page = cases.wake_due(tx, now, lease=desk.lease, after=after, limit=_PAGE)
        woken, after = woken + page.cases, page.last
        if after is None:
            return woken


def _wake_stranded(desk: Desk) -> int:
    """What arrived for a closed case, and whose leg was lost, is read after all."""
    now = desk.now()
    with desk.store.begin() as tx:
        found = inbox.stranded(tx, now - _START_LOST)
        for case_id in found:
            cases.wake(tx, case_id, now)
    return len(found)


def _ask_again(desk: Desk) -> int:
    """Legs that were asked for and never began: a wiped Prefect database, a run lost with its worker."""
    with desk.store.begin() as tx:
        return outbox.ask_again(tx, desk.now(), _START_LOST)


def _questions(desk: Desk) -> int:
    """An open approval whose run is gone, ended, or cannot be answered gets another run."""
    with desk.store.begin() as tx:
        waiting = [
            (approval, case)
            for approval, case in approvals.waiting(tx, limit=_BATCH)
            if case.status is CaseStatus.SUSPENDED
        ]
    try:
        lost = [case for approval, case in waiting if _is_lost(desk, approval)]
    except Outcome:
        return 0  # Prefect cannot be asked: nothing is known to be lost
    for case in lost:
        with desk.store.begin() as tx:
            cases.wake(tx, case.id, desk.now())
    return len(lost)


def _is_lost(desk: Desk, approval: Approval) -> bool:
    if approval.run_id is None:
        return True
    run = desk.engine.runs([approval.run_id]).get(approval.run_id)
    return run is None or is_over(run) or desk.forms.is_unanswerable(run)
