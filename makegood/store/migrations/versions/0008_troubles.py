"""When an effect was called last and since when it is unknown, who holds a lease, and cases in trouble."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("effects", sa.Column("called_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("effects", sa.Column("unknown_since", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(
        op.f("ck_effects_unknown_since"),
        "effects",
        "status in ('intended', 'unknown') or unknown_since is null",
    )
    op.add_column("leases", sa.Column("process", sa.Text(), nullable=True))
    op.create_table(
        "troubles",
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("deaths", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("breaks", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("deaths >= 0 and breaks >= 0", name=op.f("ck_troubles_counts")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_troubles_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_troubles")),
    )
    op.create_index(
        "ix_run_links_running", "run_links", ["created_at"], postgresql_where="state = 'Running'"
    )
    op.create_index(
        "ix_promises_breached", "promises", ["name"], postgresql_where="breached_at is not null"
    )


def downgrade() -> None:
    op.drop_index("ix_promises_breached", "promises")
    op.drop_index("ix_run_links_running", "run_links")
    op.drop_table("troubles")
    op.drop_column("leases", "process")
    op.drop_constraint(op.f("ck_effects_unknown_since"), "effects", type_="check")
    op.drop_column("effects", "unknown_since")
    op.drop_column("effects", "called_at")
