"""Tasks: work for a person of a role, with a deadline and typed answers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from makegood.store.models.base import Base, Id, word
from makegood.store.words import Role, TaskKind, TaskStatus


class Task(Base):
    """`question_seq` is the journal event that asked; the sweep's own tasks name the event they follow."""

    __tablename__ = "tasks"

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    kind: Mapped[TaskKind] = mapped_column(word(TaskKind, "kind"))
    step: Mapped[str]
    visit: Mapped[int]
    question_seq: Mapped[int]
    role: Mapped[Role] = mapped_column(word(Role, "role"))
    why: Mapped[str]
    due: Mapped[datetime | None]
    status: Mapped[TaskStatus] = mapped_column(word(TaskStatus, "status"))
    assignee: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    answers_cipher: Mapped[bytes | None]
    done_by: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("case_id", "question_seq", "kind"),
        CheckConstraint(
            "(status = 'done') = (answers_cipher is not null) and (status = 'open') = (done_at is null)",
            name="done_has_answers",
        ),
        Index("ix_tasks_open", "role", "due", "id", postgresql_where="status = 'open'"),
    )
