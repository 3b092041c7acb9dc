"""The fold: what single events make of a state, and which are refused."""

from __future__ import annotations

from datetime import timedelta

import pytest

from makegood.core import events as ev
from makegood.core.errors import MoveRefused
from makegood.core.simulation import fold
from makegood.core.state import State, apply
from tests.core.worlds import AS_NEW, DAY, HOUR, RETURNED, START, answer, approved, script, simulate

from tests.core.test_advance import APPROVAL, LABEL, QUESTION  # isort: skip


def after(state: State, *events: ev.Event, at: timedelta = HOUR) -> State:
    for event in events:
        state = apply(state, event, state.seq + 1, START + at)
    return state


def asking() -> State:
    """An approval is open."""
    return fold(simulate(APPROVAL, script({}, {"approval": approved()}))[:2])


def refunding() -> State:
    """The refund was intended, and nothing is known of it."""
    journal = simulate(APPROVAL, script({}, {"approval": approved()}))
    cut = next(entry.seq for entry in journal if entry.event.kind == "effect.intended")
    return fold(journal[:cut])


REFUSED = [
    pytest.param(ev.TimedOut(step="approval", visit=2, go="silent"), id="another visit"),
    pytest.param(ev.TimedOut(step="refund", visit=1, go="silent"), id="another step"),
    pytest.param(
        ev.Answered(step="approval", visit=1, question=9, answer="approved", go="refund"),
        id="another question",
    ),
    pytest.param(
        ev.EffectUnknown(step="approval", visit=1, action="x", key="k", error="e", look_up_at=START),
        id="no effect",
    ),
    pytest.param(ev.Undone(step="label", visit=1, action="parcel.void_label"), id="nothing to undo"),
    pytest.param(ev.CaseOpened(go="approval", procedure="approval", version="1"), id="opened twice"),
]


@pytest.mark.parametrize("event", REFUSED)
def test_an_event_that_does_not_follow_is_refused(event: ev.Event) -> None:
    with pytest.raises(MoveRefused):
        after(asking(), event)


def test_nothing_is_answered_where_nothing_is_asked() -> None:
    state = fold(simulate(LABEL, script())[:1])
    for event in (
        ev.Reminded(step="label", visit=1, number=1),
        ev.Escalated(step="label", visit=1, to="team-lead", due=START),
        ev.AnswerKept(step="label", visit=1, facts={}),
        ev.AnswerRefused(step="label", visit=1, question=1, why="wrong code"),
        ev.Answered(step="label", visit=1, question=1, answer="x", go="done"),
    ):
        with pytest.raises(MoveRefused):
            after(state, event)


def test_an_effect_under_way_is_not_interrupted_and_lets_no_other_begin() -> None:
    with pytest.raises(MoveRefused):
        after(refunding(), ev.Interrupted(step="refund", visit=1, event="customer.withdrew", go="withdrawn"))
    other = ev.EffectIntended(step="refund", visit=1, action="payment.refund", key="another")
    with pytest.raises(MoveRefused):
        after(refunding(), other)


def test_a_failed_try_frees_the_step_and_counts() -> None:
    state = after(
        refunding(),
        ev.TryFailed(step="refund", visit=1, error="unavailable", attempt=1, retry_at=START + DAY),
    )
    assert state.effect is None
    assert (state.tries, state.retry_at) == (1, START + DAY)


def test_a_second_entry_into_a_step_is_another_visit() -> None:
    state = after(
        asking(),
        ev.TimedOut(step="approval", visit=1, go="silent"),
        ev.StepDone(step="silent", visit=1, go="approval"),
    )
    assert (state.step, state.visit) == ("approval", 2)
    assert state.visits == {"approval": 2, "silent": 1}


def test_events_are_kept_in_the_order_of_receipt_whatever_the_order_of_reading() -> None:
    late = ev.EventReceived(name="parcel.received", match="RET1", received_at=START + 2 * HOUR)
    early = ev.EventReceived(
        name="parcel.received", match="RET1", received_at=START + HOUR, facts={"units": 1}
    )
    state = after(asking(), late, early, late)
    assert state.arrivals["parcel.received", "RET1"].facts == {"units": 1}


def test_answers_to_one_question_queue_up() -> None:
    first = ev.EventReceived(name="answer", match="2", received_at=START, facts={"photos": 1})
    second = ev.EventReceived(name="answer", match="2", received_at=START + HOUR, facts={"size": "m"})
    state = after(asking(), first, second)
    queue = state.arrivals["answer", "2"]
    assert queue.first.facts == {"photos": 1}
    assert queue.rest is not None
    assert queue.rest.first.facts == {"size": "m"}
    assert queue.rest.rest is None


def test_the_ball_comes_back_when_a_colleague_is_called_in() -> None:
    state = fold(simulate(QUESTION, script())[:4])
    assert state.customer_has_the_ball
    state = after(state, ev.Escalated(step="ask", visit=1, to="team-lead", due=START + DAY), at=2 * HOUR)
    assert not state.customer_has_the_ball
    assert state.promises.pauses is not None
    assert state.promises.pauses.end == START + 2 * HOUR


def test_only_a_persons_letter_is_a_first_reply() -> None:
    automatic = ev.MessageSent(message=1, template="acknowledgement", automatic=True)
    written = ev.MessageSent(message=2, template="", automatic=False, by="ann")
    assert after(asking(), automatic).promises.first_reply_at is None
    state = after(asking(), automatic, written)
    assert state.promises.first_reply_at == START + HOUR
    assert after(state, written, at=DAY).promises.first_reply_at == START + HOUR


def test_a_breach_is_remembered_once() -> None:
    breach = ev.PromiseBreached(promise="resolution", due=START)
    warned = ev.PromiseWarned(promise="resolution", due=START)
    promises = after(asking(), warned, breach, breach).promises
    assert (promises.warned, promises.breached) == (frozenset({"resolution"}), frozenset({"resolution"}))


def test_a_branch_without_undo_leaves_what_could_be_undone_for_a_later_one() -> None:
    journal = simulate(
        "refund", script({}, {"goods-are-here": answer(outcome="sent_back"), **AS_NEW}, RETURNED)
    )
    asked = next(entry.seq for entry in journal if entry.event.kind == "question.asked")
    state = fold(journal[:asked])
    kept = ev.Interrupted(step="await-parcel", visit=1, event="dispute.opened", go="disputed", undo=False)
    assert after(state, kept).undoables == state.undoables
    assert not after(state, kept).undoing
    undo = ev.Interrupted(step="await-parcel", visit=1, event="customer.withdrew", go="withdrawn")
    assert after(state, undo).undoing
