"""The statute as the floor of house policy: where the house is harsher, it is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from makegood.core.periods import Period, never_shorter
from makegood.core.statutes import Bearer, Figure, HouseRules, Policies, Statute

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Harsher:
    """A house rule that gives less than the law; `place` is its path in the house file."""

    place: tuple[str, ...]
    market: str
    rule: str
    house: str
    statute: str


def breaches(policies: Policies) -> list[Harsher]:
    """Every house rule that is harsher than some statute, also one that is only harsher in one market."""
    return [
        breach
        for statute in policies.statutes.values()
        for breach in _against(statute, policies.house.rules(statute.market), policies)
    ]


def _against(statute: Statute, rules: HouseRules, policies: Policies) -> Iterator[Harsher]:
    own = policies.house.markets.get(statute.market)

    def check(
        rule: str, floor: tuple[Figure[T], ...] | None, kinder: Callable[[T, T], bool]
    ) -> Iterator[Harsher]:
        given: tuple[Figure[T], ...] = getattr(rules, rule) or ()
        place = ("markets", statute.market) if own and rule in own.model_fields_set else ("default",)
        for figure in given:
            for law in floor or ():
                if not kinder(figure.value, law.value):
                    yield Harsher((*place, rule), statute.market, rule, str(figure.value), str(law.value))

    def no_shorter(house: Period, law: Period) -> bool:
        return never_shorter(house, law, statute.rest)

    def no_later(house: Period, law: Period) -> bool:
        return never_shorter(law, house, statute.rest)

    if right := statute.withdrawal:
        # a right that disclosure takes away is no floor for what is disclosed
        if not right.only_if_undisclosed:
            yield from check("change_of_mind_period", right.period, no_shorter)
            yield from check("change_of_mind_return_freight", right.return_freight, _freight)
        yield from check("change_of_mind_outbound_freight_refunded", right.outbound_freight_refunded, _gives)
        yield from check("refund_due", right.refund_due, no_later)
        yield from check("refund_due_after_return", right.refund_due_after_return, no_later)
        yield from check("may_withhold_until_returned", right.may_withhold_until_returned, _takes)
    if fault := statute.conformity:
        yield from check("fault_period", fault.period, no_shorter)
        yield from check("repair_within", fault.repair_within, no_later)
        yield from check("fault_return_freight", fault.return_freight, _freight)
    if missing := statute.non_delivery:
        yield from check("not_delivered_after", missing.after, no_later)
        yield from check("refund_due", missing.refund_due, no_later)


def _freight(house: Bearer, law: Bearer) -> bool:
    return house is Bearer.SELLER or law is Bearer.CUSTOMER


def _gives(house: bool, law: bool) -> bool:
    return house or not law


def _takes(house: bool, law: bool) -> bool:
    return not house or law
