"""What a yes is given for: units and payments beside the question, and a digest of all in the audit."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("approvals", sa.Column("units", postgresql.ARRAY(sa.Text()), nullable=True))
    op.add_column("approvals", sa.Column("payees", postgresql.ARRAY(sa.Text()), nullable=True))
    op.add_column("approval_answers", sa.Column("bound", sa.LargeBinary(), nullable=True))
    op.create_index("ix_staff_changes_subject", "staff_changes", ["subject"])


def downgrade() -> None:
    op.drop_index("ix_staff_changes_subject", "staff_changes")
    op.drop_column("approval_answers", "bound")
    op.drop_column("approvals", "payees")
    op.drop_column("approvals", "units")
