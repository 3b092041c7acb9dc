"""Verdicts on an answer to a batch: judged once, against all of what is not struck out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from makegood.core.authority import Why, people_needed
from makegood.core.money import Money
from makegood.desk import batch_members, entered, identity
from makegood.desk.batch_members import Listed, Sums
from makegood.desk.desk import Desk
from makegood.desk.verdicts import CODE_SAID, WHY_SAID, permission_of
from makegood.store import batches, people
from makegood.store.codes import CodeRefused
from makegood.store.models import Approval, Batch, BatchMember, Case
from makegood.store.models import Person as PersonRow
from makegood.store.transaction import Tx
from makegood.store.words import ApprovalDecision, MemberStatus

DECISIONS = {"approve": ApprovalDecision.APPROVED, "reject": ApprovalDecision.REJECTED}
TOO_MUCH = (Why.ABOVE_LIMIT, Why.CUSTOMER_ABOVE_LIMIT)
COUNTED = "counted"
"""The audit's word for a yes that is not enough alone."""


@dataclass(frozen=True, slots=True)
class Form:
    """What was entered, an `entered.Entered`. `answered_at` is real time: when the code is verified."""

    decision: str
    strike: str
    approver: str
    code: str
    note: str
    answered_at: datetime
    resumed: bool = True
    packet: str = ""
    shown: str = ""
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class Stand:
    """What an answer is about: approvals with the packets that were shown, and what they come to."""

    covers: Mapping[int, bytes]
    struck: Mapping[int, str]
    sums: Sums


@dataclass(frozen=True, slots=True)
class Granted:
    decision: ApprovalDecision
    by: str
    stand: Stand


@dataclass(frozen=True, slots=True)
class Counted:
    """A yes that is not enough alone; what it strikes out leaves the batch."""

    by: str
    said: str
    stand: Stand


@dataclass(frozen=True, slots=True)
class Refused:
    """`left` are approvals whose cases changed: they go on alone."""

    why: str
    said: str
    left: frozenset[int] = field(default_factory=frozenset)


Verdict = Granted | Counted | Refused
Member = tuple[BatchMember, Approval, Case]


def judge(tx: Tx, desk: Desk, batch: Batch, form: Form) -> Verdict:
    """`batch` is open and locked. What was mistyped in the list costs no code."""
    waiting = [each for each in batches.members(tx, batch.id) if each[0].status is MemberStatus.WAITING]
    if odd := _odd(batch, form):
        return odd
    struck = _struck(form.strike, waiting)
    if isinstance(struck, Refused):
        return struck
    verdict = identity.verify(tx, desk, form.approver, form.code, form.answered_at)
    if isinstance(verdict, CodeRefused):
        return Refused(verdict.why.value, CODE_SAID[verdict.why])
    listed = _unchanged(tx, desk, [each for each in waiting if each[1].id not in struck])
    if isinstance(listed, Refused):
        return listed
    sums = batch_members.sums_of(
        desk.library.authority, [(e.approval, e.case) for e in listed], batch.currency
    )
    stand = Stand({each.approval.id: each.approval.packet_hash for each in listed}, struck, sums)
    return _decided(tx, desk, batch, verdict.person, form, listed, stand)


def _odd(batch: Batch, form: Form) -> Refused | None:
    """What did not come through the form as it was shown; it costs no code."""
    if odd := entered.odd(form, batch.packet_hash):
        return Refused(*odd)
    if form.decision not in DECISIONS:
        return Refused("no-decision", "Nothing was decided: choose approve or reject")
    return None


def _struck(text: str, waiting: Sequence[Member]) -> dict[int, str] | Refused:
    """The approvals whose cases are to be struck out, with their numbers."""
    known = {case.number: approval.id for _, approval, case in waiting}
    typed = [word.upper() for word in re.split(r"[\s,;]+", text) if word]
    unknown = [number for number in typed if number not in known]
    if unknown:
        named = ", ".join(word[:20] for word in unknown[:3])
        return Refused("not-listed", f"To strike out: {_plain(named)} is not in this list")
    if len(set(typed)) == len(known):
        return Refused("nothing-left", "All cases were struck out: nothing is left to decide")
    return {known[number]: number for number in typed}


def _plain(text: str) -> str:
    """What somebody typed, as Markdown shows it: nothing but letters, digits, dashes and commas."""
    return re.sub(r"[^A-Z0-9, -]", "?", text)


def _unchanged(tx: Tx, desk: Desk, standing: Sequence[Member]) -> list[Listed] | Refused:
    """The questions that are still open, each as it was listed."""
    listed: list[Listed] = []
    changed: dict[int, str] = {}
    for member, approval, case in standing:
        held = batch_members.held(tx, desk, (approval, case))
        if held is None:
            continue  # closed elsewhere
        change = batch_members.change_of(held, member.packet_hash)
        if change is not None:
            changed[approval.id] = f"{case.number} changed after this was shown, and goes on alone: {change}"
        listed.append(held)
    if changed:
        return Refused("packet-changed", "; ".join(list(changed.values())[:3]), frozenset(changed))
    return listed or Refused("closed", "Each of these questions was answered or withdrawn meanwhile")


def _decided(
    tx: Tx, desk: Desk, batch: Batch, person: PersonRow, form: Form, listed: Sequence[Listed], stand: Stand
) -> Verdict:
    decision = DECISIONS[form.decision]
    for each in listed:
        why = why_not(tx, each, person, stand.sums)
        if why is not Why.ALLOWED and not (decision is ApprovalDecision.REJECTED and why in TOO_MUCH):
            return Refused(why.value, _said(why, each, stand.sums))
    if decision is ApprovalDecision.REJECTED:
        return Granted(decision, person.id, stand) if form.note else _NO_NOTE
    signed = [person.id, *cosigners(tx, batch.id, stand, listed, person.id)]
    missing = people_needed(desk.library.authority, stand.sums.house) - len(signed)
    if missing <= 0:
        return Granted(decision, person.id, stand)
    more = "one more person has" if missing == 1 else f"{missing} more people have"
    return Counted(person.id, f"{', '.join(sorted(signed))} said yes; {more} to say yes, too", stand)


_NO_NOTE = Refused("no-note", "A note is needed to reject")


def why_not(tx: Tx, each: Listed, person: PersonRow, sums: Sums) -> Why:
    """Whether this person may give all of it: as for the case alone, and up to the sum of all.

    What one customer gets in several cases of the batch is one sum towards what they may be given.
    """
    amount = sums.of_customer[each.case.customer_id]
    permission = permission_of(tx, each.hand, each.approval, person, amount)
    if not permission.allowed:
        return permission.why
    within = permission.limit is not None and sums.house <= permission.limit
    return Why.ALLOWED if within else Why.ABOVE_LIMIT


def cosigners(tx: Tx, batch_id: int, stand: Stand, listed: Sequence[Listed], besides: str) -> list[str]:
    """Who said yes before to at least what stands now, and still may: each person once."""
    found: list[str] = []
    for given in batches.answers(tx, batch_id):
        said_yes = given.why == COUNTED and stand.covers.items() <= batches.covers(given).items()
        if not said_yes or given.person_id in (besides, *found):
            continue
        row = people.get(tx, given.person_id)
        if row is not None and all(why_not(tx, each, row, stand.sums) is Why.ALLOWED for each in listed):
            found.append(given.person_id)
    return found


def _said(why: Why, each: Listed, sums: Sums) -> str:
    if why is Why.ABOVE_LIMIT:
        return f"All of it together, {_both(sums)}, is above your limit: strike some out"
    return f"{each.case.number}: {WHY_SAID[why]}. Strike it out, or leave all of it to somebody else"


def _both(sums: Sums) -> str:
    house: Money = sums.house
    return str(sums.order) if house.currency == sums.order.currency else f"{sums.order} ({house} for limits)"
