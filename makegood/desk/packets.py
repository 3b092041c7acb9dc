"""Packets: what a supervisor reads before deciding, in enumerated facts and money only."""

from __future__ import annotations

import hashlib

from makegood.core import events as ev
from makegood.core.money import Money
from makegood.desk import asking_more
from makegood.desk import packet_tables as tables
from makegood.desk.driving import Hand
from makegood.store import cases, orders
from makegood.store.models import Approval

_AGAIN = "> **Asked again:**"
_CHANGES = 3  # rows that are named; the whole packet is shown anyway


def write(hand: Hand, asked: ev.QuestionAsked) -> str:
    """Begins with what was wrong with the last answer, if there was one."""
    return _text(hand, asked.step, asked.visit, asked.facts["ceiling_minor"], asked.why)


def again(hand: Hand, approval: Approval) -> str:
    """The packet as it would be written now."""
    why = hand.state.question.why if hand.state.question else ""
    return _text(hand, approval.step, approval.visit, approval.ceiling_minor, why)


def matter(packet: str) -> str:
    """What it says of the case: without why it is asked again."""
    first, _, rest = packet.partition("\n\n")
    return rest.lstrip("\n") if first.startswith(_AGAIN) else packet


def digest(packet: str) -> bytes:
    return hashlib.sha256(packet.encode()).digest()


def _text(hand: Hand, step: str, visit: int, ceiling_minor: object, why: str) -> str:
    assert isinstance(ceiling_minor, int)
    with hand.desk.store.begin() as tx:
        case = cases.get(tx, hand.case_id)
        order = orders.get(tx, case.order_id) if case.order_id else None
        more = asking_more.told(tx, hand, step, visit)
    assert case.currency is not None
    ceiling = Money(minor=ceiling_minor, currency=case.currency)
    parts = [f"{_AGAIN} {why}.\n"] if why else []
    planned, authority = hand.plan.steps[step].step, hand.desk.library.authority
    parts += [
        f"## {hand.plan.procedure.title} · {hand.number} · {case.market}",
        f"**Up to {tables.both(authority, ceiling)}** for step `{step}`.",
        tables.table("More was asked for", more),
        tables.proposal(hand, case, planned, ceiling),
        tables.alternatives(hand, ceiling),
        tables.given(hand, case, order),
        tables.policy(hand),
        tables.deadlines(hand),
        tables.evidence(hand),
        tables.order_lines(authority, order),
        tables.order_facts(hand),
        tables.about(hand, case),
        tables.other_facts(hand),
        tables.outcomes(planned),
    ]
    return "\n\n".join(filter(None, parts))


def changes(before: str, after: str) -> str:
    """What another reading of the case says otherwise, row by row; empty when it says the same."""
    old, new = _cells(matter(before)), _cells(matter(after))
    said = [
        f"{' '.join(key)}: {old.get(key, 'nothing')} is now {new.get(key, 'nothing')}"
        for key in dict.fromkeys([*old, *new])
        if old.get(key) != new.get(key)
    ]
    return "; ".join(said[:_CHANGES])


def _cells(packet: str) -> dict[tuple[str, str], str]:
    """Each row of each table by the table's title and the row's name."""
    found: dict[tuple[str, str], str] = {}
    for block in packet.split("\n\n"):
        rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in block.splitlines()]
        for row in rows[2:] if block.startswith("|") else ():
            found[rows[0][0], row[0]] = ", ".join(filter(None, row[1:]))
    return found
