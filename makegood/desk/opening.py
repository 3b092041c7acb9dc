"""Opening: a case begins with its first event, pinned to the version of its procedure as it is today."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from makegood.core.advance import opening as first_event
from makegood.core.errors import BadInput, UnknownName
from makegood.core.facts import REASONS, Facts
from makegood.desk.desk import Desk
from makegood.store import cases, customers, journal
from makegood.store.cases import NewCase, Opened
from makegood.store.customers import Contact, Profile
from makegood.store.models import Case, Customer
from makegood.store.transaction import Tx

_WORD = re.compile(r"[a-z]+(-[a-z]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is wrong, with which order. `units` names lines or pieces; empty means all of the order.

    `about` is what a calling case hands over: a word (`checked`), or what the case is for, such as a
    parcel; of the latter a customer may have several open at once.
    """

    procedure: str
    reason: str
    channel: str
    order_ref: str | None = None
    currency: str | None = None
    units: tuple[str, ...] = ()
    about: str = ""

    @property
    def name(self) -> str:
        is_a_word = not self.about or _WORD.fullmatch(self.about)
        return self.procedure if is_a_word else f"{self.procedure} {self.about}"


class CalledOnly(BadInput):
    """The procedure is begun by other cases; nobody's message opens one."""

    def __init__(self, procedure: str, openable: Sequence[str]) -> None:
        problem = f"{procedure} is only called by other cases"
        mend = "Open a case of one of these: where it is needed, it calls the other by itself"
        super().__init__("procedure", problem, f"one of {', '.join(openable)}", mend)


def open_case(
    tx: Tx, desk: Desk, contact: Contact, profile: Profile, problem: Problem, now: datetime
) -> Opened:
    """The open case of this customer, order and procedure, or a new one. Raises UnknownName, CalledOnly."""
    check(desk, problem)
    customer = customers.ensure(tx, contact, profile, now)
    return _begin(tx, desk, customer, profile, problem, now)


def check(desk: Desk, problem: Problem) -> None:
    """What is not known, or opened by no message, is refused with what would do."""
    openable = desk.plans.openable
    if problem.procedure not in desk.plans.current:
        raise UnknownName("case", "procedure", problem.procedure, openable)
    serves = desk.plans.current[problem.procedure].procedure.serves
    if serves.called_only:
        raise CalledOnly(problem.procedure, openable)
    known = REASONS if serves.reasons == "all" else tuple(serves.reasons)
    if problem.reason not in known:
        raise UnknownName(problem.procedure, "reason", problem.reason, known)


def _begin(
    tx: Tx, desk: Desk, customer: Customer, profile: Profile, problem: Problem, now: datetime
) -> Opened:
    plan = desk.plans.publish(tx, problem.procedure, now)
    new = NewCase(
        customer_id=customer.id,
        procedure=problem.procedure,
        version=plan.version,
        problem=problem.name,
        reason=problem.reason,
        market=profile.market,
        locale=profile.locale,
        zone=profile.zone,
        channel=problem.channel,
        tier=profile.tier,
        order_ref=problem.order_ref,
        currency=problem.currency,
    )
    opened = cases.open(tx, new, now)
    if opened.fresh:
        event = first_event(plan, _facts(profile, problem))
        journal.append(tx, opened.case.id, [(event, now)], opened.case.fence, after=0)
    return opened


def _facts(profile: Profile, problem: Problem) -> Facts:
    """All built-in facts: whoever reads one finds it."""
    return {
        "case.reason": problem.reason,
        "case.market": profile.market,
        "case.channel": problem.channel,
        "case.tier": profile.tier,
        "case.locale": profile.locale,
        "case.has_order": problem.order_ref is not None,
        "case.units": len(problem.units),
        "case.unit_refs": ",".join(problem.units),
        "case.about": problem.about,
        "ledger.paid": False,
        "ledger.paid_minor": 0,
        "ledger.shipped": False,
    }


@dataclass(frozen=True, slots=True)
class Call:
    """What a calling case hands over; the rest is its own."""

    procedure: str
    units: tuple[str, ...]
    about: str
    reason: str


def sibling(tx: Tx, desk: Desk, caller: Case, call: Call, now: datetime) -> Case:
    """Another procedure for the same customer, order and pieces; its close is told to the caller."""
    customer = customers.get(tx, caller.customer_id)
    profile = Profile(caller.locale, caller.zone, caller.market, caller.tier, customer.consent)
    problem = Problem(
        procedure=call.procedure,
        reason=call.reason,
        channel=caller.channel,
        order_ref=caller.order_ref,
        currency=caller.currency,
        units=call.units,
        about=call.about,
    )
    opened = _begin(tx, desk, customer, profile, problem, now)
    if not opened.fresh and cases.is_closed(tx, opened.case.id):  # while we looked: it would tell nobody
        opened = _begin(tx, desk, customer, profile, problem, now)
    cases.set_caller(tx, opened.case.id, caller.id)
    return opened.case
