"""Recovery codes, people's addresses, signed versions of authority.yaml, and questions that stay as asked."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# What was asked stays as it was asked, and what was decided stays decided; by whoever writes, the owner too.
ASKED = (
    *("id", "case_id", "question_seq", "step", "visit", "ceiling_minor", "currency", "house_minor"),
    *("packet_hash", "packet", "opened_at"),
)
DECIDED = ("status", "decision", "decided_by", "decided_at", "amount_minor")


def upgrade() -> None:
    op.add_column("people", sa.Column("email_cipher", sa.LargeBinary(), nullable=True))
    op.create_table(
        "recovery_codes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "octet_length(salt) = 16 and octet_length(digest) = 32", name=op.f("ck_recovery_codes_scrypt")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_recovery_codes_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
    )
    op.create_index(
        "ix_recovery_codes_person_id", "recovery_codes", ["person_id"], postgresql_where="voided_at is null"
    )
    op.create_table(
        "authorities",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=True),
        sa.Column("second", sa.Text(), nullable=True),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("octet_length(signature) = 64", name=op.f("ck_authorities_ed25519")),
        sa.CheckConstraint("digest = sha256(convert_to(content, 'UTF8'))", name=op.f("ck_authorities_digest")),
        sa.CheckConstraint(
            "(by is null) = (second is null) and (second is null or second <> by)",
            name=op.f("ck_authorities_two_people"),
        ),
        sa.ForeignKeyConstraint(["by"], ["people.id"], name=op.f("fk_authorities_by")),
        sa.ForeignKeyConstraint(["second"], ["people.id"], name=op.f("fk_authorities_second")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authorities")),
    )
    op.execute(
        "create trigger authorities_rows before update or delete on authorities"
        " for each row execute function makegood_refuse_change()"
    )
    op.execute(
        "create trigger authorities_whole before truncate on authorities"
        " for each statement execute function makegood_refuse_change()"
    )
    asked = " or ".join(f"new.{column} is distinct from old.{column}" for column in ASKED)
    decided = " or ".join(f"new.{column} is distinct from old.{column}" for column in DECIDED)
    op.execute(
        "create function makegood_keep_question() returns trigger language plpgsql as $$ begin"
        f" if {asked} then raise exception 'approvals keep what was asked' using errcode = 'restrict_violation'; end if;"
        f" if old.status <> 'open' and ({decided}) then"
        " raise exception 'approvals keep what was decided' using errcode = 'restrict_violation'; end if;"
        " return new; end $$"
    )
    op.execute(
        "create trigger approvals_kept before update on approvals"
        " for each row execute function makegood_keep_question()"
    )


def downgrade() -> None:
    op.execute("drop trigger approvals_kept on approvals")
    op.execute("drop function makegood_keep_question")
    op.drop_table("authorities")
    op.drop_table("recovery_codes")
    op.drop_column("people", "email_cipher")
