"""Hearing: what shop, carrier and acquirer report is put into the inbox of every open case it may concern."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from makegood.core.contracts import EVENTS
from makegood.core.errors import UnknownName
from makegood.core.facts import Facts
from makegood.desk.desk import Desk
from makegood.store import cases, inbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """`id` is the sender's own; the same one again does nothing. `match` is what it is about."""

    source: str
    id: str
    name: str
    order: str
    match: str = ""
    facts: Facts
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class Heard:
    """How many open cases it may concern, and how many of them had not heard it before."""

    cases: int
    taken: int

    @property
    def duplicate(self) -> bool:
        return self.cases > 0 and self.taken == 0


def hear(desk: Desk, report: Report) -> Heard:
    """Raises UnknownName for an event that is not in the language.

    Received counts from now, not from when the sender says that it happened: a late report does not
    reach back before a time-out that was acted on. Each case hears it in a transaction of its own: cases
    that tell each other things lock one another's rows, in an order of their own. Cut short, the sender
    tells it again.
    """
    if report.name not in EVENTS:
        raise UnknownName(report.source, "event", report.name, tuple(EVENTS))
    now, taken = desk.now(), 0
    with desk.store.begin() as tx:
        concerned = cases.of_order_ref(tx, report.order, only_open=True)
    for case in concerned:
        with desk.store.begin() as tx:
            taken += inbox.put(
                tx,
                case.id,
                source=report.source,
                external_id=f"{report.id}:{case.number}",
                name=report.name,
                match=report.match or None,
                payload={"facts": dict(report.facts), "by": report.source},
                received_at=now,
                now=now,
            )
    return Heard(len(concerned), taken)
