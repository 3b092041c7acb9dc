"""Sweeping: what is due is driven on, and what a crash left behind is found and taken up again."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from makegood.desk import auditing, batching, burying, reconciling, ruling, telling
from makegood.desk.desk import Desk
from makegood.gateways.outcomes import Outcome
from makegood.store import cases, inbox, leases, outbox

Stage = Callable[[Desk], Mapping[str, int]]

log = logging.getLogger(__name__)
_PAGE = 2000
"""Due cases to a transaction: few enough that no leg waits for its case's row for long."""
_START_LOST = timedelta(minutes=2)
"""On the case's clock: a run that was asked for and has not begun by then is asked for again."""


def sweep(desk: Desk) -> Mapping[str, int] | None:
    """Counts by what was done; None when another sweep is under way. Safe to run at any time."""
    desk = ruling.current(desk)
    with desk.store.begin() as guard:
        if not leases.only_one(guard, "makegood-sweep"):
            return None
        counts: Counter[str] = Counter()
        # answers first: what was given in time goes before a timer that came due after it
        for stage in (
            _reconciled,
            batching.see_to,
            _buried,
            _wake_due,
            _wake_stranded,
            _ask_again,
            batching.offer,
        ):
            _run(stage, desk, counts)
    _run(_told, desk, counts)
    _run(_signatures, desk, counts)
    _run(_checkpoint, desk, counts)  # it may take minutes, and the next sweep must not wait for it
    return counts


def _run(stage: Stage, desk: Desk, counts: Counter[str]) -> None:
    """One stage that breaks keeps no other from its work."""
    try:
        counts.update(stage(desk))
    except Exception:
        log.exception("the sweep broke in %s", getattr(stage, "__name__", stage))
        counts["stages that broke"] += 1


def _buried(desk: Desk) -> Mapping[str, int]:
    return {"left by the dead": burying.bury(desk)}


def _wake_due(desk: Desk) -> Mapping[str, int]:
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
            return {"woken": woken}


def _wake_stranded(desk: Desk) -> Mapping[str, int]:
    """What arrived for a closed case, and whose leg was lost, is read after all."""
    now = desk.now()
    with desk.store.begin() as tx:
        found = inbox.stranded(tx, now - _START_LOST)
        for case_id in found:
            cases.wake(tx, case_id, now)
    return {"stranded answers": len(found)}


def _ask_again(desk: Desk) -> Mapping[str, int]:
    """Legs that were asked for and never began: a wiped Prefect database, a run lost with its worker."""
    with desk.store.begin() as tx:
        return {"starts asked for again": outbox.ask_again(tx, desk.now(), _START_LOST)}


def _told(desk: Desk) -> Mapping[str, int]:
    return {"questions told of after all": telling.catch_up(desk)}


def _signatures(desk: Desk) -> Mapping[str, int]:
    """In the worker's log and the run's summary each minute, until somebody signs it or puts it back."""
    told = ruling.tell(desk)
    if told.said:
        log.warning(told.said)
    return {"authority.yaml not as signed": int(told.standing.is_loud)}


def _checkpoint(desk: Desk) -> Mapping[str, int]:
    with desk.store.begin() as guard:
        if not leases.only_one(guard, "makegood-checkpoint"):
            return {}
        return {"checkpoints": int(auditing.keep_daily(desk))}


def _reconciled(desk: Desk) -> Counter[str]:
    try:
        return reconciling.reconcile(desk)
    except Outcome:
        return Counter()  # Prefect cannot be asked: nothing is known to be lost
