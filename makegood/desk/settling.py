"""Settling: a person says what became of an effect of which no look-up could tell."""

from __future__ import annotations

from datetime import datetime

from makegood.core import events as ev
from makegood.core.facts import Field, enum
from makegood.core.state import Effect
from makegood.desk import doing, repairs
from makegood.desk.actions import registry
from makegood.desk.actions.shape import ByHand, Done
from makegood.desk.driving import Hand, record
from makegood.gateways.outcomes import Outcome
from makegood.store import effects, inbox
from makegood.store.inbox import Arrival
from makegood.store.models import Case, Task
from makegood.store.models import Effect as Row
from makegood.store.transaction import Tx

SETTLED = "effect.settled"
HAPPENED, NOT_HAPPENED = "happened", "did_not_happen"


def fields_of(tx: Tx, task: Task) -> dict[str, Field]:
    """What the task of an unknown effect asks; empty for any other. A label's number nobody can make up:
    of such an effect a person can only say that it did not happen, and then arranges it by hand."""
    row = _effect(tx, task)
    if row is None:
        return {}
    known = isinstance(registry.effect(row.action), ByHand)
    return {"outcome": enum(HAPPENED, NOT_HAPPENED) if known else enum(NOT_HAPPENED)}


def put(tx: Tx, case: Case, task: Task, outcome: str, by: str, now: datetime) -> None:
    row = _effect(tx, task)
    if row is None:
        return  # a look-up was quicker
    inbox.put(
        tx,
        case.id,
        source="desk",
        external_id=f"task-{task.id}",
        name=SETTLED,
        match=row.key,
        payload={"facts": {"outcome": outcome}, "by": by},
        received_at=now,
        now=now,
    )


def _effect(tx: Tx, task: Task) -> Row | None:
    if task.why != repairs.UNKNOWN:
        return None
    rows = effects.unsettled(tx, task.case_id)
    return next((row for row in rows if (row.step, row.visit) == (task.step, task.visit)), None)


def take_in(hand: Hand, arrival: Arrival) -> None:
    """Settled first and noted afterwards: read twice, it finds nothing more to settle."""
    effect, said = hand.state.effect, str(arrival.payload["facts"]["outcome"])
    if effect is not None and effect.key == arrival.match:
        said = _settle(hand, effect, said)
    else:
        said = "settled-before"
    note = ev.Noted(
        what=f"effect-{said}", facts={"key": arrival.match or "", "by": str(arrival.payload["by"])}
    )
    record(hand, note, lambda tx, seq: inbox.mark_read(tx, [arrival.id], seq))


def _settle(hand: Hand, effect: Effect, said: str) -> str:
    """The provider's own books have the last word, where they answer: what is there did happen."""
    action = registry.effect(effect.action)
    with hand.desk.store.begin() as tx:
        row = effects.get(tx, effect.key)
        assert row is not None, "an intended effect has its row"
        arguments = effects.arguments(tx, row)
    found: Done | None = None
    try:
        found = action.find(hand, arguments, effect.key)
        begun = isinstance(action, ByHand) and action.is_begun(hand, arguments, effect.key)
        if found is None and begun and said == NOT_HAPPENED:
            return "partly-there"
    except Outcome:
        pass  # it cannot be asked: the person has
    if found is None and said == HAPPENED and isinstance(action, ByHand):
        found = action.by_hand(hand, arguments)
    doing.conclude(hand, effect, found)
    return HAPPENED if found else NOT_HAPPENED
