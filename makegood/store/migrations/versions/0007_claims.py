"""Which units a case is about, and a quick look at the latest cases of one reason."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "claimed_units",
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_claimed_units_case_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["order_units.id"], name=op.f("fk_claimed_units_unit_id")),
        sa.PrimaryKeyConstraint("case_id", "unit_id", name=op.f("pk_claimed_units")),
    )
    op.create_index("ix_claimed_units_unit_id", "claimed_units", ["unit_id"])
    op.create_index("ix_cases_reason_opened_at", "cases", ["reason", "opened_at"])


def downgrade() -> None:
    op.drop_index("ix_cases_reason_opened_at", "cases")
    op.drop_table("claimed_units")
