"""Claiming: what the evidence is worth, whether the like comes too often, and what the carrier owes us."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from makegood.core.calendars import local_day
from makegood.core.decisions import Do
from makegood.core.facts import Facts
from makegood.core.money import Money
from makegood.desk.actions.orders import claimed, order_of, unit_refs
from makegood.desk.actions.shape import Done, Prepared
from makegood.desk.driving import Hand
from makegood.desk.goods import CarrierClaim
from makegood.desk.ports import Provider
from makegood.store import cases, claims, evidence
from makegood.store.claims import Lane
from makegood.store.models import Case, Evidence, Order
from makegood.store.transaction import Tx
from makegood.store.words import CapturedSource, EvidenceKind

_PICTURES = (EvidenceKind.PHOTO, EvidenceKind.VIDEO)
_SLACK = timedelta(days=1)
"""A camera's clock and zone, and the carrier's scan, may be off by so much."""

_TRANSPORT = ("damaged", "not_delivered")
_MONTH = timedelta(days=30)
_OF_ONE_ARTICLE = 3
_OF_ONE_LANE = 5
"""From so many orders on, this one included, chance is no explanation any more. Ours, from no statute."""


class CheckEvidence:
    """`in_window`: some picture was taken between delivery and `within_days` after it.

    The file's own date goes before the sender's word; of a file that nobody can date it is known that
    it was taken before we had it. Without a delivery the days count from the order.
    """

    def answer(self, hand: Hand, arguments: Facts) -> Facts:
        within = arguments["within_days"]
        assert isinstance(within, int)
        with hand.desk.store.begin() as tx:
            case, order = cases.get(tx, hand.case_id), order_of(tx, hand)
            files = [file for file in evidence.of_case(tx, case.id) if file.kind in _PICTURES]
            seen = evidence.seen_elsewhere(tx, case)
        return {
            "files": len(files),
            "dated_by_file": _dated(files, CapturedSource.FILE),
            "dated_by_word": _dated(files, CapturedSource.CLAIMED),
            "in_window": any(_in_window(file, case, order, within) for file in files),
            "seen_elsewhere": seen,
        }


def _dated(files: Sequence[Evidence], source: CapturedSource) -> int:
    return sum(1 for file in files if file.captured_source is source)


def _in_window(file: Evidence, case: Case, order: Order, within_days: int) -> bool:
    """Days are those of the customer's own zone."""
    first = local_day(order.delivered_at or order.placed_at, case.zone)
    last = first + timedelta(days=within_days)
    if file.captured_at is None:
        return local_day(file.received_at, case.zone) <= last
    return first - _SLACK <= local_day(file.captured_at, case.zone) <= last


class Repeat:
    """How many orders have had the same claim in 30 days, this one included: by article, by lane."""

    def answer(self, hand: Hand, arguments: Facts) -> Facts:  # noqa: ARG002  (the protocol's signature)
        reason, since = str(hand.state.facts["case.reason"]), hand.now() - _MONTH
        with hand.desk.store.begin() as tx:
            order = order_of(tx, hand)
            skus = {unit.sku for unit in claimed(order, unit_refs(hand))}
            article = claims.of_article(tx, skus, reason, since)
            lane = _of_lane(tx, order, reason, hand)
        return {
            "sku_30d": article,
            "lane_30d": lane,
            "repeats": article >= _OF_ONE_ARTICLE or lane >= _OF_ONE_LANE,
        }


def _of_lane(tx: Tx, order: Order, reason: str, hand: Hand) -> int:
    """A lane is only to blame for what happens on the way."""
    ships_from = str(order.facts.get("ships_from", ""))
    if reason not in _TRANSPORT or not ships_from:
        return 0
    return claims.of_lane(tx, Lane(ships_from, order.market), _TRANSPORT, hand.now() - _MONTH)


class File:
    """A claim on the carrier; what it pays is the seller's, and no customer's."""

    def provider(self, hand: Hand) -> Provider:
        return hand.desk.carrier_claims

    def prepare(self, hand: Hand, do: Do) -> Prepared:
        with hand.desk.store.begin() as tx:
            currency = order_of(tx, hand).currency
        told = do.arguments
        return Prepared(
            {
                "tracking": told["tracking"],
                "kind": told["kind"],
                "minor": told["amount_minor"],
                "currency": currency,
            }
        )

    def call(self, hand: Hand, arguments: Mapping[str, Any], key: str) -> Done:
        amount = Money(minor=arguments["minor"], currency=arguments["currency"])
        return _filed(
            hand.desk.carrier_claims.file(arguments["tracking"], arguments["kind"], amount, key=key)
        )

    def find(self, hand: Hand, arguments: Mapping[str, Any], key: str) -> Done | None:
        found = hand.desk.carrier_claims.find(arguments["tracking"], key=key)
        return _filed(found) if found else None

    def after(self, tx: Tx, hand: Hand, arguments: Mapping[str, Any], key: str) -> None:
        """Nothing is kept beside the result."""


def _filed(claim: CarrierClaim) -> Done:
    return Done({"claim": claim.ref, "answer_by_days": claim.answer_by_days}, claim.ref)
