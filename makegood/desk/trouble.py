"""Trouble: cases that break or kill what drives them are set apart, then given to an engineer.

A leg that raises is tried again, later each time. A case over which a worker has died twice in a row is
driven once in a process of its own; when that dies, too, nobody drives it until an engineer says so.
"""

from __future__ import annotations

import traceback
from datetime import datetime, timedelta

from makegood.desk import noting
from makegood.desk.alive import has_died
from makegood.desk.desk import Desk
from makegood.store import cases, tasks, troubles
from makegood.store.leases import Taken
from makegood.store.models import Case
from makegood.store.transaction import Tx
from makegood.store.words import Role, TaskKind, TaskStatus

BROKE, KILLS = "leg-broke", "kills-its-worker"
APART_AFTER = 2
_TOLD_AFTER = 2
_GROWTH = 4
_LONGEST = timedelta(hours=6)
_HANDED = timedelta(days=1)
_SAID = 300  # characters


def set_apart(desk: Desk, tx: Tx, case: Case, taken: Taken) -> str:
    """`apart` when the case must have a process of its own, `handed` when a person has it, else empty."""
    trouble, now, deaths = troubles.of_case(tx, case.id), desk.now(), 0
    if trouble is not None:
        deaths = trouble.deaths
        if trouble.handed_at is not None:
            if _is_with_a_person(tx, case):
                cases.put_off(tx, case.id, taken.fence, waits_on="engineer", until=now + _HANDED)
                return "handed"
            deaths = APART_AFTER
            troubles.try_again(tx, case.id, deaths)
    if taken.left is not None and has_died(taken.left):
        deaths = troubles.died(tx, case.id, now)
    if deaths > APART_AFTER:
        _hand(desk, tx, case, taken.fence, deaths, now)
        return "handed"
    return "apart" if deaths == APART_AFTER else ""


def broke(desk: Desk, case_id: int, fence: int, step: str, error: Exception) -> None:
    """Tried again, later each time; after the second in a row an engineer knows.

    The journal, which is sealed, keeps what was said and where; a task's own words name the error only.
    """
    with desk.store.begin() as tx:
        case, now = cases.lock(tx, case_id, fence), desk.now()
        times = troubles.broke(tx, case_id, now)
        wait = min(desk.lease * int(_GROWTH ** min(times - 1, 6)), _LONGEST)
        if case.wake_at is not None:
            cases.look_again(tx, case_id, now + wait)
        seq = noting.note(tx, case, BROKE, {"error": type(error).__name__, "step": step, **_told(error)}, now)
        if times == _TOLD_AFTER:
            _open(desk, tx, case, BROKE if seq else f"{BROKE} {type(error).__name__}", seq or case.seq)


def _hand(desk: Desk, tx: Tx, case: Case, fence: int, deaths: int, now: datetime) -> None:
    seq = noting.note(tx, case, KILLS, {"deaths": deaths, "step": case.step or ""}, now)
    _open(desk, tx, case, KILLS, seq or case.seq)
    troubles.hand(tx, case.id, now)
    cases.put_off(tx, case.id, fence, waits_on="engineer", until=now + _HANDED)


def _told(error: Exception) -> dict[str, str | int]:
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    at = " < ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in reversed(frames))
    return {"said": str(error)[:_SAID], "at": at}


def _is_with_a_person(tx: Tx, case: Case) -> bool:
    return any(t.why == KILLS and t.status is TaskStatus.OPEN for t in tasks.of_case(tx, case.id))


def _open(desk: Desk, tx: Tx, case: Case, why: str, seq: int) -> None:
    due = desk.library.calendars.add(desk.now(), "8bh", Role.ENGINEER.value)
    new = tasks.NewTask(
        step=case.step or "",
        visit=1,
        question_seq=seq,
        role=Role.ENGINEER,
        why=why,
        due=due,
        kind=TaskKind.REPAIR,
    )
    tasks.open(tx, case.id, new, desk.now())
