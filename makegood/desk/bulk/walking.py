"""Walking: a case goes on in memory until it needs the world, a person, or to be put down."""

from __future__ import annotations

import logging

from makegood.core import outcomes
from makegood.core.advance import advance
from makegood.core.contracts import Kind
from makegood.core.decisions import Close, Decision, Do, Park, Pose, Record
from makegood.core.facts import Facts
from makegood.core.procedure import ApproveStep, AskStep, AwaitStep, OfferStep
from makegood.desk import arrivals, authorising, promises, resting, settling
from makegood.desk.actions import registry
from makegood.desk.actions.shape import Prepared
from makegood.desk.bulk.hands import Alone, Ask, BulkHand, Effect, Load, Rest, Want
from makegood.desk.driving import record
from makegood.gateways.outcomes import Outcome
from makegood.store import cases
from makegood.store.inbox import Arrival

log = logging.getLogger("makegood.bulk")

LOADS = "order.load"
READERS = frozenset(
    {"claims.repeat", "evidence.check", "policy.judge", "remedy.deduct", "remedy.quote", "warranty.check"}
)
"""Queries that read what is ours. Others commit by themselves, which a batch cannot allow them."""
ASKS = frozenset({"customer.history", "stock.find"})
"""Queries that ask the world, which is done for many at once."""
_MOST_STEPS = 1000
_WAITS = AskStep | OfferStep | AwaitStep
"""Waits that come without a task, an approval or a sibling case."""


def walk(hand: BulkHand) -> Want:
    """Where a case cannot be walked it stays as it was before, and is driven by itself."""
    mark = hand.mark()
    try:
        return _walk(hand)
    except Exception as error:  # noqa: BLE001  # driven alone it fails again, and is seen to there
        log.info("%s leaves the batch: %s", hand.number, type(error).__name__)
        hand.back_to(mark)
        return Alone()


def go_on(hand: BulkHand, do: Do, values: Facts | None) -> Want:
    """As `walk`, with the answer to a query; without one the case asks by itself."""
    if values is None:
        return Alone()
    mark = hand.mark()
    try:
        _finish(hand, do, values)
        return _walk(hand)
    except Exception as error:  # noqa: BLE001  # as above
        log.info("%s leaves the batch: %s", hand.number, type(error).__name__)
        hand.back_to(mark)
        return Alone()


def _walk(hand: BulkHand) -> Want:
    while hand.arrived:
        if not _admitted(hand, hand.arrived.pop(0)):
            return Alone()
    for _ in range(_MOST_STEPS):
        decision = advance(hand.plan, hand.state, hand.now())
        want = _want(hand, decision)
        if want is not None:
            return want
    return Alone()


def _admitted(hand: BulkHand, arrival: Arrival) -> bool:
    """What came in time counts, as for a leg. An approval and a settled effect are nothing for a batch."""
    question = hand.state.question
    was_over = question is not None and question.due is not None and question.due < arrival.received_at
    if was_over or arrival.name in (arrivals.APPROVAL, settling.SETTLED):
        return False
    arrivals.take_in(hand, arrival)
    return True


def _want(hand: BulkHand, decision: Decision) -> Want | None:
    """None when the case has moved and can go on."""
    match decision:
        case Record(event):
            record(hand, event)
            return None
        case Do():
            return _do(hand, decision)
        case Pose(asked, planned) if isinstance(planned.step, _WAITS):
            record(hand, asked)
            return None
        case Pose(_, planned) if isinstance(planned.step, ApproveStep):
            return Rest(waits_on="approval", asks=True)
        case Park(timers) if promises.due(hand) is None:
            return Rest(waits_on=resting.word_for(decision), timers=timers)
        case Close(event) if not _is_called(hand):
            record(hand, event)
            return Rest(outcome=event.outcome)
        case _:
            return Alone()


def _do(hand: BulkHand, do: Do) -> Want | None:
    if registry.contract_of(do.action).kind is Kind.EFFECT:
        return _effect(hand, do)
    if do.action == LOADS:
        return Load(do)
    if do.action in ASKS:
        return Ask(do)
    if do.action not in READERS:
        return Alone()
    try:
        _finish(hand, do, registry.query(do.action).answer(hand, do.arguments))
    except Outcome:
        return Alone()
    return None


def _finish(hand: BulkHand, do: Do, values: Facts) -> None:
    """A query has its answer."""
    now = hand.now()
    record(hand, outcomes.finish(hand.plan, hand.state, do, values, now), at=now)


def _effect(hand: BulkHand, do: Do) -> Want:
    """Prepared and authorised as for a leg. What is refused, held back or was begun before is a leg's."""
    if do.key(hand.number) in hand.begun:
        return Alone()
    prepared = registry.effect(do.action).prepare(hand, do)
    if not isinstance(prepared, Prepared) or authorising.refusal(hand, do, prepared):
        return Alone()
    return Effect(do, prepared)


def _is_called(hand: BulkHand) -> bool:
    """Whether another case waits for this one's close."""
    with hand.desk.store.begin() as tx:
        return cases.get(tx, hand.case_id).called_by is not None
