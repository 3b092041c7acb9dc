"""Resting: a driven case is put down, parked, suspended or closed, with its timers and its wake-up."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from makegood.core import events as ev
from makegood.core.decisions import Park, Suspend, Timers
from makegood.core.state import Question
from makegood.desk import promises, questions, siblings
from makegood.desk.driving import Hand, write
from makegood.desk.engine import is_over
from makegood.gateways.outcomes import Outcome
from makegood.store import approvals, cases, runs, timers
from makegood.store.transaction import Tx

_LOOK_AGAIN = timedelta(days=1)
"""A case without any timer of its own is looked at once a day: no case is lost."""


def park(hand: Hand, decision: Park) -> str:
    """Returns the word for what the case waits on."""
    word = word_for(decision)
    now = hand.now()
    with hand.desk.store.begin() as tx:
        wake_at = _timed(tx, hand, decision.timers, now)
        cases.park(
            tx, hand.case_id, hand.fence, step=hand.state.step, waits_on=word, wake_at=wake_at, now=now
        )
        _run_ends(tx, hand)
    hand.put_down = True
    return word


def suspend(hand: Hand, decision: Suspend) -> bool:
    """False when another run is suspended on the question already, and this one need not be."""
    elsewhere = waits_elsewhere(hand, decision.question)
    now = hand.now()
    with hand.desk.store.begin() as tx:
        wake_at = _timed(tx, hand, decision.timers, now)
        approval = approvals.by_question(tx, hand.case_id, decision.question.seq)
        if not elsewhere and hand.run_id is not None and approval is not None:
            if approval.run_id is not None and str(approval.run_id) != hand.run_id:
                questions.cancel_run(tx, hand.case_id, approval.run_id, now)
            approvals.set_run(tx, approval.id, UUID(hand.run_id))
            runs.state(tx, UUID(hand.run_id), "Suspended", decision.question.seq)
        elif elsewhere:
            _run_ends(tx, hand)
        cases.suspend(
            tx, hand.case_id, hand.fence, step=hand.state.step, waits_on="approval", wake_at=wake_at, now=now
        )
    hand.put_down = True
    return not elsewhere


def waits_elsewhere(hand: Hand, question: Question) -> bool:
    """Whether a run other than this leg's can be answered in the Prefect UI."""
    with hand.desk.store.begin() as tx:
        approval = approvals.by_question(tx, hand.case_id, question.seq)
    if approval is None or approval.run_id is None or str(approval.run_id) == hand.run_id:
        return False
    try:
        run = hand.desk.engine.runs([approval.run_id]).get(approval.run_id)
        return run is not None and not is_over(run) and not hand.desk.forms.is_unanswerable(run)
    except Outcome:
        return True


def close(hand: Hand, event: ev.CaseClosed) -> None:
    """The last event, the status, and the news to a case that called this one, in one transaction."""
    now = hand.now()
    with hand.desk.store.begin() as tx:
        write(tx, hand, event, now)
        timers.replace(tx, hand.case_id, [])
        promises.project(tx, hand)
        cases.close(tx, hand.case_id, hand.fence, outcome=event.outcome, now=now)
        siblings.tell(tx, hand.case_id, event.outcome, now)
        _run_ends(tx, hand)
    hand.put_down = True


def word_for(decision: Park) -> str:
    """For lists and tags: `customer`, `warehouse`, `parcel.received`, `retry`."""
    question = decision.question
    if question is None:
        return decision.timers[0][0] if decision.timers else "nothing"
    return question.names[0] if question.names else question.who


def _run_ends(tx: Tx, hand: Hand) -> None:
    """What Prefect will say of this leg's run."""
    if hand.run_id is not None:
        runs.state(tx, UUID(hand.run_id), "Completed")


def _timed(tx: Tx, hand: Hand, due: Timers, now: datetime) -> datetime:
    """Writes the timers down and returns the earliest instant at which somebody must look."""
    own = [(name, at, f"{hand.state.step}: {name}") for name, at in due]
    promised = promises.project(tx, hand)
    rows = own + [(name, at, "service level") for name, at in promised]
    timers.replace(tx, hand.case_id, rows)
    return min([at for _, at, _ in rows], default=now + _LOOK_AGAIN)
