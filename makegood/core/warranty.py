"""Warranty: whether a repair is free on a day, and by when the law and the house want it done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from makegood.core.claims import Claim, Reason
from makegood.core.periods import RestDays
from makegood.core.policy import judge
from makegood.core.statutes import Policies, on

_UNSAID_DAYS = 30
"""Where neither law nor house names a term, a repair is watched all the same."""


@dataclass(frozen=True, slots=True)
class Warranty:
    """`verified` is false where only figures from memory say that it has ended: then a person decides."""

    in_warranty: bool
    basis: str
    ends_on: date | None
    repair_days: int
    verified: bool


def check(policies: Policies, claim: Claim, today: date) -> Warranty:
    """Whatever the reason of the claim, the question is what is owed for a fault."""
    verdict = judge(policies, claim.model_copy(update={"reason": Reason.DEFECTIVE}), today)
    return Warranty(
        in_warranty=verdict.granted,
        basis=verdict.basis.value,
        ends_on=verdict.window_closes_on,
        repair_days=_repair_days(policies, claim, today),
        verified=verdict.verified,
    )


def _repair_days(policies: Policies, claim: Claim, today: date) -> int:
    """The shorter of the law's term and the house's. A term from memory only ever hurries us."""
    statute = policies.statutes.get(claim.market)
    fault = statute.conformity if statute else None
    rest = statute.rest if statute else RestDays(None)
    terms = (fault.repair_within if fault else None, policies.house.rules(claim.market).repair_within)
    said = [found.value for figures in terms if (found := on(figures, claim.ordered_on))]
    return min(((term.after(today, rest) - today).days for term in said), default=_UNSAID_DAYS)
