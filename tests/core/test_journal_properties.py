"""What holds for every journal that the core produces, whatever the world does."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from makegood.core import events as ev
from makegood.core.advance import advance
from makegood.core.contracts import MESSAGE_SEND
from makegood.core.decisions import Park, Record, Suspend
from makegood.core.errors import MoveRefused
from makegood.core.facts import REASONS
from makegood.core.simulation import Journal, begin, fold, run
from makegood.core.state import State, apply
from makegood.core.world import Done, Failed, Happening
from tests.core import chance
from tests.core.stories import damage_claim
from tests.core.worlds import (
    AS_NEW,
    CASE,
    DAY,
    DELIVERED,
    NAMES,
    RETURNED,
    START,
    answer,
    plan_of,
    script,
    simulate,
)

PROCEDURES = st.sampled_from(sorted(NAMES))
SEEDS = st.integers(0, 1_000_000)
LAGS = st.sampled_from([timedelta(), timedelta(minutes=1), timedelta(days=2)])
THOROUGH = settings(max_examples=150, deadline=None)


def of_chance(procedure: str, seed: int, lag: timedelta = timedelta()) -> Journal:
    plan = plan_of(procedure)
    about = ("", "checked", "with-us")[seed % 3]
    facts = CASE | {"case.reason": REASONS[seed % len(REASONS)], "case.about": about}
    return run(plan, begin(plan, facts, START), chance.of(plan, seed), lag=lag)


@THOROUGH
@given(PROCEDURES, SEEDS, st.data())
def test_a_journal_that_is_cut_anywhere_is_driven_on_to_the_same_end(
    procedure: str, seed: int, data: st.DataObject
) -> None:
    plan, whole = plan_of(procedure), of_chance(procedure, seed)
    cut = data.draw(st.integers(1, len(whole)))
    again = run(plan, whole[:cut], chance.of(plan, seed))
    assert again == whole
    assert fold(again) == fold(whole)


@THOROUGH
@given(PROCEDURES, SEEDS, LAGS, st.data())
def test_folding_at_once_and_folding_on_give_the_same_state(
    procedure: str, seed: int, lag: timedelta, data: st.DataObject
) -> None:
    journal = of_chance(procedure, seed, lag)
    cut = data.draw(st.integers(1, len(journal)))
    state = fold(journal[:cut])
    for entry in journal[cut:]:
        state = apply(state, entry.event, entry.seq, entry.at)
    assert state == fold(journal)


@THOROUGH
@given(PROCEDURES, SEEDS, LAGS)
def test_an_open_case_always_moves_or_has_an_instant_at_which_it_wakes(
    procedure: str, seed: int, lag: timedelta
) -> None:
    plan, state = plan_of(procedure), None
    for entry in of_chance(procedure, seed, lag):
        state = apply(state, entry.event, entry.seq, entry.at)
        decision = advance(plan, state, entry.at)
        assert decision == advance(plan, state, entry.at)
        if isinstance(decision, Park | Suspend):
            assert min(due for _, due in decision.timers) > entry.at


@THOROUGH
@given(PROCEDURES, SEEDS)
def test_what_advance_records_can_always_be_folded(procedure: str, seed: int) -> None:
    plan, state = plan_of(procedure), None
    for entry in of_chance(procedure, seed):
        state = apply(state, entry.event, entry.seq, entry.at)
        decision = advance(plan, state, entry.at)
        if isinstance(decision, Record):
            assert apply(state, decision.event, state.seq + 1, entry.at).seq == state.seq + 1


@THOROUGH
@given(PROCEDURES, SEEDS, LAGS)
def test_every_event_is_read_back_as_it_was_written(procedure: str, seed: int, lag: timedelta) -> None:
    for entry in of_chance(procedure, seed, lag):
        assert ev.parse(json.loads(json.dumps(ev.dump(entry.event)))) == entry.event


@THOROUGH
@given(st.sampled_from(["reship", "damage_claim"]), SEEDS, LAGS)
def test_nothing_is_given_while_what_was_given_before_is_still_out(
    procedure: str, seed: int, lag: timedelta
) -> None:
    """A parcel goes out, or money goes back, only after the last parcel was called back or written off."""
    plan, out = plan_of(procedure), False
    for event in (entry.event for entry in of_chance(procedure, seed, lag)):
        action = getattr(plan.steps.get(getattr(event, "step", "")), "step", None)
        done = getattr(action, "run", "") if isinstance(event, ev.StepDone) else ""
        if isinstance(event, ev.EffectIntended) and plan.contracts.get(event.action, MESSAGE_SEND).gated:
            assert not out, event
        if done == "reship.send":
            out = True
        if done == "reship.write_off" or (isinstance(event, ev.Undone) and not event.error):
            out = False


REMARKS: list[ev.Event] = [
    ev.Noted(what="heard:parcel.lost", facts={"match": "OUT1"}),
    ev.MessageReceived(message=7, channel="email"),
    ev.MessageSent(message=8, template="survey", automatic=True),
    ev.TaskAssigned(task=9, step="inspection", role="warehouse", to="wim", by="wanda"),
    ev.PromiseWarned(promise="resolution", due=START),
    ev.PromiseBreached(promise="resolution", due=START),
]


def test_every_kind_of_event_is_read_back() -> None:
    """The simulator writes all of them but the remarks of the desk."""
    journals = [of_chance(name, seed) for name in NAMES for seed in range(100)]
    journals += [simulate("damage_claim", story.world, **story.case) for story in damage_claim.STORIES]
    seen = {entry.event.kind for journal in journals for entry in journal}
    for event in REMARKS:
        assert ev.parse(json.loads(json.dumps(ev.dump(event)))) == event
    kinds = {each.model_fields["kind"].default for each in get_args(get_args(ev.Event)[0])}
    assert kinds - seen == {event.kind for event in REMARKS} - seen


@pytest.mark.parametrize("remark", REMARKS, ids=lambda event: event.kind)
def test_a_remark_moves_nothing(remark: ev.Event) -> None:
    plan, journal = plan_of("refund"), simulate("refund", script({}, AS_NEW, RETURNED))
    for entry in journal[:-1]:
        before = fold(journal[: entry.seq])
        after = apply(before, remark, entry.seq + 1, entry.at)
        assert advance(plan, after, entry.at) == advance(plan, before, entry.at)


def long_journal() -> Journal:
    """More than a thousand events: the shop is down three hundred times, then everything goes well."""
    down = {f"order/{visit}": Failed("unavailable") for visit in range(1, 301)}
    late = Happening(20 * DAY, "parcel.received", "RET1")
    return simulate("refund", script(down, {**AS_NEW, "system-down": answer(retry=True)}, late))


def calls_of(work: Callable[[], Any]) -> int:
    """How many functions, of Python or of C, are called."""
    calls = 0

    def count(frame: object, event: str, arg: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(None)
    return calls


def size_of(state: State) -> int:
    """Everything that the next fold may have to copy."""
    parts = (state.facts, state.visits, state.notices, state.arrivals, state.interrupts_honoured)
    return sum(map(len, parts)) + len(state.undoables) + len(state.promises.warned)


def test_the_thousandth_event_costs_what_the_tenth_does() -> None:
    plan, journal = plan_of("refund"), long_journal()
    assert len(journal) > 1_000
    for first in range(9, 13):
        costs = set()
        for entry in (journal[first], journal[first + 100], journal[first + 1_000]):
            assert entry.event.kind == journal[first].event.kind
            before = fold(journal[: entry.seq - 1])
            folding = calls_of(lambda s=before, e=entry: apply(s, e.event, e.seq, e.at))
            deciding = calls_of(lambda s=before, e=entry: advance(plan, s, e.at))
            costs.add((folding, deciding, size_of(before)))
        assert len(costs) == 1, costs


def test_a_thousand_repeats_of_an_event_that_nobody_wants_weigh_nothing() -> None:
    spam = [Happening(DAY + timedelta(seconds=n), "parcel.delivered", "OUT1") for n in range(1_000)]
    journal = simulate("refund", script({"order.load": Done(DELIVERED)}, AS_NEW, *spam, RETURNED))
    assert len(journal) > 1_000
    assert len(fold(journal).arrivals) == 1


def test_a_number_that_does_not_follow_is_refused() -> None:
    journal = simulate("refund", script({}, AS_NEW, RETURNED))
    state = fold(journal[:3])
    with pytest.raises(MoveRefused):
        apply(state, journal[3].event, 5, journal[3].at)
    with pytest.raises(MoveRefused):
        apply(None, journal[3].event, 1, journal[3].at)


def test_nothing_follows_a_close_but_remarks() -> None:
    journal = simulate("refund", script({}, AS_NEW, RETURNED))
    closed = fold(journal)
    for entry in journal[1:]:
        with pytest.raises(MoveRefused):
            apply(closed, entry.event, closed.seq + 1, entry.at)
    assert apply(closed, REMARKS[0], closed.seq + 1, closed.at).outcome == "resolved"
