"""Reconciling: runs are compared with cases, and what a crash, a person or a wipe left apart is joined again.

Every repair may be made twice without harm, and is noted once in its case's journal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import islice
from uuid import UUID

from makegood.desk import delivering, noting, questions
from makegood.desk.desk import Desk
from makegood.desk.engine import Run, is_dead, is_over
from makegood.store import approvals, cases, leases, outbox, runs
from makegood.store.models import Approval, Case, RunLink
from makegood.store.transaction import Tx
from makegood.store.words import AnswerVerdict, CaseStatus

SETTLED = timedelta(minutes=2)
"""By real time: a run that changed less long ago may still be in somebody's hands."""

FORGOTTEN = timedelta(minutes=10)
"""By real time: no leg goes on for so long after it gave up its case, or before it took it."""

MOST = 2_000
"""So many questions are looked at in one sweep, for each costs Prefect something."""

Shown = Mapping[UUID, Run]


def reconcile(desk: Desk) -> Counter[str]:
    """Counts by what was done. Raises an Outcome when Prefect cannot be asked: then nothing is known."""
    counts: Counter[str] = Counter()
    shown = {run.id: run for run in islice(desk.engine.suspended(), MOST)}
    for page in _pages(desk, datetime.now(UTC)):
        for approval, case, run in _with_runs(desk, page, shown):
            if run is not None and _answered(desk, approval, case, run):
                counts["answers found"] += 1
            elif _is_lost(desk, run):
                counts["questions asked again"] += _replace(desk, approval, case, run)
    counts["runs cancelled"] = sum(_cancel(desk, run, case) for run, case in _stale(desk, shown))
    counts["dead runs found"] = _dead_legs(desk) + _dead_runs(desk)
    return counts


def _pages(desk: Desk, real_now: datetime) -> Iterator[list[tuple[Approval, Case]]]:
    """All open questions; where they are very many, another share of them each minute."""
    with desk.store.begin() as tx:
        shares = approvals.count_open(tx) // MOST + 1
    number, after = int(real_now.timestamp() // 60) % shares, 0
    while True:
        with desk.store.begin() as tx:
            page = approvals.share(tx, number, shares, after)
        if not page:
            return
        yield page
        after = page[-1][0].id


def _with_runs(
    desk: Desk, page: list[tuple[Approval, Case]], shown: Shown
) -> list[tuple[Approval, Case, Run | None]]:
    elsewhere = [a.run_id for a, _ in page if a.run_id is not None and a.run_id not in shown]
    known = {**shown, **(desk.engine.runs(elsewhere) if elsewhere else {})}
    return [(a, case, known.get(a.run_id) if a.run_id is not None else None) for a, case in page]


def _answered(desk: Desk, approval: Approval, case: Case, run: Run) -> bool:
    """Somebody has pressed Resume, and the run died before it told us, or has no worker to tell us by.

    The answer counts as of when it was given, so it goes before every timer that came due later.
    """
    waits = run.type == "SCHEDULED" and datetime.now(UTC) - run.since > SETTLED
    if not (is_over(run) or waits):
        return False
    given = desk.forms.given(run.id)
    if given is None or given.form != questions.key_of(case.number, approval.question_seq):
        return False
    with desk.store.begin() as tx:
        fresh = delivering.put(
            tx,
            desk,
            case.id,
            external_id=f"{run.id}:{given.form}",
            question=given.form,
            fields=given.fields,
            at=given.at,
            resumed=True,
        )
        if fresh:
            locked = cases.lock(tx, case.id)
            noting.repaired(tx, locked, "answer-found", _facts(run), desk.now())
    return fresh


def _is_lost(desk: Desk, run: Run | None) -> bool:
    """Nobody can answer the question there, nor will anybody be able to."""
    return run is None or is_over(run) or desk.forms.is_unanswerable(run)


def _replace(desk: Desk, approval: Approval, case: Case, run: Run | None) -> bool:
    """Asks for another leg, which suspends itself on the question. False when one was asked for before."""
    now = desk.now()
    with desk.store.begin() as tx:
        locked = cases.lock(tx, case.id)
        if locked.status is not CaseStatus.SUSPENDED:
            return False  # it has moved on meanwhile
        fresh = outbox.start_leg(tx, case.id, case.number, locked.legs, now)
        cases.wake(tx, case.id, now)
        if fresh:
            noting.repaired(tx, locked, "question-run-replaced", _facts(run), now)
            _audit(tx, approval, run)
    if run is not None and is_dead(run):
        desk.engine.bury(run.id, "its worker is gone; the case goes on with another run")
    return fresh


def _audit(tx: Tx, approval: Approval, run: Run | None) -> None:
    """Beside the answers: whatever somebody did to the run, nothing was decided by it."""
    told = approvals.Answer(
        person_id="",
        decision="",
        amount_minor=None,
        verdict=AnswerVerdict.REFUSED,
        why=f"run-{_state(run).lower()}",
        answered_at=run.since if run is not None else datetime.now(UTC),
    )
    approvals.record(tx, approval.id, told)


def _stale(desk: Desk, shown: Shown) -> list[tuple[Run, Case]]:
    """Suspended runs of ours whose question is not open any more, or is shown by another run."""
    settled = [run.id for run in shown.values() if datetime.now(UTC) - run.since > SETTLED]
    if not settled:
        return []
    with desk.store.begin() as tx:
        ours, wanted = runs.cases_of(tx, settled), approvals.open_runs(tx, settled)
    return [(shown[run_id], case) for run_id, case in ours.items() if run_id not in wanted]


def _cancel(desk: Desk, run: Run, case: Case) -> bool:
    if not desk.engine.cancel(run.id, "its question was closed elsewhere"):
        return False
    with desk.store.begin() as tx:
        locked = cases.lock(tx, case.id)  # first, as a leg does that ends its run with its case's move
        runs.state(tx, run.id, "Cancelled")
        noting.repaired(tx, locked, "stale-run-cancelled", _facts(run), desk.now())
    return True


def _dead_legs(desk: Desk) -> int:
    """Runs that began a leg and never said how it ended. Their cases have gone on without them, or will."""
    with desk.store.begin() as tx:
        left = runs.left_running(tx, desk.now() - SETTLED)
    known = desk.engine.runs([link.run_id for link, _ in left]) if left else {}
    return sum(_dead_leg(desk, link, case, known.get(link.run_id)) for link, case in left)


def _dead_leg(desk: Desk, link: RunLink, case: Case, run: Run | None) -> bool:
    if run is not None and not is_over(run):
        return False  # handed back by a worker that was stopped, or just begun
    if run is not None and is_dead(run):
        desk.engine.bury(run.id, "its worker is gone; the case goes on with another run")
    with desk.store.begin() as tx:
        locked = cases.lock(tx, case.id)
        runs.state(tx, link.run_id, _state(run))
        if locked.status is CaseStatus.RUNNING or run is None or run.type != "COMPLETED":
            noting.repaired(tx, locked, "leg-lost", _facts(run), desk.now())
    return True


def _dead_runs(desk: Desk) -> int:
    """Runs that died before they took their case, or after they gave it up: it goes on without them, and
    nobody else would ever say of them that they are over."""
    now = datetime.now(UTC)
    left = [run for run in islice(desk.engine.begun(), MOST) if run.case and now - run.since > FORGOTTEN]
    return sum(
        not _is_driven(desk, run.case)
        and desk.engine.bury(run.id, "its worker is gone; its case does not need it")
        for run in left
    )


def _is_driven(desk: Desk, number: str | None) -> bool:
    """By this run or another; also what is no case of ours."""
    with desk.store.begin() as tx:
        case = cases.by_number(tx, number) if number else None
        return case is None or leases.held(tx, case.id)


def _state(run: Run | None) -> str:
    if run is None:
        return "Gone"
    return "Crashed" if is_dead(run) else run.state


def _facts(run: Run | None) -> dict[str, bool | int | str]:
    return {"run": str(run.id) if run else "", "state": run.state if run else "Gone"}
