"""Signed checkpoints of the journals' heads, and an insert-only list of changes to people and authority."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

KEPT = ("checkpoints", "checkpoint_heads", "staff_changes")


def upgrade() -> None:
    op.create_table(
        "checkpoints",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cases", sa.BigInteger(), nullable=False),
        sa.Column("answers", sa.BigInteger(), nullable=False),
        sa.Column("changes", sa.BigInteger(), nullable=False),
        sa.Column("prev", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "octet_length(prev) = 32 and octet_length(digest) = 32", name=op.f("ck_checkpoints_sha256")
        ),
        sa.CheckConstraint("octet_length(signature) = 64", name=op.f("ck_checkpoints_ed25519")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkpoints")),
    )
    op.create_table(
        "checkpoint_heads",
        sa.Column("checkpoint_id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["checkpoint_id"],
            ["checkpoints.id"],
            name=op.f("fk_checkpoint_heads_checkpoint_id"),
            deferrable=True,
            initially="DEFERRED",
        ),
        sa.PrimaryKeyConstraint("checkpoint_id", "case_id", name=op.f("pk_checkpoint_heads")),
    )
    op.create_index("ix_checkpoint_heads_case_id", "checkpoint_heads", ["case_id"])
    op.create_table(
        "staff_changes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=True),
        sa.Column("second", sa.Text(), nullable=True),
        sa.Column("told", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint("second is null or second <> by", name=op.f("ck_staff_changes_two_people")),
        sa.ForeignKeyConstraint(["by"], ["people.id"], name=op.f("fk_staff_changes_by")),
        sa.ForeignKeyConstraint(["second"], ["people.id"], name=op.f("fk_staff_changes_second")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_changes")),
    )
    for table in KEPT:
        op.execute(
            f"create trigger {table}_rows before update or delete on {table}"
            " for each row execute function makegood_refuse_change()"
        )
        op.execute(
            f"create trigger {table}_whole before truncate on {table}"
            " for each statement execute function makegood_refuse_change()"
        )


def downgrade() -> None:
    op.drop_table("staff_changes")
    op.drop_table("checkpoint_heads")
    op.drop_table("checkpoints")
