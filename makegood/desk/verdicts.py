"""Verdicts: whether an answer to an approval counts, judged by today's people, limits and packet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from makegood.core.authority import Permission, Person, Why, in_house, may, people_needed
from makegood.core.money import BadAmount, Money, parse
from makegood.core.procedure import ApproveStep
from makegood.desk import asking_more, countersigning, entered, four_eyes, identity, packets
from makegood.desk.driving import Hand
from makegood.store import cases, people
from makegood.store.codes import CodeRefusal, CodeRefused
from makegood.store.models import Approval
from makegood.store.models import Person as PersonRow
from makegood.store.transaction import Tx
from makegood.store.words import ApprovalDecision

DECISIONS = {
    "approve": ApprovalDecision.APPROVED,
    "adjust": ApprovalDecision.ADJUSTED,
    "reject": ApprovalDecision.REJECTED,
}


@dataclass(frozen=True, slots=True)
class Form:
    """What was entered, an `entered.Entered`. `answered_at` is real time: when the code is verified."""

    decision: str
    amount: str
    approver: str
    code: str
    note: str
    answered_at: datetime
    resumed: bool = True
    packet: str = ""
    shown: str = ""
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class Granted:
    decision: ApprovalDecision
    minor: int
    by: str


@dataclass(frozen=True, slots=True)
class Counted:
    """A yes that is not enough alone; `said` is what the next packet begins with."""

    minor: int
    by: str
    said: str


@dataclass(frozen=True, slots=True)
class Denied:
    """`why` is a word for the audit; `said` is what the next packet begins with."""

    why: str
    said: str


@dataclass(frozen=True, slots=True)
class MoreWanted:
    """Not decided yet: the case's agent is to find out what `note` says."""

    by: str
    note: str


Verdict = Granted | Counted | MoreWanted | Denied


def judge(tx: Tx, hand: Hand, approval: Approval, form: Form) -> Verdict:
    if denied := _odd(approval, form):
        return denied
    verdict = identity.verify(tx, hand.desk, form.approver, form.code, form.answered_at)
    if isinstance(verdict, CodeRefused):
        return Denied(verdict.why.value, CODE_SAID[verdict.why])
    now = packets.again(hand, approval)
    if packets.digest(now) != approval.packet_hash:
        changed = packets.changes(approval.packet, now)
        return Denied("packet-changed", f"The case changed after this was shown: {changed}")
    if form.decision == asking_more.MORE:
        return _more(tx, hand, approval, verdict.person, form)
    decision = DECISIONS[form.decision]
    amount = _amount(approval, form, decision)
    if isinstance(amount, Denied):
        return amount
    granted = _permitted(tx, hand, approval, verdict.person, form, decision, amount)
    if isinstance(granted, Denied) or decision is ApprovalDecision.REJECTED:
        return granted
    return _together(tx, hand, approval, granted, amount)


def _odd(approval: Approval, form: Form) -> Denied | None:
    """What did not come through the form as it was shown; its code is not used up."""
    if odd := entered.odd(form, approval.packet_hash):
        return Denied(*odd)
    if form.decision not in (*DECISIONS, asking_more.MORE):
        return Denied("no-decision", "Nothing was decided: choose approve, adjust, reject or more")
    return None


def _more(tx: Tx, hand: Hand, approval: Approval, row: PersonRow, form: Form) -> MoreWanted | Denied:
    """Whoever might decide it, whatever their limit, may ask; there is nothing to grant."""
    permission = permission_of(tx, hand, approval, row, Money(minor=0, currency=approval.currency))
    if not permission.allowed and permission.why is not Why.CUSTOMER_ABOVE_LIMIT:
        return Denied(permission.why.value, WHY_SAID[permission.why])
    if not form.note:
        return Denied("no-note", "A note is needed to ask for more: what is missing?")
    return MoreWanted(row.id, form.note)


def _together(tx: Tx, hand: Hand, approval: Approval, granted: Granted, amount: Money) -> Verdict:
    """Enough people, or one more is asked. What they all said yes to is the least of their amounts."""
    authority = hand.desk.library.authority
    needed = people_needed(authority, in_house(authority, amount))
    if needed == 1:
        return granted
    others = [
        signed
        for signed in countersigning.earlier(tx, approval)
        if signed.by != granted.by and _still_may(tx, hand, approval, signed)
    ]
    if len(others) + 1 < needed:
        missing = needed - len(others) - 1
        more = "one more person has" if missing == 1 else f"{missing} more people have"
        names = ", ".join(sorted([granted.by, *(signed.by for signed in others)]))
        return Counted(granted.minor, granted.by, f"{names} said yes; {more} to say yes, too")
    least = min([granted.minor, *(signed.minor for signed in others)])
    decision = granted.decision if least == granted.minor else ApprovalDecision.ADJUSTED
    return Granted(decision, least, granted.by)


def _still_may(tx: Tx, hand: Hand, approval: Approval, signed: countersigning.Signed) -> bool:
    """By today's people and limits: an earlier yes of who was deactivated since is none."""
    row = people.get(tx, signed.by)
    amount = Money(minor=signed.minor, currency=approval.currency)
    return row is not None and permission_of(tx, hand, approval, row, amount).allowed


_WRONG = "The id or the one-time code is wrong"
CODE_SAID = {
    CodeRefusal.UNKNOWN_PERSON: _WRONG,
    CodeRefusal.WRONG: _WRONG,
    CodeRefusal.USED: "This one-time code was used before. Wait for the next one",
    CodeRefusal.LOCKED: "Too many wrong codes: this id is locked for a while",
    CodeRefusal.INACTIVE: "This id is not active any more",
}


def _amount(approval: Approval, form: Form, decision: ApprovalDecision) -> Money | Denied:
    ceiling = Money(minor=approval.ceiling_minor, currency=approval.currency)
    if decision is not ApprovalDecision.ADJUSTED:
        return ceiling
    try:
        amount = parse(form.amount, approval.currency)
    except BadAmount as error:
        return Denied("bad-amount", f"The amount is not one: {error.expected or 'such as 12.34'}")
    if not 0 < amount.minor <= ceiling.minor:
        return Denied("above-ceiling", f"The amount must be above zero and at most {ceiling.decimal}")
    return amount


def _permitted(
    tx: Tx,
    hand: Hand,
    approval: Approval,
    row: PersonRow,
    form: Form,
    decision: ApprovalDecision,
    amount: Money,
) -> Granted | Denied:
    permission = permission_of(tx, hand, approval, row, amount)
    too_much = permission.why in (Why.ABOVE_LIMIT, Why.CUSTOMER_ABOVE_LIMIT)
    if permission.allowed or (decision is ApprovalDecision.REJECTED and too_much):
        if decision is not ApprovalDecision.APPROVED and not form.note:
            return Denied("no-note", "A note is needed to reject or adjust")
        return Granted(decision, 0 if decision is ApprovalDecision.REJECTED else amount.minor, row.id)
    return Denied(permission.why.value, WHY_SAID[permission.why])


def permission_of(tx: Tx, hand: Hand, approval: Approval, row: PersonRow, amount: Money) -> Permission:
    """Authority is the current one: role, remedy, market, limits; and four eyes come before it."""
    case, authority = cases.get(tx, hand.case_id), hand.desk.library.authority
    if why := four_eyes.barred(tx, hand, row.id):
        return Permission(why)
    limit = Money(minor=0, currency=authority.house_currency)
    if row.limit_minor is not None and row.limit_currency is not None:
        limit = Money(minor=row.limit_minor, currency=row.limit_currency)
    person = Person(row.id, row.role.value, limit, tuple(row.markets), row.active)
    step = hand.plan.steps[approval.step].step
    remedy = step.approve if isinstance(step, ApproveStep) else "refund"
    house = in_house(authority, amount)
    return may(authority, person, remedy, house, case.market, None, _given(hand))


def _given(hand: Hand) -> Money | None:
    """To this customer in 90 days, as far as the case has looked."""
    minor = hand.state.facts.get("history.given_90d_house_minor")
    currency = hand.desk.library.authority.house_currency
    return Money(minor=minor, currency=currency) if isinstance(minor, int) else None


WHY_SAID = {
    Why.ALLOWED: "",
    Why.INACTIVE: "This id is not active any more",
    Why.OWNER_OF_THE_CASE: "Nobody approves a case that is or was their own",
    Why.CHANGED_THE_AMOUNT: "Whoever changed the amount last does not approve it",
    Why.ROLE_MAY_NOT_APPROVE: "Your role does not approve payments",
    Why.NOT_THIS_REMEDY: "Your role does not approve this remedy",
    Why.NOT_THIS_MARKET: "This market is not among yours",
    Why.ABOVE_LIMIT: "The amount is above your limit",
    Why.CUSTOMER_ABOVE_LIMIT: "With all that this customer was given in 90 days it is above your limit",
}
