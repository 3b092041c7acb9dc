"""The grounds of a verdict: what the law, and what the house, says to one claim."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, assert_never

from makegood.core.claims import Basis, Claim, Failure, Ground, NamedFigures, Reason, Why
from makegood.core.periods import Period, RestDays
from makegood.core.statutes import Conformity, Figure, HouseRules, Statute, Withdrawal, on


def in_law(statute: Statute, rules: HouseRules, claim: Claim, today: date) -> Ground | None:
    """None where nothing is known of such a right, which is not the same as knowing that there is none."""
    match claim.reason:
        case Reason.CHANGED_MIND | Reason.OTHER:
            found = _withdrawal(statute, claim)
            return found if found and found.granted else _late(statute, rules, claim) or found
        case Reason.CANCELLED_BEFORE_SHIPMENT:
            found = _withdrawal(statute, claim.model_copy(update={"delivered_on": None}))
            return _renamed(found, Why.CANCELLED_BEFORE_SHIPMENT)
        case Reason.NOT_DELIVERED:
            return _non_delivery(statute, claim, today)
        case (
            Reason.DEFECTIVE
            | Reason.DAMAGED
            | Reason.NOT_AS_DESCRIBED
            | Reason.WRONG_ITEM
            | Reason.MISSING_ITEM
        ):
            return _conformity(statute, rules, claim)
        case _:
            assert_never(claim.reason)


def in_house(rules: HouseRules, claim: Claim, today: date) -> Ground:
    """What the seller gives of its own accord."""
    match claim.reason:
        case Reason.CANCELLED_BEFORE_SHIPMENT:
            accepts = on(rules.cancel_before_shipment, claim.ordered_on)
            granted = accepts is not None and accepts.value
            return Ground(granted, Basis.HOUSE, Why.CANCELLED_BEFORE_SHIPMENT, None, _named("house", accepts))
        case Reason.NOT_DELIVERED:
            term = on(rules.not_delivered_after, claim.ordered_on)
            return _overdue(claim, today, term, Basis.HOUSE, RestDays(None), "house")
        case Reason.CHANGED_MIND | Reason.OTHER:
            barred = on(rules.no_change_of_mind_for, claim.ordered_on)
            if barred is not None and claim.category in barred.value:
                return Ground(False, Basis.HOUSE, Why.CATEGORY_EXCEPTED, figures=_named("house", barred))
            return _house_window(on(rules.change_of_mind_period, claim.ordered_on), claim, Why.WINDOW_CLOSED)
        case _:
            return _house_window(on(rules.fault_period, claim.ordered_on), claim, Why.FAULT_TOO_LATE)


def _withdrawal(statute: Statute, claim: Claim) -> Ground | None:
    right = statute.withdrawal
    if right is None:
        return None
    exists = on(right.right, claim.ordered_on)
    if exists is not None and not exists.value:
        return Ground(False, Basis.NONE, Why.NO_RIGHT_IN_LAW, figures=_named("right", exists))
    lapses = on(right.only_if_undisclosed, claim.ordered_on)
    if lapses is not None and lapses.value and claim.disclosed:
        return Ground(False, Basis.NONE, Why.NO_RIGHT_IN_LAW, figures=_named("only_if_undisclosed", lapses))
    excepted = on(right.exceptions.get(claim.category), claim.ordered_on)
    if excepted is not None and excepted.value and excepted.verified:
        return Ground(False, Basis.NONE, Why.CATEGORY_EXCEPTED, figures=_named("exception", excepted))
    period = on(right.period, claim.ordered_on)
    if period is None:
        return None
    doubt = _named("exception", excepted if excepted and excepted.value else None)
    if claim.delivered_on is None:
        figures = (("period", period), *doubt)
        return Ground(True, Basis.WITHDRAWAL, Why.BEFORE_DELIVERY, None, figures)
    return _window(right, claim, claim.delivered_on, period, statute.rest, doubt)


def _window(
    right: Withdrawal,
    claim: Claim,
    delivered_on: date,
    period: Figure[Period],
    rest: RestDays,
    doubt: NamedFigures,
) -> Ground:
    """In time by the period itself, by a rest day at its end, or because nobody told the customer."""
    first_end = last = period.value.after(delivered_on, rest)
    figures: NamedFigures = (("period", period), *doubt)
    extends = on(right.rest_days_extend, claim.ordered_on)
    if extends is not None and extends.value and (rolled := rest.roll(last)) > last:
        last = rolled
        figures = (*figures, ("rest_days_extend", extends))
    if claim.opened_on <= first_end:
        return Ground(True, Basis.WITHDRAWAL, Why.WITHDRAWAL_OPEN, last, (("period", period), *doubt))
    if claim.opened_on <= last:
        return Ground(True, Basis.WITHDRAWAL, Why.WITHDRAWAL_OPEN, last, figures)
    for why, name, longer, end in _longer(right, claim, first_end, delivered_on, rest):
        last, figures = max(last, end), (*figures, (name, longer))
        if claim.opened_on <= end:
            return Ground(True, Basis.WITHDRAWAL, why, end, figures)
    return Ground(False, Basis.NONE, Why.WINDOW_CLOSED, last, figures)


def _longer(
    right: Withdrawal, claim: Claim, first_end: date, delivered_on: date, rest: RestDays
) -> Iterator[tuple[Why, str, Figure[Period], date]]:
    """The later ends that follow from what the seller left undone."""
    extension = on(right.uninformed_extension, claim.ordered_on)
    if extension is not None and not claim.informed:
        end = extension.value.after(first_end, rest)
        yield Why.NOT_INFORMED, "uninformed_extension", extension, end
    instead = on(right.unconfirmed_period, claim.ordered_on)
    if instead is not None and not claim.confirmed:
        end = instead.value.after(delivered_on, rest)
        yield Why.NOT_CONFIRMED, "unconfirmed_period", instead, end


def _late(statute: Statute, rules: HouseRules, claim: Claim) -> Ground | None:
    """Goods that came after the promised day, where the law lets them be sent back for that."""
    rule = statute.non_delivery
    allows = on(rule.late_goods_returnable, claim.ordered_on) if rule else None
    if allows is None or not allows.value or claim.promised_on is None or claim.delivered_on is None:
        return None
    if claim.delivered_on <= claim.promised_on:
        return None
    figures = _named("late_goods_returnable", allows)
    return _unlimited(rules, claim, Basis.NON_DELIVERY, Why.NOT_DELIVERED, figures)


def _conformity(statute: Statute, rules: HouseRules, claim: Claim) -> Ground | None:
    fault = statute.conformity
    right = on(fault.right, claim.ordered_on) if fault else None
    if fault is None or right is None or not right.value:
        return None
    base = _named("right", right)
    cure_first = _cure_first(fault, claim)
    if claim.delivered_on is None:
        return Ground(True, Basis.CONFORMITY, Why.GOODS_FAULTY, None, base)
    short = on(fault.short_term_reject, claim.ordered_on)
    if short is not None:
        end = short.value.after(claim.delivered_on, statute.rest)
        if claim.opened_on <= end:
            figures = (*base, ("short_term_reject", short))
            return Ground(True, Basis.SHORT_TERM_REJECT, Why.GOODS_FAULTY, end, figures)
    period = on(fault.period, claim.ordered_on)
    if period is None:
        why = Why.GOODS_FAULTY
        return _unlimited(rules, claim, Basis.CONFORMITY, why, base, cure_first=cure_first)
    end = period.value.after(claim.delivered_on, statute.rest)
    figures = (*base, ("period", period))
    if claim.opened_on <= end:
        return Ground(True, Basis.CONFORMITY, Why.GOODS_FAULTY, end, figures, cure_first)
    return Ground(False, Basis.NONE, Why.FAULT_TOO_LATE, end, figures)


def _cure_first(fault: Conformity, claim: Claim) -> bool:
    """Where a major failure leaves the choice to the customer, only what is known to be minor is cured."""
    cure = on(fault.cure_first, claim.ordered_on)
    chooses = on(fault.choice_if_major, claim.ordered_on)
    if cure is None or not cure.value:
        return False
    return chooses is None or not chooses.value or claim.failure is Failure.MINOR


def _unlimited(
    rules: HouseRules,
    claim: Claim,
    basis: Basis,
    why: Why,
    base: NamedFigures,
    *,
    cure_first: bool = False,
) -> Ground:
    """A right whose end is not known: as long as the house's term without question, then a person."""
    house = _house_window(on(rules.fault_period, claim.ordered_on), claim, Why.NEEDS_A_PERSON)
    if house.granted:
        return Ground(True, basis, why, house.closes_on, base, cure_first)
    return Ground(False, Basis.NONE, Why.NEEDS_A_PERSON, house.closes_on, base, certain=False)


def _non_delivery(statute: Statute, claim: Claim, today: date) -> Ground | None:
    if claim.delivered_on is not None:
        return Ground(False, Basis.NONE, Why.CARRIER_SAYS_DELIVERED, certain=False)
    rule = statute.non_delivery
    term = on(rule.after, claim.ordered_on) if rule else None
    if term is not None:
        found = _overdue(claim, today, term, Basis.NON_DELIVERY, statute.rest, "after")
        if found.granted:
            return found
    # goods that have not come may be withdrawn from, where the law knows withdrawal at all
    withdrawal = _withdrawal(statute, claim)
    if withdrawal is not None and withdrawal.granted:
        return withdrawal
    return found if term is not None else None


def _overdue(
    claim: Claim, today: date, term: Figure[Period] | None, basis: Basis, rest: RestDays, name: str
) -> Ground:
    if claim.delivered_on is not None:
        return Ground(False, basis, Why.CARRIER_SAYS_DELIVERED, certain=False)
    if term is None:
        return Ground(False, basis, Why.NOT_DELIVERED_YET, certain=False)
    last = claim.promised_on or term.value.after(claim.ordered_on, rest)
    why = Why.NOT_DELIVERED if today > last else Why.NOT_DELIVERED_YET
    return Ground(today > last, basis, why, last, _named(name, term))


def _house_window(period: Figure[Period] | None, claim: Claim, late: Why) -> Ground:
    if period is None:
        return Ground(False, Basis.HOUSE, late)
    figures = _named("house", period)
    if claim.delivered_on is None:
        return Ground(True, Basis.HOUSE, Why.BEFORE_DELIVERY, None, figures)
    end = period.value.after(claim.delivered_on, RestDays(None))
    granted = claim.opened_on <= end
    return Ground(granted, Basis.HOUSE, Why.HOUSE_WINDOW_OPEN if granted else late, end, figures)


def _renamed(ground: Ground | None, why: Why) -> Ground | None:
    if ground is None or not ground.granted:
        return ground
    return Ground(True, ground.basis, why, ground.closes_on, ground.figures, ground.cure_first)


def _named(name: str, figure: Figure[Any] | None) -> NamedFigures:
    return () if figure is None else ((name, figure),)
