"""A batch's members: their cases as a leg would hold them, and what they come to together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from makegood.core.authority import Authority, in_house
from makegood.core.money import Money, total, zero
from makegood.desk import packets
from makegood.desk.desk import Desk
from makegood.desk.driving import Hand, load
from makegood.store import batches
from makegood.store.errors import Erased
from makegood.store.models import Approval, Case
from makegood.store.transaction import Tx
from makegood.store.words import ApprovalStatus, MemberStatus

Pair = tuple[Approval, Case]


@dataclass(frozen=True, slots=True)
class Listed:
    """`hand` reads only: it has no lease."""

    approval: Approval
    case: Case
    hand: Hand

    @property
    def ceiling(self) -> Money:
        return ceiling_of(self.approval)


@dataclass(frozen=True, slots=True)
class Sums:
    """`order` is in the currency of the orders; the others in the house's, each amount rounded up."""

    order: Money
    house: Money
    of_customer: dict[UUID, Money]


def waiting(tx: Tx, batch_id: int) -> list[Pair]:
    """What the batch still asks, by case; closed ones included until the batch is answered."""
    found = batches.members(tx, batch_id)
    return [(approval, case) for member, approval, case in found if member.status is MemberStatus.WAITING]


def held(tx: Tx, desk: Desk, pair: Pair) -> Listed | None:
    """None where the question is closed, or the case's words were erased."""
    approval, case = pair
    if approval.status is not ApprovalStatus.OPEN:
        return None
    try:
        state, plan = load(tx, case.id), desk.plans.of(tx, case.version)
    except Erased:
        return None
    if state.question is None or state.question.seq != approval.question_seq:
        return None
    return Listed(approval, case, Hand(desk, case.id, case.number, plan, state, case.fence, "batch"))


def change_of(listed: Listed, shown: bytes) -> str | None:
    """What the case says otherwise since its packet was listed; None when it says the same."""
    now = packets.again(listed.hand, listed.approval)
    if packets.digest(now) == shown:
        return None
    return packets.changes(listed.approval.packet, now) or "it was shown anew"


def sums_of(authority: Authority, pairs: Sequence[Pair], currency: str) -> Sums:
    """At today's rates."""
    ceilings = [(ceiling_of(approval), case.customer_id) for approval, case in pairs]
    of_customer: dict[UUID, Money] = {}
    for ceiling, customer in ceilings:
        before = of_customer.get(customer, zero(authority.house_currency))
        of_customer[customer] = before + in_house(authority, ceiling)
    house = total(of_customer.values(), authority.house_currency)
    return Sums(total((ceiling for ceiling, _ in ceilings), currency), house, of_customer)


def ceiling_of(approval: Approval) -> Money:
    return Money(minor=approval.ceiling_minor, currency=approval.currency)
