"""What comes next, at the edges: early and late arrivals, wrong answers, interrupts, undo, look-ups."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from makegood.core import events as ev
from makegood.core import outcomes
from makegood.core.advance import advance, opening
from makegood.core.decisions import Do, Finished, Park, Record, Settle, Suspend
from makegood.core.errors import Surprise
from makegood.core.simulation import Journal, Stuck, fold
from makegood.core.world import Done, Failed, Happening, Lost, Reply
from tests.core.worlds import (
    AS_NEW,
    CASE,
    DAY,
    HOUR,
    QUOTE,
    RETURNED,
    START,
    answer,
    approved,
    end,
    of_kind,
    plan_of,
    planned,
    script,
    simulate,
    way,
)

LABEL = planned("""
procedure: label
title: A label, a parcel, an end
owner: ops
serves: {}
start: label
interrupts:
  customer.withdrew:
    - { reached: received, go: stay }
    - { otherwise: withdrawn }
steps:
  label:
    run: parcel.return_label
    with: { freight_on: seller }
    as: label
    undo: parcel.void_label
    undo_until: parcel
    undo_failed: used
    on_error: { else: failed }
    then: parcel
  parcel:
    await: parcel.received
    matching: label.tracking
    from: customer
    message: return-instructions
    remind: { after: 7d, times: 2 }
    timeout: { after: 21d, go: failed }
    as: parcel
    then: received
  received:
    task: warehouse
    answers: { condition: [good, bad] }
    timeout: { after: 8h, escalate: warehouse-lead, again: 8h, go: failed }
    as: seen
    then: done
  done: { close: done }
  failed: { close: failed }
  used: { close: used }
  withdrawn: { close: withdrawn }
""")

APPROVAL = planned("""
procedure: approval
title: An approval and a refund
owner: ops
serves: {}
start: approval
interrupts:
  customer.withdrew: [{ otherwise: withdrawn }]
steps:
  approval:
    approve: refund
    ceiling: "4490"
    remind: { after: 4h, times: 2 }
    timeout: { after: 8h, escalate: team-lead, again: 8h, go: silent }
    answers: { approved: refund, adjusted: refund, rejected: refused }
    as: approval
  refund:
    run: payment.refund
    with: { amount_minor: approval.amount_minor }
    retry: { times: 3, first: 1h, up_to: 8h }
    as: refunded
    on_error: { else: failed }
    then: paid
  paid: { close: paid }
  silent: { close: silent }
  refused: { close: refused }
  failed: { close: failed }
  withdrawn: { close: withdrawn }
""")

QUESTION = planned("""
procedure: question
title: A question to the customer
owner: ops
serves: {}
start: ask
steps:
  ask:
    ask: customer
    for: { photos: required, size: [s, m, l], again: confirm, note: optional }
    message: evidence-request
    timeout: { after: 10d, go: silent }
    as: reply
    then: [{ when: reply.again, go: again }, { otherwise: done }]
  again: { close: again }
  done: { close: done }
  silent: { close: silent }
""")

OFFER = planned("""
procedure: ladder
title: A ladder of offers
owner: ops
serves: {}
start: offer
steps:
  offer:
    offer: [{ remedy: partial_refund, share: 20% }, { remedy: partial_refund, share: 35% }]
    message: keep-offer
    remind: { after: 2d, times: 2 }
    timeout: { after: 7d, go: done }
    refused: done
    as: remedy
    absent: { kind: refund, share: 100, return_required: true }
    then: done
  done: { close: done }
""")


def questions(journal: Journal) -> list[ev.QuestionAsked]:
    return of_kind(journal, "question.asked")


def at_of(journal: Journal, kind: str) -> datetime:
    return next(entry.at for entry in journal if entry.event.kind == kind)


# -- arrivals ----------------------------------------------------------------------------------------


def test_a_parcel_that_came_before_its_wait_opened_is_not_waited_for() -> None:
    early = Happening(timedelta(), "parcel.received", "RET1", {"units": 1})
    busy = (Failed("unavailable", final=False),) * 3 + (Done({"tracking": "RET1", "cost_minor": 0}),)
    journal = simulate(LABEL, script({"label": busy}, {"received": answer(condition="good")}, early))
    assert end(journal).outcome == "done"
    assert of_kind(journal, "notice.sent") == []
    assert end(journal).facts["parcel.units"] == 1


def test_a_parcel_with_another_number_is_none_of_ours() -> None:
    journal = simulate(LABEL, script({}, {}, Happening(DAY, "parcel.received", "OTHER")))
    assert way(journal)[-1] == "failed"


def test_what_was_received_before_the_due_instant_counts_although_it_is_read_after_it() -> None:
    """The leg looked two days late; the customer was in time."""
    journal = simulate(QUESTION, script({}, {"ask": Reply(9 * DAY + 23 * HOUR, REPLY)}), lag=2 * DAY)
    assert end(journal).outcome == "done"


def test_what_was_received_after_the_due_instant_is_late_even_when_both_are_read_together() -> None:
    journal = simulate(QUESTION, script({}, {"ask": Reply(10 * DAY + HOUR, REPLY)}), lag=2 * DAY)
    assert end(journal).outcome == "silent"


def test_a_late_answer_counts_once_the_question_was_escalated() -> None:
    """The first due instant calls in the warehouse's lead, who has time of their own."""
    world = script({}, {"received": Reply(9 * HOUR, {"condition": "good"})}, RETURNED)
    journal = simulate(LABEL, world, lag=2 * HOUR)
    assert [event.to for event in of_kind(journal, "escalated")] == ["warehouse-lead"]
    assert end(journal).outcome == "done"


def test_the_first_receipt_of_an_event_counts_and_its_repeats_do_not() -> None:
    twice = [RETURNED, Happening(5 * DAY + HOUR / 2, "parcel.received", "RET1", {"units": 9})]
    journal = simulate(LABEL, script({}, {"received": answer(condition="good")}, *twice))
    assert end(journal).facts["parcel.units"] == 1


# -- questions ---------------------------------------------------------------------------------------

REPLY = {"photos": 2, "size": "m", "again": False}


def test_an_answer_in_parts_is_kept_until_it_is_whole() -> None:
    parts = [Reply(HOUR, {"photos": 2}), Reply(2 * HOUR, {"size": "m"}), Reply(3 * HOUR, {"again": False})]
    journal = simulate(QUESTION, script({}, {"ask": parts}))
    assert len(of_kind(journal, "answer.kept")) == 2
    assert {k: v for k, v in end(journal).facts.items() if k.startswith("reply")} == {
        "reply.photos": 2,
        "reply.size": "m",
        "reply.again": False,
        "reply.note": "",
    }


def test_parts_that_are_read_together_are_all_read() -> None:
    parts = [Reply(HOUR, {"photos": 2}), Reply(2 * HOUR, {"size": "m"}), Reply(3 * HOUR, {"again": True})]
    journal = simulate(QUESTION, script({}, {"ask": parts}), lag=DAY)
    assert end(journal).outcome == "again"


def test_no_photographs_are_no_answer() -> None:
    journal = simulate(QUESTION, script({}, {"ask": Reply(HOUR, REPLY | {"photos": 0})}))
    assert end(journal).outcome == "silent"


def test_a_wrong_answer_wins_no_time() -> None:
    wrong = [Reply(HOUR, refused="wrong code"), Reply(HOUR, refused="over the limit"), approved()]
    journal = simulate(APPROVAL, script({}, {"approval": wrong}))
    asked = questions(journal)
    assert [question.round for question in asked] == [1, 2, 3]
    assert [question.why for question in asked] == ["", "wrong code", "over the limit"]
    assert len({question.due for question in asked}) == 1
    assert len({question.remind_at for question in asked}) == 1
    assert end(journal).outcome == "paid"


def test_a_wrong_answer_does_not_have_the_reminders_sent_again() -> None:
    wrong = [Reply(5 * HOUR, refused="wrong code"), Reply(30 * DAY)]
    journal = simulate(APPROVAL, script({}, {"approval": wrong}))
    assert [event.number for event in of_kind(journal, "reminded")] == [1, 2]


def test_silence_is_escalated_once_and_then_takes_its_branch() -> None:
    journal = simulate(APPROVAL, script())
    assert [event.to for event in of_kind(journal, "escalated")] == ["team-lead"]
    assert at_of(journal, "timed.out") == START + 16 * HOUR
    assert end(journal).outcome == "silent"


CALL = """
procedure: caller
title: A sibling that nobody waits for
owner: ops
serves: {}
start: claim
steps:
  claim:
    call: refund
    about: case.market
    wait: no
    as: claim
    then: seen
  seen:
    task: agent
    answers: { done: flag }
    timeout: { after: 8bh, go: done }
    as: seen
    then: done
  done: { close: resolved }
"""


def test_a_call_that_does_not_wait_goes_on_with_the_siblings_number() -> None:
    journal = simulate(planned(CALL), script())
    asked, opened = of_kind(journal, "question.asked", "answered")[:2]
    assert (asked.wait, asked.due, asked.facts) == ("call", None, {"about": "DE"})
    assert (opened.answer, opened.go, opened.facts) == ("opened", "seen", {"claim.case": asked.match})
    assert asked.match
    assert journal[2].at == journal[1].at


def test_what_a_case_is_about_may_go_unsaid() -> None:
    assert end(simulate(planned(CALL), script())).facts["case.about"] == ""
    assert end(simulate(planned(CALL), script(), about="OUT1")).facts["case.about"] == "OUT1"


def test_an_open_approval_suspends_and_every_other_wait_parks() -> None:
    state = fold(simulate(APPROVAL, script({}, {"approval": approved()}))[:2])
    assert isinstance(advance(APPROVAL, state, START), Suspend)
    state = fold(simulate(QUESTION, script())[:4])
    parked = advance(QUESTION, state, START)
    assert isinstance(parked, Park)
    assert ("answer", "4") in parked.wakes_on


def test_an_adjusted_amount_becomes_the_ceiling() -> None:
    journal = simulate(APPROVAL, script({}, {"approval": approved(3000, "adjusted")}))
    grant = end(journal).grant
    assert grant is not None
    assert (grant.ceiling, grant.by, grant.question) == (3000, "sup-1", 2)
    assert (
        of_kind(simulate(APPROVAL, script({}, {"approval": approved(1, "rejected")})), "answered")[0].ceiling
        is None
    )


def test_a_refused_offer_moves_up_the_ladder_with_letters_and_reminders_of_its_own() -> None:
    journal = simulate(OFFER, script({}, {"offer:0": Reply(3 * DAY, {"accepted": False})}))
    keys = [event.key for event in of_kind(journal, "effect.intended")]
    assert len(keys) == len(set(keys)) == 5
    assert [question.facts["share"] for question in questions(journal)] == [20, 35]
    assert end(journal).facts["remedy.share"] == 100


def test_asking_for_less_than_is_offered_accepts_the_offer() -> None:
    journal = simulate(OFFER, script({}, {"offer:0": Reply(HOUR, {"accepted": False, "counter": 10})}))
    assert end(journal).facts["remedy.share"] == 20
    journal = simulate(OFFER, script({}, {"offer": Reply(HOUR, {"accepted": False, "counter": 90})}))
    assert end(journal).facts["remedy.share"] == 100


def test_the_clock_stands_still_while_the_customer_has_the_ball() -> None:
    state = end(simulate(QUESTION, script({}, {"ask": Reply(DAY, REPLY)})))
    assert state.promises.pauses is not None
    assert state.promises.pauses.spans() == [(START, START + DAY)]


# -- interrupts and undo -------------------------------------------------------------------------------


def withdrew(after: timedelta) -> Happening:
    return Happening(after, "customer.withdrew")


def test_an_interrupt_during_a_retry_is_honoured_before_the_next_try() -> None:
    world = script(
        {"refund": Failed("unavailable", final=False)}, {"approval": approved()}, withdrew(90 * HOUR / 60)
    )
    journal = simulate(APPROVAL, world)
    assert [event.attempt for event in of_kind(journal, "try.failed")] == [1]
    assert end(journal).outcome == "withdrawn"
    assert at_of(journal, "interrupted") == START + timedelta(minutes=90)


def test_an_interrupt_while_an_approval_is_open_closes_it() -> None:
    journal = simulate(APPROVAL, script({}, {"approval": approved(after=2 * HOUR)}, withdrew(HOUR)))
    assert end(journal).outcome == "withdrawn"
    assert end(journal).question is None


def test_of_an_answer_and_an_interrupt_read_together_the_earlier_counts_first() -> None:
    world = script({}, {"approval": approved(after=2 * HOUR)}, withdrew(HOUR))
    assert end(simulate(APPROVAL, world, lag=4 * HOUR)).grant is None
    world = script({}, {"approval": approved(after=HOUR)}, withdrew(2 * HOUR))
    journal = simulate(APPROVAL, world, lag=4 * HOUR)
    assert end(journal).grant is not None
    assert end(journal).outcome == "withdrawn"
    assert of_kind(journal, "effect.intended") == []


def test_an_interrupt_waits_until_an_unknown_effect_is_settled() -> None:
    lost = Lost(Done({"refunded_minor": 4490, "refunds": 1}))
    world = script({"refund": lost}, {"approval": approved()}, withdrew(HOUR + timedelta(seconds=1)))
    kinds = [entry.event.kind for entry in simulate(APPROVAL, world)]
    assert kinds.index("step.done") < kinds.index("interrupted")


def test_undo_runs_on_an_interrupt() -> None:
    journal = simulate(LABEL, script({}, {}, withdrew(DAY)))
    undone = [event.key for event in of_kind(journal, "effect.intended") if event.suffix == "undo"]
    assert undone == ["MG-2026-000001:label:1:undo"]
    assert end(journal).outcome == "withdrawn"


def test_undo_does_not_run_after_its_last_moment() -> None:
    world = script({}, {"received": answer(10 * HOUR, condition="good")}, RETURNED, withdrew(5 * DAY + HOUR))
    journal = simulate(LABEL, world)
    assert of_kind(journal, "undone") == []
    assert [event.what for event in of_kind(journal, "noted")] == ["stayed:customer.withdrew"]
    assert end(journal).outcome == "done"


def test_an_undo_that_fails_leads_to_its_own_branch() -> None:
    journal = simulate(LABEL, script({"label:undo": Failed("used")}, {}, withdrew(DAY)))
    assert [event.error for event in of_kind(journal, "undone")] == ["used"]
    assert end(journal).outcome == "used"


def test_an_undo_is_tried_again_before_it_fails() -> None:
    busy = (Failed("unavailable", final=False),) * 2 + (Done(),)
    journal = simulate(LABEL, script({"label:undo": busy}, {}, withdrew(DAY)))
    assert len(of_kind(journal, "try.failed")) == 2
    assert end(journal).outcome == "withdrawn"


def test_an_interrupt_that_comes_twice_is_honoured_once() -> None:
    again = [withdrew(DAY), withdrew(DAY + timedelta(seconds=1)), withdrew(DAY + timedelta(seconds=3))]
    busy = (Failed("unavailable", final=False),) * 3 + (Done(),)
    journal = simulate(LABEL, script({"label:undo": busy}, {}, *again))
    assert len(of_kind(journal, "interrupted")) == 1
    assert len(of_kind(journal, "undone")) == 1


# -- effects -----------------------------------------------------------------------------------------


def test_every_try_of_a_visit_has_one_key_and_the_same_arguments() -> None:
    plan, tries = plan_of("refund"), (Failed("unavailable", final=False),) * 4
    journal = simulate(
        plan, script({"refund": (*tries, Done({"refunded_minor": 1, "refunds": 1}))}, AS_NEW, RETURNED)
    )
    intended = [e for e in journal if e.event.kind == "effect.intended" and e.event.step == "refund"]
    assert len(intended) == 5
    assert {entry.event.key for entry in intended} == {"MG-2026-000001:refund:1"}
    done = {str(advance(plan, fold(journal[: e.seq - 1]), e.at)) for e in intended}
    assert len(done) == 1


def test_an_effect_that_was_intended_is_settled_before_anything_else() -> None:
    journal = simulate(APPROVAL, script({}, {"approval": approved()}))
    cut = next(entry.seq for entry in journal if entry.event.kind == "effect.intended")
    assert isinstance(advance(APPROVAL, fold(journal[:cut]), START + 900 * DAY), Settle)


def test_an_unknown_effect_is_looked_up_at_its_time_and_not_before() -> None:
    world = script({"refund": Lost(Failed("refused"))}, {"approval": approved()})
    journal = simulate(APPROVAL, world)
    lost = next(entry for entry in journal if entry.event.kind == "effect.unknown")
    state = fold(journal[: lost.seq])
    parked = advance(APPROVAL, state, lost.at)
    assert isinstance(parked, Park)
    assert parked.timers == (("look-up", lost.event.look_up_at),)
    assert isinstance(advance(APPROVAL, state, lost.event.look_up_at), Settle)
    assert end(journal).outcome == "failed"


def test_waits_between_tries_grow_up_to_their_limit() -> None:
    world = script({"refund": Failed("unavailable", final=False)}, {"approval": approved()})
    journal = simulate(APPROVAL, world)
    failed = [entry for entry in journal if entry.event.kind == "try.failed"]
    assert [entry.event.retry_at - entry.at for entry in failed] == [HOUR, 4 * HOUR, 8 * HOUR]
    assert end(journal).outcome == "failed"


def test_a_provider_that_asks_for_patience_gets_it() -> None:
    state = fold(simulate(APPROVAL, script({}, {"approval": approved()}))[:4])
    do = advance(APPROVAL, state, START)
    assert isinstance(do, Do)
    later = START + 3 * DAY
    event = outcomes.fail(APPROVAL, state, do, "unavailable", START, final=False, not_before=later)
    assert isinstance(event, ev.TryFailed)
    assert event.retry_at == later


def test_a_letter_that_must_wait_is_no_failed_try() -> None:
    state = fold(simulate(QUESTION, script())[:1])
    do = advance(QUESTION, state, START)
    assert isinstance(do, Do)
    held = outcomes.hold(do, state, START + HOUR)
    assert held.attempt == 0


def test_a_letter_that_cannot_be_sent_does_not_hold_up_the_case() -> None:
    journal = simulate(QUESTION, script({"ask:notice-0": Failed("refused")}, {"ask": Reply(DAY, REPLY)}))
    assert end(journal).outcome == "done"


def test_a_result_that_does_not_fit_its_contract_is_a_surprise() -> None:
    with pytest.raises(Surprise, match=r"quote\.amount_minor"):
        simulate("refund", script({"remedy.quote": Done(QUOTE | {"amount_minor": "4490"})}))
    with pytest.raises(Surprise, match=r"quote\.house_minor"):
        simulate(
            "refund", script({"remedy.quote": Done({k: v for k, v in QUOTE.items() if k != "house_minor"})})
        )


def test_a_case_does_not_open_without_its_built_in_facts() -> None:
    with pytest.raises(Surprise, match=r"case\.market"):
        opening(LABEL, {k: v for k, v in CASE.items() if k != "case.market"})


def test_a_closed_case_is_finished() -> None:
    journal = simulate(APPROVAL, script())
    assert advance(APPROVAL, end(journal), START) == Finished("silent")


def test_a_case_may_be_reopened_for_as_long_as_its_close_says() -> None:
    state = end(simulate("refund", script()))
    assert state.reopen_until == state.closed_at + 30 * DAY


def test_the_simulator_says_where_a_case_goes_round() -> None:
    with pytest.raises(Stuck, match="last at"):
        simulate("refund", script({"order": Failed("unavailable")}))


def test_a_plan_decides_without_a_clock() -> None:
    state = fold(simulate("refund", script({}, AS_NEW, RETURNED))[:3])
    decided = {str(advance(plan_of("refund"), state, START + n * DAY)) for n in range(9)}
    assert len(decided) == 1
    assert isinstance(advance(plan_of("refund"), state, START), Record)
