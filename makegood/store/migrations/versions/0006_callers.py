"""A case that another case called, and a quick look at legs that were asked for and never began."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cases", sa.Column("called_by", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_cases_called_by"), "cases", "cases", ["called_by"], ["id"])
    op.create_index("ix_cases_order_ref", "cases", ["order_ref"])
    op.create_index(
        "ix_outbox_starts",
        "outbox",
        ["sent_at"],
        postgresql_where="verb = 'start-leg' and sent_at is not null",
    )


def downgrade() -> None:
    op.drop_index("ix_outbox_starts", "outbox")
    op.drop_index("ix_cases_order_ref", "cases")
    op.drop_constraint(op.f("fk_cases_called_by"), "cases", type_="foreignkey")
    op.drop_column("cases", "called_by")
