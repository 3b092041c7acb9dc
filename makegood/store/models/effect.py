"""The ledger of effects, and the money that each has reserved."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from makegood.store.models.base import Base, Id, word
from makegood.store.words import Bucket, EffectStatus, ReservationStatus

IS_UNSETTLED = text("effects.status in ('intended', 'unknown')")


class Effect(Base):
    """Written before the call. `pays` effects of one order exclude each other until they settle.

    `intended_at` is when the key's life began, `called_at` when the provider was called last.
    """

    __tablename__ = "effects"

    key: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"))
    step: Mapped[str]
    visit: Mapped[int]
    action: Mapped[str]
    arguments_cipher: Mapped[bytes]
    arguments_hash: Mapped[bytes]
    status: Mapped[EffectStatus] = mapped_column(word(EffectStatus, "status"))
    pays: Mapped[bool]
    money_minor: Mapped[int | None]
    currency: Mapped[str | None]
    provider_ref: Mapped[str | None]
    result_cipher: Mapped[bytes | None]
    error: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(server_default=text("1"))
    intended_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    next_look_at: Mapped[datetime | None]
    called_at: Mapped[datetime | None]
    unknown_since: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("(status in ('done', 'failed')) = (settled_at is not null)", name="settled"),
        CheckConstraint("status in ('intended', 'unknown') or next_look_at is null", name="looked_at"),
        CheckConstraint("not pays or order_id is not null", name="pays_for_an_order"),
        CheckConstraint("money_minor is null or (pays and money_minor > 0)", name="money"),
        CheckConstraint(
            "(money_minor is null) = (currency is null) and currency ~ '^[A-Z]{3}$'", name="currency"
        ),
        CheckConstraint("attempts >= 1", name="attempts"),
        CheckConstraint("status in ('intended', 'unknown') or unknown_since is null", name="unknown_since"),
        # one order is paid out by one effect at a time
        Index(
            "uq_effects_paying",
            "order_id",
            unique=True,
            postgresql_where="pays and status in ('intended', 'unknown')",
        ),
        Index("ix_effects_look", "next_look_at", postgresql_where="status in ('intended', 'unknown')"),
        Index("ix_effects_unknown", "case_id", postgresql_where="status = 'unknown'"),
        Index(None, "order_id"),
    )


class Reservation(Base):
    """One line of what an effect gives back. Without a payment it is goods: a reship at its paid price."""

    __tablename__ = "reservations"

    id: Mapped[Id]
    effect_key: Mapped[str] = mapped_column(ForeignKey("effects.key"))
    bucket: Mapped[Bucket] = mapped_column(word(Bucket, "bucket"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("order_units.id"), index=True)
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payments.id"), index=True)
    amount_minor: Mapped[int]
    status: Mapped[ReservationStatus] = mapped_column(word(ReservationStatus, "status"))

    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("(bucket = 'unit') = (unit_id is not null)", name="unit_in_its_bucket"),
        Index(
            "uq_reservations_line",
            "effect_key",
            "bucket",
            "unit_id",
            "payment_id",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
    )
