"""The tables of a packet: each a question that a supervisor asks, in enumerated facts and money only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from math import ceil

from makegood.core.authority import Authority, in_house
from makegood.core.facts import Facts, FactType
from makegood.core.money import Money
from makegood.core.procedure import ApproveStep, Step
from makegood.desk import authorising, promises
from makegood.desk.driving import Hand
from makegood.store.models import Case, Order

_SHOWN = (FactType.BOOL, FactType.INT, FactType.MONEY, FactType.PERCENT, FactType.ENUM, FactType.CODE)
_TOLD = ("order.", "policy.", "history.", "evidence.", "proof.", "case.", "ledger.")
"""What the tables before the last one tell; the last one has the rest."""
_SHARES = (20, 35, 50)  # percent that procedures offer for keeping the goods

Rows = Mapping[str, str]


def table(title: str, rows: Rows) -> str:
    body = "\n".join(f"| {name} | {value} |" for name, value in rows.items() if value)
    return f"| {title} | |\n|---|---|\n{body}" if body else ""


def both(authority: Authority, money: Money) -> str:
    """In the order's currency and in the house's, which limits are written in."""
    house = in_house(authority, money)
    return str(money) if house.currency == money.currency else f"{money} ({house} for limits)"


def proposal(hand: Hand, case: Case, step: Step, ceiling: Money) -> str:
    """What is given, and what of it costs the seller."""
    facts, authority = hand.state.facts, hand.desk.library.authority
    quote = _quote(facts, ceiling)
    named = {"goods": "goods_minor", "delivery as it was paid": "freight_minor"}
    lines = {
        what: _money(facts, f"{quote}.{fact}", ceiling.currency) if quote else ""
        for what, fact in named.items()
    }
    label = facts.get("label.cost_minor")
    if isinstance(label, int):
        lines["return label"] = str(Money(minor=label, currency=ceiling.currency))
    remedy = step.approve if isinstance(step, ApproveStep) else "refund"
    share = facts.get("remedy.share") or facts.get("offered.share")
    rows = {
        "Remedy": remedy.replace("_", " ") + (f", {share} %" if isinstance(share, int) else ""),
        "Goods come back": _flag(facts, "remedy.return_required"),
        **{f"of it {what}": amount for what, amount in lines.items()},
        "In all, at most": both(authority, ceiling),
    }
    return table(f"Proposed for {case.reason.replace('_', ' ')}", rows)


def _quote(facts: Facts, ceiling: Money) -> str:
    """The quote that the ceiling is of: a procedure may have made several."""
    quotes = [name.rpartition(".")[0] for name in facts if name.endswith(".needs_approval")]
    of_it = [
        name
        for name in quotes
        if ceiling.minor in (facts.get(f"{name}.amount_minor"), facts.get(f"{name}.goods_minor"))
    ]
    return next(iter(of_it or quotes), "")


def alternatives(hand: Hand, ceiling: Money) -> str:
    """The cheaper and the dearer ways, as far as the law leaves them open.

    Keeping the goods for part of their price takes the customer's consent; nobody is given less than is owed.
    """
    facts = hand.state.facts
    worth = facts.get("order.claim_minor")
    if not isinstance(worth, int) or worth == 0:
        return ""
    owed = facts.get("policy.entitled") is True
    ways = {
        f"{share} % back, goods kept, if the customer agrees": ceil(worth * share / 100) for share in _SHARES
    }
    ways["all back, goods kept"] = worth
    rows = {
        way: _difference(Money(minor=minor, currency=ceiling.currency), ceiling)
        for way, minor in ways.items()
    }
    rows["nothing"] = "not lawful: the customer is owed a remedy" if owed else "lawful: nothing is owed"
    return table("Other ways", rows)


def _difference(way: Money, ceiling: Money) -> str:
    less = way.minor - ceiling.minor
    if less == 0:
        return f"{way}: the same"
    gap = Money(minor=abs(less), currency=way.currency)
    return f"{way}: {gap} {'less' if less < 0 else 'more'}"


def given(hand: Hand, case: Case, order: Order | None) -> str:
    facts, house = hand.state.facts, hand.desk.library.authority.house_currency
    currency = case.currency or house
    rows = {
        "In this case": _money(facts, "ledger.paid_minor", currency),
        "To this customer in 90 days": _money(facts, "history.given_90d_house_minor", house),
        "Claims of this customer in 90 days": str(facts.get("history.claims_90d", "")),
    }
    if order is not None:
        units = sum(unit.given_minor + unit.reserved_minor for unit in order.units)
        rows = {"On this order": str(Money(minor=units, currency=order.currency)), **rows}
    return table("Given so far", rows)


def policy(hand: Hand) -> str:
    """The rule that applies, and where it is written."""
    facts = hand.state.facts
    if "policy.why" not in facts:
        return ""
    verified = "" if facts.get("policy.verified") is True else " (not verified: decide yourself)"
    rows = {
        "Owed by law or marketplace": _flag(facts, "policy.entitled"),
        "Owed by the house's own word": _flag(facts, "policy.goodwill"),
        "Rule": f"{facts.get('policy.basis')}: {facts.get('policy.why')}{verified}",
        "Source": str(facts.get("policy.source", "")),
        "Window closes": str(facts.get("policy.window_closes_on", "")),
        "The way back is paid by": str(facts.get("policy.return_freight", "")),
    }
    return table("Policy", rows)


def evidence(hand: Hand) -> str:
    facts = hand.state.facts
    shown = {name: str(value) for name, value in sorted(_known(hand, ("evidence.", "proof.")))}
    if facts.get("reason.evidence") is True and not facts.get("evidence.photos"):
        shown["missing"] = "photographs"
    return table("Evidence", shown)


def about(hand: Hand, case: Case) -> str:
    disputed = "opened: the bank may give the same money back" if authorising.is_disputed(hand) else "none"
    rows = {
        "Reason": case.reason,
        "Language": case.locale,
        "Zone": case.zone,
        "Tier": case.tier,
        "Channel": case.channel,
        "Dispute": disputed,
        "Conversation and pictures": f"{hand.desk.web_url}/desk/cases/{hand.number}",
    }
    return table("Case", rows)


def order_lines(authority: Authority, order: Order | None) -> str:
    if order is None:
        return ""

    def told(minor: int) -> str:
        return both(authority, Money(minor=minor, currency=order.currency))

    lines = [
        f"| {unit.line_ref}/{unit.unit_no} | {unit.category} | {told(unit.paid_minor)}"
        f" | {told(unit.given_minor + unit.reserved_minor)} |"
        for unit in order.units
    ]
    given_minor = order.freight_given_minor + order.freight_reserved_minor
    freight = f"| freight | | {told(order.freight_paid_minor)} | {told(given_minor)} |"
    head = "| Unit | Category | Paid | Given or reserved |\n|---|---|---|---|"
    return "\n".join([head, *lines, freight])


def order_facts(hand: Hand) -> str:
    told = ("order.status", "order.fulfilment", "order.payment", "order.days_since_delivery")
    facts = hand.state.facts
    return table("Order", {name.removeprefix("order."): str(facts.get(name, "")) for name in told})


def other_facts(hand: Hand) -> str:
    """Free text stays in the store: only words of ours, numbers and money are told."""
    rows = {
        name: str(value)
        for name, value in sorted(_known(hand, ("",)))
        if not name.startswith(_TOLD) and not name.endswith("tracking")
    }
    return table("Facts", rows)


def _known(hand: Hand, groups: tuple[str, ...]) -> Iterator[tuple[str, object]]:
    known = hand.plan.fields
    for name, value in hand.state.facts.items():
        if name.startswith(groups) and name in known and known[name].type in _SHOWN:
            yield name, value


def deadlines(hand: Hand) -> str:
    """The one that binds first comes first. Promises do not change while the question is open."""
    facts = promises.facts_of(hand.desk.library, hand.state, hand.state.opened_at)
    dues = {
        f"our promise: {name.removesuffix('.due').replace('_', ' ')}": str(due)
        for name, due in facts.items()
        if name.endswith(".due") and due
    }
    if closes := hand.state.facts.get("policy.window_closes_on"):
        dues["statute: the window closes"] = str(closes)
    rows = {name: _instant(due) for name, due in sorted(dues.items(), key=lambda row: row[1])}
    return table("Deadlines (UTC), the first binds", rows)


def _instant(due: str) -> str:
    return f"{datetime.fromisoformat(due):%Y-%m-%d %H:%M}" if "T" in due else due


def outcomes(step: Step) -> str:
    answers, timeout = getattr(step, "answers", None), getattr(step, "timeout", None)
    if answers is None or timeout is None:
        return ""
    silent = (
        f"{timeout.after}, then {timeout.escalate} for {timeout.again}" if timeout.escalate else timeout.after
    )
    rows = {
        "approve": f"goes on at `{answers.approved}`",
        "adjust": f"goes on at `{answers.adjusted}` with your amount at most",
        "reject": f"goes on at `{answers.rejected}`",
        "more": "the case's agent has a task, and you are asked again; the deadline stays",
        "silence": f"after {silent}: `{timeout.go}`; never a yes",
    }
    return table("What each answer does", rows)


def _money(facts: Facts, name: str, currency: str) -> str:
    minor = facts.get(name)
    return str(Money(minor=minor, currency=currency)) if isinstance(minor, int) else ""


def _flag(facts: Facts, name: str) -> str:
    value = facts.get(name)
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else ""
