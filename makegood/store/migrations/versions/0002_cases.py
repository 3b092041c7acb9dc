"""Cases and what drives them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_numbers",
        sa.Column("year", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("last >= 1", name=op.f("ck_case_numbers_last")),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_case_numbers")),
    )
    op.create_table(
        "cases",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("order_ref", sa.Text(), nullable=True),
        sa.Column("order_id", sa.BigInteger(), nullable=True),
        sa.Column("procedure", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("market", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=True),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "running",
                "parked",
                "suspended",
                "closed",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("wake_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seq", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.Column("fence", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("step", sa.Text(), nullable=True),
        sa.Column("waits_on", sa.Text(), nullable=True),
        sa.Column("legs", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint(
            "(status = 'closed') = (closed_at is not null) and (status = 'closed') = (outcome is not null)",
            name=op.f("ck_cases_closed_has_outcome"),
        ),
        sa.CheckConstraint("(status = 'closed') = (wake_at is null)", name=op.f("ck_cases_open_has_wake_at")),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_cases_currency")),
        sa.CheckConstraint("number ~ '^MG-[0-9]{4}-[0-9]{6,}$'", name=op.f("ck_cases_number")),
        sa.CheckConstraint("octet_length(head) = 32", name=op.f("ck_cases_head")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_cases_customer_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_cases_order_id")),
        sa.ForeignKeyConstraint(["owner"], ["people.id"], name=op.f("fk_cases_owner")),
        sa.ForeignKeyConstraint(["version"], ["procedure_versions.version"], name=op.f("fk_cases_version")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("number", name=op.f("uq_cases_number")),
    )
    op.create_index(
        op.f("ix_cases_customer_id_opened_at"), "cases", ["customer_id", "opened_at"], unique=False
    )
    op.create_index(
        "ix_cases_due", "cases", ["wake_at", "id"], unique=False, postgresql_where="status <> 'closed'"
    )
    op.create_index(op.f("ix_cases_opened_at_id"), "cases", ["opened_at", "id"], unique=False)
    op.create_index(op.f("ix_cases_order_id"), "cases", ["order_id"], unique=False)
    op.create_index(
        "ix_cases_owner_open", "cases", ["owner"], unique=False, postgresql_where="status <> 'closed'"
    )
    op.create_index(
        "uq_cases_open_problem",
        "cases",
        ["customer_id", "order_ref", "problem"],
        unique=True,
        postgresql_where="status <> 'closed'",
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "leases",
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("fence >= 1", name=op.f("ck_leases_fence")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_leases_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_leases")),
    )
    op.create_table(
        "run_links",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("leg", sa.BigInteger(), nullable=False),
        sa.Column("flow", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("question_seq", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_run_links_case_id")),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_run_links")),
        sa.UniqueConstraint("case_id", "leg", name=op.f("uq_run_links_case_id_leg")),
    )
    op.create_table(
        "timers",
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("meaning", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_timers_case_id")),
        sa.PrimaryKeyConstraint("case_id", "name", name=op.f("pk_timers")),
    )
    op.create_index(op.f("ix_timers_due"), "timers", ["due"], unique=False)
    op.create_table(
        "promises",
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "name",
            sa.Enum(
                "first_reply", "resolution", name="name", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("warn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due", sa.DateTime(timezone=True), nullable=True),
        sa.Column("warned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("breached_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("met_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_promises_case_id")),
        sa.PrimaryKeyConstraint("case_id", "name", name=op.f("pk_promises")),
    )
    op.create_index(
        "ix_promises_due",
        "promises",
        ["due"],
        unique=False,
        postgresql_where="met_at is null and breached_at is null",
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "verb",
            sa.Enum(
                "start-leg",
                "cancel-run",
                "notify",
                name="verb",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("dedupe_key", sa.Text(), nullable=True),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_outbox_attempts")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_outbox_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_outbox_dedupe_key")),
    )
    op.create_index(op.f("ix_outbox_case_id"), "outbox", ["case_id"], unique=False)
    op.create_index(
        "ix_outbox_unsent", "outbox", ["due_at", "id"], unique=False, postgresql_where="sent_at is null"
    )


def downgrade() -> None:
    op.drop_table("outbox")
    op.drop_table("promises")
    op.drop_table("timers")
    op.drop_table("run_links")
    op.drop_table("leases")
    op.drop_table("cases")
    op.drop_table("case_numbers")
