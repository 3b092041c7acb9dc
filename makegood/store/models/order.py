"""Orders: per unit, payment and bucket what was paid, what is reserved and what was given back."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from makegood.store.models.base import Base, Id, word
from makegood.store.words import PaymentKind


class Order(Base):
    """Its row is the lock under which money of the order is reserved. All `_minor` are `currency`'s."""

    __tablename__ = "orders"

    id: Mapped[Id]
    ref: Mapped[str] = mapped_column(unique=True)
    customer_id: Mapped[UUID | None] = mapped_column(ForeignKey("customers.id"), index=True)
    market: Mapped[str]
    currency: Mapped[str]
    placed_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    loaded_at: Mapped[datetime]
    freight_paid_minor: Mapped[int] = mapped_column(server_default=text("0"))
    freight_reserved_minor: Mapped[int] = mapped_column(server_default=text("0"))
    freight_given_minor: Mapped[int] = mapped_column(server_default=text("0"))
    goodwill_cap_minor: Mapped[int] = mapped_column(server_default=text("0"))
    goodwill_reserved_minor: Mapped[int] = mapped_column(server_default=text("0"))
    goodwill_given_minor: Mapped[int] = mapped_column(server_default=text("0"))

    units: Mapped[list[OrderUnit]] = relationship(
        lazy="raise", viewonly=True, order_by="(OrderUnit.line_ref, OrderUnit.unit_no)"
    )
    payments: Mapped[list[Payment]] = relationship(lazy="raise", viewonly=True, order_by="Payment.id")

    __table_args__ = (
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
        CheckConstraint(
            "freight_reserved_minor >= 0 and freight_given_minor >= 0"
            " and freight_reserved_minor + freight_given_minor <= freight_paid_minor",
            name="freight_within_paid",
        ),
        CheckConstraint(
            "goodwill_reserved_minor >= 0 and goodwill_given_minor >= 0"
            " and goodwill_reserved_minor + goodwill_given_minor <= goodwill_cap_minor",
            name="goodwill_within_cap",
        ),
    )

    @property
    def freight_left_minor(self) -> int:
        return self.freight_paid_minor - self.freight_reserved_minor - self.freight_given_minor

    @property
    def goodwill_left_minor(self) -> int:
        return self.goodwill_cap_minor - self.goodwill_reserved_minor - self.goodwill_given_minor


class OrderUnit(Base):
    """One piece of one order line: quantity 3 is three units, so that each is given back once."""

    __tablename__ = "order_units"

    id: Mapped[Id]
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    line_ref: Mapped[str]
    unit_no: Mapped[int]
    sku: Mapped[str]
    title: Mapped[str]
    category: Mapped[str]
    paid_minor: Mapped[int]
    reserved_minor: Mapped[int] = mapped_column(server_default=text("0"))
    given_minor: Mapped[int] = mapped_column(server_default=text("0"))

    __table_args__ = (
        UniqueConstraint("order_id", "line_ref", "unit_no"),
        CheckConstraint("unit_no >= 1", name="unit_no"),
        CheckConstraint(
            "reserved_minor >= 0 and given_minor >= 0 and reserved_minor + given_minor <= paid_minor",
            name="given_within_paid",
        ),
    )

    @property
    def left_minor(self) -> int:
        return self.paid_minor - self.reserved_minor - self.given_minor


class Payment(Base):
    """`refunded_minor` is ours, `elsewhere_minor` what the provider says others have refunded.

    Until it is captured a payment can only be voided, and then for what is authorised.
    """

    __tablename__ = "payments"

    id: Mapped[Id]
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    ref: Mapped[str]
    kind: Mapped[PaymentKind] = mapped_column(word(PaymentKind, "kind"))
    authorised_minor: Mapped[int]
    captured_minor: Mapped[int]
    reserved_minor: Mapped[int] = mapped_column(server_default=text("0"))
    refunded_minor: Mapped[int] = mapped_column(server_default=text("0"))
    elsewhere_minor: Mapped[int] = mapped_column(server_default=text("0"))

    __table_args__ = (
        UniqueConstraint("order_id", "ref"),
        Index(None, "ref"),
        CheckConstraint("authorised_minor >= 0 and captured_minor >= 0", name="amounts"),
        CheckConstraint(
            "reserved_minor >= 0 and refunded_minor >= 0 and elsewhere_minor >= 0"
            " and reserved_minor + refunded_minor + elsewhere_minor"
            " <= case when captured_minor > 0 then captured_minor else authorised_minor end",
            name="refunded_within_captured",
        ),
    )

    @property
    def limit_minor(self) -> int:
        return self.captured_minor if self.captured_minor > 0 else self.authorised_minor

    @property
    def left_minor(self) -> int:
        return self.limit_minor - self.reserved_minor - self.refunded_minor - self.elsewhere_minor
