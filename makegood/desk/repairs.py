"""Repairs: what a person must look at because it did not go by itself."""

from __future__ import annotations

from datetime import datetime

from makegood.core import events as ev
from makegood.core.decisions import Do
from makegood.core.money import Money
from makegood.desk.actions.shape import Prepared
from makegood.desk.driving import Hand
from makegood.library import Library
from makegood.store import effects, journal, tasks
from makegood.store.effects import Allocation
from makegood.store.models import Effect
from makegood.store.transaction import Tx
from makegood.store.words import Role, TaskKind, TaskStatus

UNKNOWN = "effect-unknown"


def prepared_before(tx: Tx, row: Effect) -> Prepared:
    """The arguments, money and allocations that an effect had when it was first intended."""
    money = None
    if row.money_minor is not None and row.currency is not None:
        money = Money(minor=row.money_minor, currency=row.currency)
    lines = tuple(
        Allocation(
            bucket=line.bucket,
            amount_minor=line.amount_minor,
            unit_id=line.unit_id,
            payment_id=line.payment_id,
        )
        for line in effects.reservations(tx, row.key)
    )
    return Prepared(effects.arguments(tx, row), row.order_id, money, row.pays, lines)


def look_ups_of(tx: Tx, hand: Hand, key: str) -> int:
    """How often the outcome was looked for in vain."""
    events = (entry.event for entry in journal.read(tx, hand.case_id))
    return sum(1 for event in events if isinstance(event, ev.EffectUnknown) and event.key == key)


def role_for(action: str) -> Role:
    """Whose work it is to find out what became of an effect."""
    return Role.FINANCE if action.startswith("payment.") else Role.ENGINEER


def tell_by(library: Library, action: str, since: datetime) -> datetime:
    """When a person is told of an effect that has been unknown `since`."""
    return library.calendars.add(since, str(library.service_levels.unknown_for), role_for(action).value)


def unknown_effect(tx: Tx, hand: Hand, event: ev.EffectUnknown, seq: int) -> None:
    """Money goes to finance, anything else to an engineer; one task at a time."""
    role, why = role_for(event.action), UNKNOWN
    for task in tasks.of_case(tx, hand.case_id):
        if (
            task.why == why
            and task.status is TaskStatus.OPEN
            and (task.step, task.visit) == (event.step, event.visit)
        ):
            return
    _open(tx, hand, event.step, event.visit, role, why, seq)


def after_failure(tx: Tx, hand: Hand, doing: Do, event: ev.Event, code: str, seq: int) -> None:
    """A letter that cannot go and an undo that fails do not stop the case, and are not forgotten."""
    if isinstance(event, ev.StepFailed):
        return
    if isinstance(event, ev.Undone):
        why, role = f"undo-failed-{code}", Role.ENGINEER
    else:
        why, role = f"letter-failed-{code}", Role.AGENT
    _open(tx, hand, doing.step, doing.visit, role, why, seq)


def _open(tx: Tx, hand: Hand, step: str, visit: int, role: Role, why: str, seq: int) -> None:
    due = hand.desk.library.calendars.add(hand.now(), "8bh", role.value)
    new = tasks.NewTask(
        step=step, visit=visit, question_seq=seq, role=role, why=why, due=due, kind=TaskKind.REPAIR
    )
    tasks.open(tx, hand.case_id, new, hand.now())
