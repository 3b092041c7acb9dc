"""People, customers, procedure versions and orders."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "people",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "agent",
                "supervisor",
                "team-lead",
                "warehouse",
                "warehouse-lead",
                "finance",
                "engineer",
                "admin",
                "ops",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("limit_minor", sa.BigInteger(), nullable=True),
        sa.Column("limit_currency", sa.Text(), nullable=True),
        sa.Column("markets", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("secret_cipher", sa.LargeBinary(), nullable=False),
        sa.Column("last_code_step", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("failures", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("demo", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(limit_minor is null) = (limit_currency is null) and limit_currency ~ '^[A-Z]{3}$'",
            name=op.f("ck_people_limit_currency"),
        ),
        sa.CheckConstraint("id ~ '^[a-z0-9][a-z0-9._-]*$'", name=op.f("ck_people_id")),
        sa.CheckConstraint("failures >= 0", name=op.f("ck_people_failures")),
        sa.CheckConstraint("limit_minor >= 0", name=op.f("ck_people_limit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
    )
    op.create_table(
        "customers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key_wrapped", sa.LargeBinary(), nullable=True),
        sa.Column("email_index", sa.LargeBinary(), nullable=True),
        sa.Column("phone_index", sa.LargeBinary(), nullable=True),
        sa.Column("fields_cipher", sa.LargeBinary(), nullable=True),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("market", sa.Text(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("consent", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(key_wrapped is null) = (erased_at is not null)", name=op.f("ck_customers_key_until_erased")
        ),
        sa.CheckConstraint(
            "erased_at is null or (email_index is null and phone_index is null and fields_cipher is null)",
            name=op.f("ck_customers_nothing_after_erasure"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
        sa.UniqueConstraint("email_index", name=op.f("uq_customers_email_index")),
    )
    op.create_index(
        op.f("ix_customers_phone_index"),
        "customers",
        ["phone_index"],
        unique=False,
        postgresql_where="phone_index is not null",
    )
    op.create_table(
        "procedure_versions",
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("procedure", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("tables", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("contracts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_procedure_versions")),
    )
    op.create_index(
        op.f("ix_procedure_versions_procedure_published_at"),
        "procedure_versions",
        ["procedure", "published_at"],
        unique=False,
    )
    op.create_table(
        "orders",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=True),
        sa.Column("market", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("freight_paid_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("freight_reserved_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("freight_given_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("goodwill_cap_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("goodwill_reserved_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("goodwill_given_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_orders_currency")),
        sa.CheckConstraint(
            "freight_reserved_minor >= 0 and freight_given_minor >= 0 and freight_reserved_minor + freight_given_minor <= freight_paid_minor",
            name=op.f("ck_orders_freight_within_paid"),
        ),
        sa.CheckConstraint(
            "goodwill_reserved_minor >= 0 and goodwill_given_minor >= 0 and goodwill_reserved_minor + goodwill_given_minor <= goodwill_cap_minor",
            name=op.f("ck_orders_goodwill_within_cap"),
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_orders_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.UniqueConstraint("ref", name=op.f("uq_orders_ref")),
    )
    op.create_index(op.f("ix_orders_customer_id"), "orders", ["customer_id"], unique=False)
    op.create_table(
        "order_units",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("line_ref", sa.Text(), nullable=False),
        sa.Column("unit_no", sa.BigInteger(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("paid_minor", sa.BigInteger(), nullable=False),
        sa.Column("reserved_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("given_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint(
            "reserved_minor >= 0 and given_minor >= 0 and reserved_minor + given_minor <= paid_minor",
            name=op.f("ck_order_units_given_within_paid"),
        ),
        sa.CheckConstraint("unit_no >= 1", name=op.f("ck_order_units_unit_no")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_units_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_units")),
        sa.UniqueConstraint(
            "order_id", "line_ref", "unit_no", name=op.f("uq_order_units_order_id_line_ref_unit_no")
        ),
    )
    op.create_table(
        "payments",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "card",
                "paypal",
                "gift_card",
                "store_credit",
                "bank_transfer",
                "invoice",
                "instalments",
                "wallet",
                "cash",
                "other",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("authorised_minor", sa.BigInteger(), nullable=False),
        sa.Column("captured_minor", sa.BigInteger(), nullable=False),
        sa.Column("reserved_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("refunded_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("elsewhere_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("authorised_minor >= 0 and captured_minor >= 0", name=op.f("ck_payments_amounts")),
        sa.CheckConstraint(
            "reserved_minor >= 0 and refunded_minor >= 0 and elsewhere_minor >= 0 and reserved_minor + refunded_minor + elsewhere_minor <= case when captured_minor > 0 then captured_minor else authorised_minor end",
            name=op.f("ck_payments_refunded_within_captured"),
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_payments_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
        sa.UniqueConstraint("order_id", "ref", name=op.f("uq_payments_order_id_ref")),
    )
    op.create_index(op.f("ix_payments_ref"), "payments", ["ref"], unique=False)


def downgrade() -> None:
    op.drop_table("payments")
    op.drop_table("order_units")
    op.drop_table("orders")
    op.drop_table("procedure_versions")
    op.drop_table("customers")
    op.drop_table("people")
