"""The ledger of effects and its reservations."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "effects",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=True),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("visit", sa.BigInteger(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("arguments_cipher", sa.LargeBinary(), nullable=False),
        sa.Column("arguments_hash", sa.LargeBinary(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "intended",
                "done",
                "failed",
                "unknown",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("pays", sa.Boolean(), nullable=False),
        sa.Column("money_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("provider_ref", sa.Text(), nullable=True),
        sa.Column("result_cipher", sa.LargeBinary(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("attempts", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("intended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_look_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(money_minor is null) = (currency is null) and currency ~ '^[A-Z]{3}$'",
            name=op.f("ck_effects_currency"),
        ),
        sa.CheckConstraint(
            "(status in ('done', 'failed')) = (settled_at is not null)", name=op.f("ck_effects_settled")
        ),
        sa.CheckConstraint(
            "status in ('intended', 'unknown') or next_look_at is null", name=op.f("ck_effects_looked_at")
        ),
        sa.CheckConstraint("attempts >= 1", name=op.f("ck_effects_attempts")),
        sa.CheckConstraint(
            "money_minor is null or (pays and money_minor > 0)", name=op.f("ck_effects_money")
        ),
        sa.CheckConstraint("not pays or order_id is not null", name=op.f("ck_effects_pays_for_an_order")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_effects_case_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_effects_order_id")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_effects")),
    )
    op.create_index(op.f("ix_effects_case_id"), "effects", ["case_id"], unique=False)
    op.create_index(
        "ix_effects_look",
        "effects",
        ["next_look_at"],
        unique=False,
        postgresql_where="status in ('intended', 'unknown')",
    )
    op.create_index(op.f("ix_effects_order_id"), "effects", ["order_id"], unique=False)
    op.create_index(
        "ix_effects_unknown", "effects", ["case_id"], unique=False, postgresql_where="status = 'unknown'"
    )
    op.create_index(
        "uq_effects_paying",
        "effects",
        ["order_id"],
        unique=True,
        postgresql_where="pays and status in ('intended', 'unknown')",
    )
    op.create_table(
        "reservations",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("effect_key", sa.Text(), nullable=False),
        sa.Column(
            "bucket",
            sa.Enum(
                "unit",
                "freight",
                "goodwill",
                name="bucket",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("payment_id", sa.BigInteger(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "reserved",
                "consumed",
                "released",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(bucket = 'unit') = (unit_id is not null)", name=op.f("ck_reservations_unit_in_its_bucket")
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_reservations_amount")),
        sa.ForeignKeyConstraint(["effect_key"], ["effects.key"], name=op.f("fk_reservations_effect_key")),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_reservations_payment_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["order_units.id"], name=op.f("fk_reservations_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reservations")),
    )
    op.create_index(op.f("ix_reservations_payment_id"), "reservations", ["payment_id"], unique=False)
    op.create_index(op.f("ix_reservations_unit_id"), "reservations", ["unit_id"], unique=False)
    op.create_index(
        "uq_reservations_line",
        "reservations",
        ["effect_key", "bucket", "unit_id", "payment_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )


def downgrade() -> None:
    op.drop_table("reservations")
    op.drop_table("effects")
