"""Packets: what a supervisor reads before deciding, in enumerated facts and money only."""

from __future__ import annotations

import hashlib

from makegood.core import events as ev
from makegood.core.authority import in_house
from makegood.core.facts import FactType
from makegood.core.money import Money
from makegood.desk import authorising, promises
from makegood.desk.driving import Hand
from makegood.store import cases, orders
from makegood.store.models import Approval, Case, Order

_AGAIN = "> **Asked again:**"
_SHOWN = (FactType.BOOL, FactType.INT, FactType.MONEY, FactType.PERCENT, FactType.ENUM, FactType.CODE)


def write(hand: Hand, asked: ev.QuestionAsked) -> str:
    """Begins with what was wrong with the last answer, if there was one."""
    return _text(hand, asked.step, asked.facts["ceiling_minor"], asked.why)


def again(hand: Hand, approval: Approval) -> str:
    """The packet as it would be written now."""
    why = hand.state.question.why if hand.state.question else ""
    return _text(hand, approval.step, approval.ceiling_minor, why)


def matter(packet: str) -> str:
    """What it says of the case: without why it is asked again."""
    first, _, rest = packet.partition("\n\n")
    return rest.lstrip("\n") if first.startswith(_AGAIN) else packet


def digest(packet: str) -> bytes:
    return hashlib.sha256(packet.encode()).digest()


def _text(hand: Hand, step: str, ceiling_minor: object, why: str) -> str:
    assert isinstance(ceiling_minor, int)
    with hand.desk.store.begin() as tx:
        case = cases.get(tx, hand.case_id)
        order = orders.get(tx, case.order_id) if case.order_id else None
    assert case.currency is not None
    ceiling = Money(minor=ceiling_minor, currency=case.currency)
    parts = [f"{_AGAIN} {why}.\n"] if why else []
    parts += [
        f"## {hand.plan.procedure.title} · {hand.number} · {case.market}",
        f"**Up to {_both(hand, ceiling)}** for step `{step}`.",
        _about(hand, case),
        _order(order),
        _facts(hand),
        _clocks(hand),
        _outcomes(hand, step),
    ]
    return "\n\n".join(filter(None, parts))


def _both(hand: Hand, money: Money) -> str:
    """In the order's currency and in the house's, which limits are written in."""
    house = in_house(hand.desk.library.authority, money)
    same = house.currency == money.currency
    return str(money) if same else f"{money} ({house} for limits)"


def _about(hand: Hand, case: Case) -> str:
    rows = {
        "Reason": case.reason,
        "Language": case.locale,
        "Zone": case.zone,
        "Tier": case.tier,
        "Channel": case.channel,
        "Dispute": "opened: the bank may give the same money back"
        if authorising.is_disputed(hand)
        else "none",
        "Conversation and pictures": f"{hand.desk.web_url}/desk/cases/{hand.number}",
    }
    return _table("Case", rows)


def _order(order: Order | None) -> str:
    if order is None:
        return ""
    lines = [
        f"| {unit.line_ref}/{unit.unit_no} | {unit.category} | {_money(unit.paid_minor, order)}"
        f" | {_money(unit.given_minor + unit.reserved_minor, order)} |"
        for unit in order.units
    ]
    head = "| Unit | Category | Paid | Given or reserved |\n|---|---|---|---|"
    paid, given = order.freight_paid_minor, order.freight_given_minor + order.freight_reserved_minor
    freight = f"| freight | | {_money(paid, order)} | {_money(given, order)} |"
    return "\n".join([head, *lines, freight])


def _money(minor: int, order: Order) -> str:
    return str(Money(minor=minor, currency=order.currency))


def _facts(hand: Hand) -> str:
    """Free text stays in the store: only words of ours, numbers and money are told."""
    known = hand.plan.fields
    rows = {
        name: str(value)
        for name, value in sorted(hand.state.facts.items())
        if name in known
        and known[name].type in _SHOWN
        and not name.startswith("case.")
        and not name.endswith("tracking")
    }
    return _table("Facts", rows)


def _clocks(hand: Hand) -> str:
    """When each promise is due: it does not change while the question is open."""
    facts = promises.facts_of(hand.desk.library, hand.state, hand.state.opened_at)
    rows = {name.removesuffix(".due"): str(due) for name, due in facts.items() if name.endswith(".due")}
    return _table("Deadlines (UTC)", {name: due for name, due in rows.items() if due})


def _outcomes(hand: Hand, step: str) -> str:
    answers = getattr(hand.plan.steps[step].step, "answers", None)
    timeout = getattr(hand.plan.steps[step].step, "timeout", None)
    if answers is None or timeout is None:
        return ""
    silent = (
        f"{timeout.after}, then {timeout.escalate} for {timeout.again}" if timeout.escalate else timeout.after
    )
    rows = {
        "approve": f"goes on at `{answers.approved}`",
        "adjust": f"goes on at `{answers.adjusted}` with your amount at most",
        "reject": f"goes on at `{answers.rejected}`",
        "silence": f"after {silent}: `{timeout.go}`; never a yes",
    }
    return _table("What each answer does", rows)


def _table(title: str, rows: dict[str, str]) -> str:
    body = "\n".join(f"| {name} | {value} |" for name, value in rows.items())
    return f"| {title} | |\n|---|---|\n{body}" if rows else ""
