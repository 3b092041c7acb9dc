"""All procedures as shipped: every way through them leads to an honest ending."""

from __future__ import annotations

import pytest

from makegood.core.contracts import CONTRACTS, EVENTS
from makegood.core.facts import REASONS
from makegood.core.loops import _is_gate
from makegood.core.procedure import STEP_KINDS, ApproveStep, CallStep, CloseStep, RunStep
from makegood.core.simulation import Journal
from makegood.core.world import Done, Happening, Reply
from tests.core import chance, coverage
from tests.core.stories import cancel, carrier_claim, damage_claim, refund, repair, reship
from tests.core.stories.telling import NEEDS_APPROVAL, PHOTOS, Story
from tests.core.worlds import (
    AS_NEW,
    DAY,
    DELIVERED,
    ENTITLED,
    HOUR,
    NAMES,
    PLACED,
    RETURNED,
    answer,
    approved,
    end,
    letters,
    of_kind,
    plan_of,
    script,
    simulate,
    way,
)

PROCEDURES = sorted(NAMES)
TOLD = {
    "refund": refund.STORIES,
    "cancel": cancel.STORIES,
    "reship": reship.STORIES,
    "repair": repair.STORIES,
    "damage_claim": damage_claim.STORIES,
    "carrier_claim": carrier_claim.STORIES,
}
STORIES = [(procedure, story) for procedure, stories in TOLD.items() for story in stories]


def told(procedure: str, story: Story) -> Journal:
    return simulate(procedure, story.world, **story.case)


@pytest.mark.parametrize(("procedure", "story"), STORIES, ids=lambda each: getattr(each, "name", each))
def test_a_case_ends_as_its_story_says(procedure: str, story: Story) -> None:
    journal = told(procedure, story)
    assert end(journal).outcome == story.outcome, way(journal)
    assert tuple(letters(journal, plan_of(procedure))) == story.letters, way(journal)
    steps = iter(way(journal))
    assert all(step in steps for step in story.steps), way(journal)


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_every_branch_timeout_error_and_close_is_reached(procedure: str) -> None:
    """By the stories and by worlds of chance, each of which must come to an end, too."""
    plan = plan_of(procedure)
    open_ways: set[tuple[str, ...]] = {*coverage.ways_of(plan)}
    open_ways |= {(event, branch.go) for event, branches in plan.interrupts.items() for branch in branches}
    open_ways |= {(each.step.close,) for each in plan.steps.values() if isinstance(each.step, CloseStep)}
    for name, story in STORIES:
        open_ways -= _gone(told(name, story)) if name == procedure else set()
    for seed in range(6000):
        about = ("", "", "checked", "with-us")[seed % 4]
        case = {"reason": REASONS[seed % len(REASONS)], "about": about}
        open_ways -= _gone(simulate(procedure, chance.of(plan, seed), **case))
        if not open_ways and seed >= 300:
            break
    assert open_ways == set()


def _gone(journal: Journal) -> set[tuple[str, ...]]:
    return {
        *coverage.ways_gone(journal),
        *coverage.interrupts_gone(journal),
        (str(end(journal).outcome),),
    }


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_nothing_is_given_before_an_approval_was_given_or_found_unneeded(procedure: str) -> None:
    plan = plan_of(procedure)
    gates = {name for name, planned in plan.steps.items() if _is_gate(planned)}
    for seed in range(300):
        journal = simulate(procedure, chance.of(plan, seed), reason=REASONS[seed % len(REASONS)])
        cleared = False
        for event in (entry.event for entry in journal):
            cleared |= bool(gates & {*getattr(event, "passed", ()), getattr(event, "step", "")})
            if event.kind == "effect.intended" and event.action != "message.send":
                assert cleared or not CONTRACTS[event.action].gated, (seed, way(journal))


def test_every_step_kind_of_the_language_is_used() -> None:
    used = {planned.step.kind for name in PROCEDURES for planned in plan_of(name).steps.values()}
    assert used == STEP_KINDS.keys()


def test_every_action_and_every_event_of_the_language_is_used() -> None:
    plans = [plan_of(name) for name in PROCEDURES]
    steps = [planned.step for plan in plans for planned in plan.steps.values()]
    used = {action for step in steps if isinstance(step, RunStep) for action in (step.run, step.undo)}
    assert CONTRACTS.keys() <= used
    heard = {event for event in EVENTS for plan in plans if plan.listens_to(event)}
    assert EVENTS.keys() - heard == {
        "customer.replied",  # the desk makes an answer of it
        "payment.captured",
        "case.closed",  # a call's own
        "erasure.requested",
    }


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_a_customer_waits_for_no_carrier_that_owes_us_money(procedure: str) -> None:
    for planned in plan_of(procedure).steps.values():
        if isinstance(planned.step, CallStep) and planned.step.call in ("carrier_claim", "quality_signal"):
            assert not planned.step.wait


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_whoever_works_is_known_to_the_roster(procedure: str) -> None:
    roles = {"agent", "supervisor", "team-lead", "finance", "warehouse", "warehouse-lead", "engineer", "ops"}
    for planned in plan_of(procedure).steps.values():
        named = {getattr(planned.step, "task", "agent")}
        timeout = getattr(planned.step, "timeout", None)
        named |= {timeout.escalate} if timeout and timeout.escalate else set()
        assert named <= roles


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_silence_of_an_approver_is_never_a_yes(procedure: str) -> None:
    plan = plan_of(procedure)
    for planned in plan.steps.values():
        if isinstance(planned.step, ApproveStep):
            target = plan.steps[planned.step.timeout.go].step
            assert not isinstance(target, RunStep)
            assert planned.step.timeout.go not in (
                planned.step.answers.approved,
                planned.step.answers.adjusted,
            )


def test_a_label_that_was_made_is_voided_when_the_customer_withdraws() -> None:
    journal = simulate("refund", script({}, {}, Happening(2 * DAY, "customer.withdrew")))
    assert [event.action for event in of_kind(journal, "undone")] == ["parcel.void_label"]


def test_a_label_that_was_used_is_not_voided_any_more() -> None:
    journal = simulate(
        "refund",
        script(
            {},
            {"goods-are-here": answer(outcome="sent_back")},
            RETURNED,
            Happening(6 * DAY, "customer.withdrew"),
        ),
    )
    assert of_kind(journal, "undone") == []


def test_an_order_that_was_never_held_is_not_released() -> None:
    """The hold came too late; there is nothing to undo."""
    world = script(refund.GONE, {}, Happening(DAY, "customer.withdrew"))
    assert of_kind(simulate("refund", world), "undone") == []


def test_the_sellers_fault_makes_the_seller_pay_the_way_back() -> None:
    plan = plan_of("refund")
    world = script(
        {"order.load": Done(DELIVERED | {"claim_house_minor": 9900})}, {**PHOTOS, **AS_NEW}, RETURNED
    )
    label = plan.steps["return-label"].arguments["freight_on"]
    assert label.evaluate(end(simulate("refund", world, reason="defective")).facts) == "seller"
    assert label.evaluate(end(simulate("refund", script({}, AS_NEW, RETURNED))).facts) == "customer"
    assert ENTITLED["return_freight"] == "customer"


def test_an_adjusted_amount_is_what_is_paid() -> None:
    world = script(
        {"remedy.quote": NEEDS_APPROVAL, "order.load": Done(PLACED)}, {"approval": approved(4000, "adjusted")}
    )
    state = end(simulate("cancel", world))
    assert plan_of("cancel").steps["refund"].arguments["amount_minor"].evaluate(state.facts) == 4000
    assert state.grant is not None
    assert state.grant.ceiling == 4000


def test_part_of_an_order_is_not_cancelled_as_a_whole_by_itself() -> None:
    part = Done(PLACED | {"whole": False})
    world = script({"order.load": part}, {"part-of-order": Reply(HOUR, {"outcome": "taken_out"})})
    for procedure in ("refund", "cancel"):
        steps = way(simulate(procedure, world))
        assert "part-of-order" in steps
        assert "hold" not in steps
