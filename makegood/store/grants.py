"""What the application's database role may do: everything it needs, and no change to the record."""

from __future__ import annotations

from sqlalchemy import Connection, text
from sqlalchemy.exc import ProgrammingError

from makegood.store.models import INSERT_ONLY, Approval, Base, Lease, Timer, Trouble

ROLE = "makegood_app"
_DELETES = (Lease.__tablename__, Timer.__tablename__, Trouble.__tablename__)  # all else is kept
_COLUMNS = {  # of an approval's row, those that say what became of the question; the question itself stays
    Approval.__tablename__: "run_id, status, due, decided_by, decided_at, decision, amount_minor"
}
_EXISTS = text("select 1 from pg_roles where rolname = :role")


def renew(connection: Connection, role: str = ROLE) -> bool:
    """False where the role neither exists nor can be made, or where we are it: then triggers alone guard.

    A foreign server may not let us make roles. A role made here has no password until its owner sets one.
    """
    if connection.scalar(text("select current_user")) == role or not _role_exists(connection, role):
        return False
    connection.execute(text(f"grant usage on schema public to {role}"))
    present = set(connection.scalars(text("select tablename from pg_tables where schemaname = 'public'")))
    for table in sorted(present & set(Base.metadata.tables)):
        connection.execute(text(f"revoke all on {table} from {role}"))
        connection.execute(text(f"grant {', '.join(_rights(table))} on {table} to {role}"))
    if "alembic_version" in present:
        connection.execute(text(f"grant select on alembic_version to {role}"))
    return True


def _rights(table: str) -> list[str]:
    rights = ["select", "insert"]
    if table in _COLUMNS:
        rights.append(f"update ({_COLUMNS[table]})")
    elif table not in INSERT_ONLY:
        rights.append("update")
    if table in _DELETES:
        rights.append("delete")
    return rights


def _role_exists(connection: Connection, role: str) -> bool:
    if connection.scalar(_EXISTS, {"role": role}):
        return True
    try:
        with connection.begin_nested():
            connection.execute(text(f"create role {role} login"))
    except ProgrammingError:  # insufficient privilege, or made by another meanwhile
        return bool(connection.scalar(_EXISTS, {"role": role}))
    return True
