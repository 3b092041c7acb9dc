"""Refund and cancel, as shipped: every way through them leads to an honest ending."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from makegood.core.contracts import CONTRACTS
from makegood.core.facts import REASONS, Facts
from makegood.core.loops import _is_gate
from makegood.core.procedure import ApproveStep, CloseStep, RunStep
from makegood.core.simulation import Journal
from makegood.core.world import Done, Failed, Happening, Lost, Reply, Script
from tests.core import chance, coverage
from tests.core.worlds import (
    AS_NEW,
    AUTHORISED,
    DAY,
    DELIVERED,
    ENTITLED,
    HOUR,
    PLACED,
    QUOTE,
    RETURNED,
    SHIPPED,
    TOO_LATE,
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

LATER = timedelta(minutes=1)
BUSY = (Failed("unavailable", final=False),) * 5 + (Done(),)
PHOTOS = {"evidence": answer(photos=2)}
FAULT: Facts = {"reason": "defective"}
WITHDREW = Happening(HOUR, "customer.withdrew")
NEEDS_APPROVAL = Done(QUOTE | {"needs_approval": True})
GONE = {"order": Done(PLACED), "order-sent": Done(SHIPPED), "warehouse.hold": Done({"result": "shipped"})}


def came(name: str, match: str = "OUT1", after: timedelta = 3 * DAY) -> Happening:
    return Happening(after, name, match)


@dataclass(frozen=True)
class Story:
    """What happens to one case, how it ends, which letters go out, and some steps that it comes to."""

    name: str
    world: Script
    outcome: str
    letters: tuple[str, ...]
    steps: tuple[str, ...] = ()
    case: Facts = field(default_factory=dict)


RETURN = ("acknowledgement", "return-instructions", "refund-confirmed", "survey")
FAULTY = ("acknowledgement", "evidence-request")

REFUND = [
    Story("goods come back as new", script({}, AS_NEW, RETURNED), "resolved", RETURN, ("refund",)),
    Story(
        "a cheap faulty thing is refunded without a return",
        script({"order.load": Done(DELIVERED | {"claim_house_minor": 1500})}, PHOTOS),
        "resolved",
        (*FAULTY, "refund-confirmed", "survey"),
        ("evidence", "refund"),
        FAULT,
    ),
    Story(
        "a faulty thing is kept for a share of its price",
        script({}, {**PHOTOS, "keep-offer:0": answer(accepted=False), "keep-offer:1": answer(accepted=True)}),
        "resolved",
        (*FAULTY, "keep-offer", "keep-offer", "refund-confirmed", "survey"),
        ("keep-offer", "quote", "refund"),
        FAULT,
    ),
    Story(
        "both offers are refused and everything is refunded on return",
        script({}, {**PHOTOS, **AS_NEW, "keep-offer": answer(accepted=False)}, RETURNED),
        "resolved",
        (*FAULTY, "keep-offer", "keep-offer", "return-instructions", "refund-confirmed", "survey"),
        ("inspection",),
        FAULT,
    ),
    Story(
        "silence on the offer leaves the full right",
        script({}, {**PHOTOS, **AS_NEW}, Happening(20 * DAY, "parcel.received", "RET1")),
        "resolved",
        (*FAULTY, "keep-offer", "reminder", "return-instructions", "reminder", "refund-confirmed", "survey"),
        ("keep-offer", "return-label"),
        FAULT,
    ),
    Story(
        "no photographs come",
        script(),
        "unanswered",
        (*FAULTY, "reminder", "reminder", "closed-unanswered"),
        ("close-unanswered",),
        FAULT,
    ),
    Story(
        "above the limit a person approves",
        script({"remedy.quote": NEEDS_APPROVAL}, {**AS_NEW, "approval": approved()}, RETURNED),
        "resolved",
        RETURN,
        ("approval", "return-label"),
    ),
    Story(
        "the third claim in 90 days is approved by a person",
        script(
            {"customer.history": Done({"claims_90d": 3, "given_90d_house_minor": 9000})},
            {**AS_NEW, "approval": approved(4000, "adjusted")},
            RETURNED,
        ),
        "resolved",
        RETURN,
        ("approval",),
    ),
    Story(
        "an approval is refused",
        script({"remedy.quote": NEEDS_APPROVAL}, {"approval": approved(0, "rejected")}),
        "declined",
        ("acknowledgement", "refund-declined"),
        ("approval", "declined-by-person"),
    ),
    Story(
        "nobody approves, then a team lead asks again",
        script(
            {"remedy.quote": NEEDS_APPROVAL},
            {**AS_NEW, "approval/2": approved(), "approval-overdue": answer(outcome="ask_again")},
            RETURNED,
        ),
        "resolved",
        ("acknowledgement", "person-looking", "return-instructions", "refund-confirmed", "survey"),
        ("approval", "approval-overdue", "approval"),
    ),
    Story(
        "an order that is with us is owed for although its approval was refused",
        script(
            {"order.load": Done(PLACED), "remedy.quote": NEEDS_APPROVAL},
            {
                "approval": approved(0, "rejected"),
                "refused-yet-owed": answer(outcome="ask_again"),
                "approval-once-more": approved(),
            },
        ),
        "resolved",
        ("acknowledgement", "cancel-confirmed", "survey"),
        ("cancel-order", "refused-yet-owed", "approval-once-more", "refund"),
    ),
    Story(
        "too late",
        script({"policy.judge": Done(TOO_LATE)}),
        "declined",
        ("acknowledgement", "refund-declined"),
        ("decline",),
    ),
    Story(
        "a rule from memory does not refuse by itself",
        script(
            {"policy.judge": Done(TOO_LATE | {"verified": False})},
            {**AS_NEW, "person-decides": answer(outcome="proceed")},
            RETURNED,
        ),
        "resolved",
        RETURN,
        ("person-decides",),
    ),
    Story(
        "the house is kinder than the law",
        script({"policy.judge": Done(TOO_LATE | {"goodwill": True})}, AS_NEW, RETURNED),
        "resolved",
        RETURN,
    ),
    Story(
        "no reason that we know is sorted out by an agent",
        script(
            {},
            {**PHOTOS, **AS_NEW, "sort-out": answer(fault="customer", evidence=False, in_hand=True)},
            RETURNED,
        ),
        "resolved",
        RETURN,
        ("sort-out",),
        {"reason": "other"},
    ),
    Story(
        "withdrawn while the customer should send it back",
        script({}, {}, Happening(2 * DAY, "customer.withdrew")),
        "withdrawn",
        ("acknowledgement", "return-instructions", "withdrawal-noted"),
        ("withdrawn",),
    ),
    Story(
        "withdrawn although the parcel is on its way, and never comes",
        script({"return-label:undo": Failed("used")}, {}, Happening(2 * DAY, "customer.withdrew")),
        "withdrawn",
        ("acknowledgement", "return-instructions", "withdrawal-noted"),
        ("parcel-underway",),
    ),
    Story(
        "withdrawn although the parcel is on its way, and then the money is wanted",
        script(
            {"return-label:undo": Failed("used")},
            {**AS_NEW, "goods-are-here/2": answer(outcome="pay")},
            Happening(2 * DAY, "customer.withdrew"),
            RETURNED,
        ),
        "resolved",
        RETURN,
        ("parcel-underway", "goods-are-here", "goods-are-here", "inspection", "refund"),
    ),
    Story(
        "withdrawn when the goods are back, and the goods are wanted",
        script(
            {},
            {"goods-are-here": answer(outcome="sent_back")},
            RETURNED,
            Happening(6 * DAY, "customer.withdrew"),
        ),
        "withdrawn",
        ("acknowledgement", "return-instructions", "withdrawal-noted"),
        ("inspection", "goods-are-here"),
    ),
    Story(
        "withdrawn after the payment",
        script({"confirm": BUSY}, AS_NEW, RETURNED, Happening(5 * DAY + HOUR + LATER, "customer.withdrew")),
        "resolved",
        ("acknowledgement", "return-instructions", "refund-confirmed", "already-paid"),
        ("refund", "already-paid"),
    ),
    Story(
        "never sent back",
        script({}, {}),
        "unanswered",
        ("acknowledgement", "return-instructions", "reminder", "return-not-received"),
        ("void-unused-label", "never-sent"),
    ),
    Story(
        "never sent back, and the label can neither be voided",
        script({"parcel.void_label": Failed("refused")}),
        "unanswered",
        ("acknowledgement", "return-instructions", "reminder", "return-not-received"),
        ("void-unused-label", "never-sent"),
    ),
    Story(
        "sent back at the last moment",
        script({"parcel.void_label": Failed("used")}, AS_NEW, Happening(25 * DAY, "parcel.received", "RET1")),
        "resolved",
        ("acknowledgement", "return-instructions", "reminder", "refund-confirmed", "survey"),
        ("late-return", "inspection"),
    ),
    Story(
        "lost on the way back, and paid",
        script({"parcel.void_label": Failed("used")}, {"lost-on-the-way-back/2": answer(outcome="pay")}),
        "resolved",
        ("acknowledgement", "return-instructions", "reminder", "refund-confirmed", "survey"),
        ("lost-on-the-way-back", "pay-uninspected", "refund"),
    ),
    Story(
        "lost on the way back, and not paid",
        script({"parcel.void_label": Failed("used")}, {"lost-on-the-way-back": answer(outcome="decline")}),
        "declined",
        ("acknowledgement", "return-instructions", "reminder", "refund-declined"),
        ("lost-on-the-way-back",),
    ),
    Story(
        "another thing came back and is sent to its owner",
        script(
            {},
            {
                "inspection": answer(condition="wrong_item", note="a brick"),
                "inspection-disputed": answer(outcome="send_back"),
                "send-other-item-back": answer(sent=True),
            },
            RETURNED,
        ),
        "declined",
        ("acknowledgement", "return-instructions", "refund-declined"),
        ("inspection-disputed", "send-other-item-back"),
    ),
    Story(
        "another thing came back, and a supervisor pays all the same",
        script(
            {},
            {
                "inspection": answer(condition="wrong_item", note=""),
                "inspection-disputed": answer(outcome="pay_all"),
            },
            RETURNED,
        ),
        "resolved",
        RETURN,
        ("inspection-disputed", "payout"),
    ),
    Story(
        "nobody inspects, which costs the customer nothing",
        script({}, {}, RETURNED),
        "resolved",
        RETURN,
        ("inspection", "deduction"),
    ),
    Story(
        "a limit fell meanwhile, and the refund is refused with the goods here",
        script(
            {"payment.refund": Failed("no_approval")},
            {**AS_NEW, "approval-again": approved(0, "rejected"), "send-back/2": answer(sent=True)},
            RETURNED,
        ),
        "declined",
        ("acknowledgement", "return-instructions", "refund-declined"),
        ("approval-again", "send-back", "send-back", "declined-by-person"),
    ),
    Story(
        "the refund fails for good and finance pays by hand",
        script(
            {"payment.refund": Failed("refused")}, {**AS_NEW, "money-desk": answer(settled="paid")}, RETURNED
        ),
        "resolved",
        RETURN,
        ("refund", "money-desk", "confirm"),
    ),
    Story(
        "the refund fails, finance repairs it, and it is tried again as a new visit",
        script(
            {"refund/1": Failed("refused")}, {**AS_NEW, "money-desk": answer(settled="not_paid")}, RETURNED
        ),
        "resolved",
        RETURN,
        ("refund", "money-desk", "refund", "confirm"),
    ),
    Story(
        "the answer of the bank was lost, and the look-up finds the refund",
        script({"payment.refund": Lost(Done({"refunded_minor": 4490, "refunds": 1}))}, AS_NEW, RETURNED),
        "resolved",
        RETURN,
        ("refund",),
    ),
    Story(
        "no label can be bought",
        script(
            {"parcel.return_label": Failed("no_service")},
            {**AS_NEW, "label-by-hand": answer(tracking="RET1")},
            RETURNED,
        ),
        "resolved",
        RETURN,
        ("label-by-hand", "await-parcel"),
    ),
    Story(
        "the order is not known to anybody",
        script({"order": Failed("not_found")}, {"find-order": answer(order_number="", no_such_order=True)}),
        "no_order",
        ("acknowledgement", "order-unknown", "reminder"),
        ("find-order", "ask-number", "no-order"),
    ),
    Story(
        "the customer tells the right number",
        script(
            {"order/1": Failed("not_found")},
            {
                **AS_NEW,
                "find-order": answer(order_number="", no_such_order=True),
                "ask-number": answer(order_number="W1"),
            },
            RETURNED,
        ),
        "resolved",
        ("acknowledgement", "order-unknown", *RETURN[1:]),
        ("find-order", "ask-number", "attach-order", "order"),
    ),
    Story(
        "the shop is down and comes back",
        script({"order/1": Failed("unavailable")}, {**AS_NEW, "system-down": answer(retry=True)}, RETURNED),
        "resolved",
        RETURN,
        ("system-down", "order"),
    ),
    Story(
        "all of it was refunded before",
        script({"order.load": Done(DELIVERED | {"payment": "refunded"})}),
        "already_refunded",
        ("acknowledgement", "refund-declined"),
        ("nothing-left",),
    ),
    Story(
        "not sent yet and charged: cancelled and refunded",
        script({"order.load": Done(PLACED)}),
        "resolved",
        ("acknowledgement", "cancel-confirmed", "survey"),
        ("hold", "cancel-order", "refund"),
    ),
    Story(
        "not sent yet and only authorised: cancelled and released",
        script({"order.load": Done(AUTHORISED)}),
        "resolved",
        ("acknowledgement", "cancel-confirmed", "survey"),
        ("hold", "cancel-order", "void"),
    ),
    Story(
        "not sent yet, authorised when read and charged when released",
        script({"order.load": Done(AUTHORISED), "payment.void": Failed("captured")}),
        "resolved",
        ("acknowledgement", "cancel-confirmed", "survey"),
        ("void", "refund"),
    ),
    Story(
        "withdrawn while the shop is slow to cancel: the hold is let go",
        script(
            {"order.load": Done(PLACED), "order.cancel": Failed("unavailable", final=False)},
            {},
            Happening(timedelta(seconds=20), "customer.withdrew"),
        ),
        "withdrawn",
        ("acknowledgement", "withdrawal-noted"),
        ("hold", "cancel-order", "withdrawn"),
    ),
    Story(
        "withdrawn while the shop is slow, and what was intercepted must be let go by hand",
        script(
            {
                "order.load": Done(PLACED),
                "warehouse.hold": Done({"result": "picking"}),
                "order.cancel": Failed("unavailable", final=False),
                "warehouse.release": Failed("refused"),
            },
            {"release-by-hand/2": answer(released=True)},
            Happening(timedelta(seconds=20), "customer.withdrew"),
        ),
        "withdrawn",
        ("acknowledgement", "withdrawal-noted"),
        ("intercept", "release-by-hand", "release-by-hand"),
    ),
    Story(
        "just sent, and the parcel is refused at the door",
        script(GONE, {}, came("parcel.returned")),
        "resolved",
        ("acknowledgement", "cancel-too-late-refuse-delivery", "refund-confirmed", "survey"),
        ("order-sent", "await-delivery", "goods-returned", "refund"),
    ),
    Story(
        "on its way and lost",
        script({"order.load": Done(SHIPPED)}, {}, came("parcel.lost")),
        "resolved",
        ("acknowledgement", "person-looking", "refund-confirmed", "survey"),
        ("late-parcel", "policy-lost", "refund"),
        {"reason": "not_delivered"},
    ),
    Story(
        "late, but it arrives",
        script({"order": Done(SHIPPED), "order-again": Done(DELIVERED)}, {}, came("parcel.delivered")),
        "resolved",
        ("acknowledgement", "person-looking", "survey"),
        ("arrived-after-all",),
        {"reason": "not_delivered"},
    ),
    Story(
        "said to be delivered, and found to be lost",
        script({}, {"trace": answer(outcome="lost")}),
        "resolved",
        ("acknowledgement", "refund-confirmed", "survey"),
        ("trace", "policy-lost"),
        {"reason": "not_delivered"},
    ),
    Story(
        "a dispute is opened meanwhile",
        script({}, {"dispute-desk": answer(taken_over=True)}, Happening(2 * DAY, "dispute.opened")),
        "moved_to_dispute",
        ("acknowledgement", "return-instructions", "person-looking"),
        ("dispute-desk",),
    ),
]

CONFIRMED = ("acknowledgement", "cancel-confirmed")
TOO_LATE_TO_STOP = ("acknowledgement", "cancel-too-late-refuse-delivery")

CANCEL = [
    Story(
        "not sent and only authorised",
        script({"order.load": Done(AUTHORISED)}),
        "resolved",
        CONFIRMED,
        ("hold", "cancel-order", "void"),
    ),
    Story("not sent and charged", script({"order.load": Done(PLACED)}), "resolved", CONFIRMED, ("refund",)),
    Story(
        "the pick had begun and is stopped",
        script({"order.load": Done(PLACED), "warehouse.hold": Done({"result": "picking"})}),
        "resolved",
        CONFIRMED,
        ("intercept", "cancel-order", "refund"),
    ),
    Story(
        "the pick had begun and the warehouse wins the race",
        script(
            {
                "order": Done(PLACED),
                "order.load": Done(SHIPPED),
                "warehouse.hold": Done({"result": "picking"}),
                "warehouse.intercept": Done({"result": "too_late"}),
            },
            {},
            came("parcel.returned"),
        ),
        "resolved",
        (*TOO_LATE_TO_STOP, "cancel-confirmed"),
        ("intercept", "recall", "refuse-delivery", "order-back", "refund"),
    ),
    Story(
        "the warehouse stops it and the shop says that it is too late",
        script(
            {
                "order": Done(PLACED),
                "order.load": Done(SHIPPED),
                "order.cancel": Done({"result": "too_late"}),
                "parcel.recall": Failed("refused"),
            },
            {},
            came("parcel.received"),
        ),
        "resolved",
        (*TOO_LATE_TO_STOP, "cancel-confirmed"),
        ("cancel-order", "order-sent", "recall", "refuse-delivery", "refund"),
    ),
    Story(
        "cancelled twice",
        script({"order.load": Done(PLACED | {"status": "cancelled", "payment": "refunded"})}),
        "already_cancelled",
        ("acknowledgement", "already-cancelled"),
        ("already-cancelled",),
    ),
    Story(
        "cancelled by somebody else at this moment, and paid back by them",
        script(
            {
                "order": Done(PLACED),
                "order-again": Done(PLACED | {"status": "cancelled", "payment": "voided"}),
                "order.cancel": Done({"result": "already_cancelled"}),
            }
        ),
        "already_cancelled",
        ("acknowledgement", "already-cancelled"),
        ("cancel-order", "order-again"),
    ),
    Story(
        "cancelled before, but never paid back",
        script({"order.load": Done(PLACED | {"status": "cancelled"})}),
        "resolved",
        CONFIRMED,
        ("pay", "refund"),
    ),
    Story(
        "above the limit a person approves before anything is cancelled",
        script({"order.load": Done(PLACED), "remedy.quote": NEEDS_APPROVAL}, {"approval": approved()}),
        "resolved",
        CONFIRMED,
        ("hold", "quote", "approval", "cancel-order", "refund"),
    ),
    Story(
        "the approval is refused and the order goes on",
        script(
            {"order.load": Done(PLACED), "remedy.quote": NEEDS_APPROVAL},
            {"approval": approved(0, "rejected")},
        ),
        "declined",
        ("acknowledgement", "refund-declined"),
        ("approval", "release", "declined-by-person"),
    ),
    Story(
        "withdrawn while approval is open: the hold is let go",
        script({"order.load": Done(PLACED), "remedy.quote": NEEDS_APPROVAL}, {}, WITHDREW),
        "withdrawn",
        ("acknowledgement", "withdrawal-noted"),
        ("approval", "withdrawn"),
    ),
    Story(
        "withdrawn after an interception, and the warehouse must be told by hand",
        script(
            {
                "order.load": Done(PLACED),
                "warehouse.hold": Done({"result": "picking"}),
                "remedy.quote": NEEDS_APPROVAL,
                "warehouse.release": Failed("refused"),
            },
            {"release-by-hand/2": answer(released=True)},
            WITHDREW,
        ),
        "withdrawn",
        ("acknowledgement", "withdrawal-noted"),
        ("intercept", "approval", "release-by-hand", "release-by-hand", "withdrawn"),
    ),
    Story(
        "withdrawn while the parcel is coming back",
        script(
            {"order.load": Done(SHIPPED)}, {"parcel-wanted": answer(outcome="will_be_delivered")}, WITHDREW
        ),
        "withdrawn",
        (*TOO_LATE_TO_STOP, "withdrawal-noted"),
        ("refuse-delivery", "parcel-wanted"),
    ),
    Story(
        "withdrawn after the money went back",
        script({"order.load": Done(PLACED), "confirm": BUSY}, {}, Happening(LATER, "customer.withdrew")),
        "resolved",
        ("acknowledgement", "cancel-confirmed", "already-cancelled"),
        ("refund", "too-late-to-keep"),
    ),
    Story(
        "delivered after all, and sent back as a refund",
        script(
            {"order.load": Done(SHIPPED)},
            {"delivered": answer(send_back=True), "as-refund": answer(40 * DAY, outcome="resolved")},
            came("parcel.delivered"),
        ),
        "resolved",
        (*TOO_LATE_TO_STOP, "cancel-too-late-return"),
        ("refuse-delivery", "delivered", "as-refund"),
    ),
    Story(
        "delivered before, and kept",
        script({}, {"delivered": answer(send_back=False)}),
        "kept",
        ("acknowledgement", "cancel-too-late-return"),
        ("delivered", "kept"),
    ),
    Story(
        "delivered before, and the customer is silent",
        script(),
        "unanswered",
        ("acknowledgement", "cancel-too-late-return", "reminder", "closed-unanswered"),
        ("delivered",),
    ),
    Story(
        "delivered, and the return never ends",
        script({}, {"delivered": answer(send_back=True), "sibling-late": answer(seen=True)}),
        "continued_as_refund",
        ("acknowledgement", "cancel-too-late-return"),
        ("as-refund", "sibling-late"),
    ),
    Story(
        "on its way and never seen again",
        script({"order.load": Done(SHIPPED)}, {"parcel-missing": answer(outcome="lost")}),
        "resolved",
        (*TOO_LATE_TO_STOP, "cancel-confirmed"),
        ("parcel-missing", "order-back", "refund"),
    ),
    Story(
        "the order is not known to anybody",
        script({"order": Failed("not_found")}, {"find-order": answer(order_number="", no_such_order=True)}),
        "no_order",
        ("acknowledgement", "order-unknown", "reminder"),
    ),
    Story(
        "a dispute is opened while it is on its way",
        script(
            {"order.load": Done(SHIPPED)},
            {"dispute-desk": answer(taken_over=True)},
            Happening(DAY, "dispute.opened"),
        ),
        "moved_to_dispute",
        (*TOO_LATE_TO_STOP, "person-looking"),
    ),
]

STORIES = [("refund", story) for story in REFUND] + [("cancel", story) for story in CANCEL]


def told(procedure: str, story: Story) -> Journal:
    return simulate(procedure, story.world, **story.case)


@pytest.mark.parametrize(("procedure", "story"), STORIES, ids=lambda each: getattr(each, "name", each))
def test_a_case_ends_as_its_story_says(procedure: str, story: Story) -> None:
    journal = told(procedure, story)
    assert end(journal).outcome == story.outcome, way(journal)
    assert tuple(letters(journal, plan_of(procedure))) == story.letters, way(journal)
    steps = iter(way(journal))
    assert all(step in steps for step in story.steps), way(journal)


@pytest.mark.parametrize("procedure", ["refund", "cancel"])
def test_every_branch_timeout_error_and_close_is_reached(procedure: str) -> None:
    """By the stories and by worlds of chance, each of which must come to an end, too."""
    plan = plan_of(procedure)
    open_ways: set[tuple[str, ...]] = {*coverage.ways_of(plan)}
    open_ways |= {(event, branch.go) for event, branches in plan.interrupts.items() for branch in branches}
    open_ways |= {(each.step.close,) for each in plan.steps.values() if isinstance(each.step, CloseStep)}
    for name, story in STORIES:
        open_ways -= _gone(told(name, story)) if name == procedure else set()
    for seed in range(6000):
        case = {"reason": REASONS[seed % len(REASONS)]}
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


@pytest.mark.parametrize("procedure", ["refund", "cancel"])
def test_no_money_moves_before_an_approval_was_given_or_found_unneeded(procedure: str) -> None:
    plan = plan_of(procedure)
    gates = {name for name, planned in plan.steps.items() if _is_gate(planned)}
    assert gates
    for seed in range(300):
        journal = simulate(procedure, chance.of(plan, seed), reason=REASONS[seed % len(REASONS)])
        cleared = False
        for event in (entry.event for entry in journal):
            cleared |= bool(gates & {*getattr(event, "passed", ()), getattr(event, "step", "")})
            if event.kind == "effect.intended" and event.action != "message.send":
                assert cleared or not CONTRACTS[event.action].money, (seed, way(journal))


@pytest.mark.parametrize("procedure", ["refund", "cancel"])
def test_whoever_works_is_known_to_the_roster(procedure: str) -> None:
    roles = {"agent", "supervisor", "team-lead", "finance", "warehouse", "warehouse-lead", "engineer", "ops"}
    for planned in plan_of(procedure).steps.values():
        named = {getattr(planned.step, "task", "agent")}
        timeout = getattr(planned.step, "timeout", None)
        named |= {timeout.escalate} if timeout and timeout.escalate else set()
        assert named <= roles


@pytest.mark.parametrize("procedure", ["refund", "cancel"])
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
    world = script(GONE, {}, Happening(DAY, "customer.withdrew"))
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
