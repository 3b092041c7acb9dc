"""Work for people: tasks, approvals and the audit of answers."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tasks",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "procedure",
                "breach",
                "repair",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("visit", sa.BigInteger(), nullable=False),
        sa.Column("question_seq", sa.BigInteger(), nullable=False),
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
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "open", "done", "closed", name="status", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("assignee", sa.Text(), nullable=True),
        sa.Column("answers_cipher", sa.LargeBinary(), nullable=True),
        sa.Column("done_by", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(status = 'done') = (answers_cipher is not null) and (status = 'open') = (done_at is null)",
            name=op.f("ck_tasks_done_has_answers"),
        ),
        sa.ForeignKeyConstraint(["assignee"], ["people.id"], name=op.f("fk_tasks_assignee")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_tasks_case_id")),
        sa.ForeignKeyConstraint(["done_by"], ["people.id"], name=op.f("fk_tasks_done_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
        sa.UniqueConstraint(
            "case_id", "question_seq", "kind", name=op.f("uq_tasks_case_id_question_seq_kind")
        ),
    )
    op.create_index(
        "ix_tasks_open", "tasks", ["role", "due", "id"], unique=False, postgresql_where="status = 'open'"
    )
    op.create_table(
        "approvals",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("question_seq", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("visit", sa.BigInteger(), nullable=False),
        sa.Column("ceiling_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("house_minor", sa.BigInteger(), nullable=False),
        sa.Column("packet_hash", sa.LargeBinary(), nullable=False),
        sa.Column("packet", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "open",
                "answered",
                "closed",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "decision",
            sa.Enum(
                "approved",
                "adjusted",
                "rejected",
                "timed_out",
                name="decision",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(coalesce(decision, '') in ('approved', 'adjusted')) = (amount_minor is not null)",
            name=op.f("ck_approvals_granted_has_amount"),
        ),
        sa.CheckConstraint(
            "(status = 'answered') = (decision is not null) and (decision is null) = (decided_at is null)",
            name=op.f("ck_approvals_answered_has_decision"),
        ),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_approvals_currency")),
        sa.CheckConstraint(
            "decision is null or (decision = 'timed_out') = (decided_by is null)",
            name=op.f("ck_approvals_decided_by_a_person"),
        ),
        sa.CheckConstraint(
            "ceiling_minor >= 0 and house_minor >= 0 and amount_minor >= 0", name=op.f("ck_approvals_amounts")
        ),
        sa.CheckConstraint("octet_length(packet_hash) = 32", name=op.f("ck_approvals_packet_hash")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_approvals_case_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["people.id"], name=op.f("fk_approvals_decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approvals")),
        sa.UniqueConstraint("case_id", "question_seq", name=op.f("uq_approvals_case_id_question_seq")),
    )
    op.create_index(
        "ix_approvals_open", "approvals", ["due", "id"], unique=False, postgresql_where="status = 'open'"
    )
    op.create_index(op.f("ix_approvals_run_id"), "approvals", ["run_id"], unique=False)
    op.create_table(
        "approval_answers",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("approval_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.Column(
            "verdict",
            sa.Enum(
                "accepted", "refused", name="verdict", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["approval_id"], ["approvals.id"], name=op.f("fk_approval_answers_approval_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_answers")),
    )
    op.create_index(
        op.f("ix_approval_answers_approval_id"), "approval_answers", ["approval_id"], unique=False
    )
    op.execute(
        "create trigger approval_answers_rows before update or delete on approval_answers for each row execute function makegood_refuse_change()"
    )
    op.execute(
        "create trigger approval_answers_whole before truncate on approval_answers for each statement execute function makegood_refuse_change()"
    )


def downgrade() -> None:
    op.drop_table("approval_answers")
    op.drop_table("approvals")
    op.drop_table("tasks")
