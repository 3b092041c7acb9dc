"""An acquirer in memory that never gives back more than it took."""

from __future__ import annotations

from datetime import UTC, datetime

from makegood.core.money import Money
from makegood.gateways.outcomes import Refused
from makegood.gateways.results import Payment, Refund, Void
from tests.fakes.provider import FakeProvider


class FakePayments(FakeProvider):
    """`refunds` is the acquirer's own book: what really happened."""

    def __init__(self, *payments: Payment) -> None:
        super().__init__()
        self.payments = {payment.ref: payment for payment in payments}
        self.refunds: list[Refund] = []
        self.voids: list[Void] = []

    def refund(self, payment: str, amount: Money, *, reason: str, key: str) -> Refund:
        return self.once(
            "refund", key, (payment, amount, reason), lambda: self._give_back(payment, amount, key)
        )

    def void(self, payment: str, *, key: str) -> Void:
        return self.once("void", key, payment, lambda: self._give_up(payment))

    def find_refund(self, payment: str, *, key: str) -> Refund | None:
        return self.done("refund", key)  # type: ignore[no-any-return]

    def find_void(self, payment: str, *, key: str) -> Void | None:
        return self.done("void", key)  # type: ignore[no-any-return]

    def _give_back(self, ref: str, amount: Money, key: str) -> Refund:
        payment = self._of(ref)
        if amount.currency != payment.captured.currency:
            raise Refused("currency_mismatch")
        if payment.captured.minor == 0:
            raise Refused("not_captured")
        given = payment.refunded.minor + amount.minor
        if given > payment.captured.minor:
            raise Refused("over_refund")
        refunded = Money(minor=given, currency=amount.currency)
        self.payments[ref] = payment.model_copy(update={"refunded": refunded})
        refund = Refund(
            ref=f"refund-{len(self.refunds) + 1}",
            amount=amount,
            status="succeeded",
            reference=key,
            created_at=datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
        )
        self.refunds.append(refund)
        return refund

    def _give_up(self, ref: str) -> Void:
        payment = self._of(ref)
        if payment.captured.minor:
            raise Refused("already_captured")
        if payment.voided.minor:
            raise Refused("already_voided")
        self.payments[ref] = payment.model_copy(update={"voided": payment.authorised})
        void = Void(ref=f"void-{len(self.voids) + 1}", status="voided")
        self.voids.append(void)
        return void

    def _of(self, ref: str) -> Payment:
        if ref not in self.payments:
            raise Refused("payment_not_found", known=sorted(self.payments))
        return self.payments[ref]
