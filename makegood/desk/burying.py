"""Burying: cases whose driver's process is gone go on at once, without waiting for its lease to run out."""

from __future__ import annotations

from makegood.desk.alive import is_gone
from makegood.desk.desk import Desk
from makegood.store import cases, leases


def bury(desk: Desk) -> int:
    """How many cases were held by nobody. A call that the dead one made may still arrive: as after any lost
    answer, it is looked up, and made again with its own key."""
    with desk.store.begin() as tx:
        held = leases.drivers(tx)
    gone = {process for process in {process for _, process in held} if is_gone(process)}
    buried = 0
    for case_id, process in held:
        if process in gone:
            with desk.store.begin() as tx:
                cases.lock(tx, case_id)
                if leases.end(tx, case_id, process):
                    cases.wake(tx, case_id, desk.now())
                    buried += 1
    return buried
