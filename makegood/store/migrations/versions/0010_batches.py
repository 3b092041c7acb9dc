"""Batches: open approvals of one cause that are answered together."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

VERBS = ("start-leg", "cancel-run", "notify")
KEPT = "batch_answers"


def _word(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    op.create_table(
        "batches",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("procedure", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("market", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("status", _word("status", "open", "answered", "withdrawn"), nullable=False),
        sa.Column("round", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("packet", sa.Text(), nullable=False),
        sa.Column("packet_hash", sa.LargeBinary(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("runs", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "decision",
            _word("decision", "approved", "adjusted", "rejected", "timed_out"),
            nullable=True,
        ),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_batches_currency")),
        sa.CheckConstraint("round >= 1 and runs >= 1", name=op.f("ck_batches_counts")),
        sa.CheckConstraint("octet_length(packet_hash) = 32", name=op.f("ck_batches_packet_hash")),
        sa.CheckConstraint(
            "(status = 'answered') = (decision is not null) and (decision is null) = (decided_by is null)"
            " and (decision is null) = (decided_at is null)",
            name=op.f("ck_batches_answered_has_decision"),
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["people.id"], name=op.f("fk_batches_decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batches")),
    )
    op.create_index("ix_batches_open", "batches", ["id"], postgresql_where="status = 'open'")
    op.create_table(
        "batch_members",
        sa.Column("batch_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("approval_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("packet_hash", sa.LargeBinary(), nullable=False),
        sa.Column(
            "status",
            _word("status", "waiting", "answered", "struck", "left"),
            nullable=False,
        ),
        sa.CheckConstraint("octet_length(packet_hash) = 32", name=op.f("ck_batch_members_packet_hash")),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_batch_members_batch_id")),
        sa.ForeignKeyConstraint(["approval_id"], ["approvals.id"], name=op.f("fk_batch_members_approval_id")),
        sa.PrimaryKeyConstraint("batch_id", "approval_id", name=op.f("pk_batch_members")),
        sa.UniqueConstraint("approval_id", name=op.f("uq_batch_members_approval_id")),
    )
    op.create_table(
        KEPT,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("batch_id", sa.BigInteger(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("round", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("covers", postgresql.JSONB(), nullable=False),
        sa.Column("struck", postgresql.JSONB(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("house_minor", sa.BigInteger(), nullable=False),
        sa.Column("verdict", _word("verdict", "accepted", "refused"), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("total_minor >= 0 and house_minor >= 0", name=op.f("ck_batch_answers_amounts")),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_batch_answers_batch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch_answers")),
        sa.UniqueConstraint("external_id", name=op.f("uq_batch_answers_external_id")),
    )
    op.create_index("ix_batch_answers_batch_id", KEPT, ["batch_id"])
    op.execute(
        f"create trigger {KEPT}_rows before update or delete on {KEPT}"
        " for each row execute function makegood_refuse_change()"
    )
    op.execute(
        f"create trigger {KEPT}_whole before truncate on {KEPT}"
        " for each statement execute function makegood_refuse_change()"
    )
    _verbs("start-leg", "start-batch", "cancel-run", "notify")


def downgrade() -> None:
    op.execute(
        "update outbox set sent_at = coalesce(sent_at, now()), verb = 'notify' where verb = 'start-batch'"
    )
    _verbs(*VERBS)
    op.drop_table(KEPT)
    op.drop_table("batch_members")
    op.drop_table("batches")


def _verbs(*words: str) -> None:
    op.drop_constraint(op.f("ck_outbox_verb"), "outbox")
    listed = sa.column("verb", sa.String(32)).in_(words)
    op.create_check_constraint(op.f("ck_outbox_verb"), "outbox", listed)
