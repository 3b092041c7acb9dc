"""Taking many cases: the leases of what is ready, in one statement, each with a fence of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import text

from makegood.store.rows import array
from makegood.store.transaction import Tx

# Cases that two bulk runs or a leg have died with, and cases in trouble, are left to legs: those tell a
# deadly case from its neighbours.
_FREE = (
    " where c.status <> 'closed' and c.wake_at <= :now"
    " and not exists (select 1 from leases l where l.case_id = c.id"
    " and (l.expires_at > clock_timestamp() or l.process is not null or l.holder like 'bulk-again %'))"
    " and not exists (select 1 from troubles t where t.case_id = c.id)"
)
# As `leases.take`, `cases.run` and `runs.link` do for one: the fence grows, the case runs, and this driver
# is the leg that was asked for, so nobody starts another.
_CHOOSE = "with ready as materialized (select c.id, c.fence + 1 as fence from cases c"
_TAKE = (
    " and c.id <> all(cast(:but as bigint[]))"
    " order by c.wake_at, c.id limit :limit for no key update of c skip locked),"
    " taken as (insert into leases (case_id, holder, fence, expires_at)"
    " select id, 'bulk ' || :holder, fence, clock_timestamp() + :ttl from ready"
    " on conflict (case_id) do update set fence = excluded.fence, expires_at = excluded.expires_at,"
    " holder = case when leases.holder like 'bulk %' then 'bulk-again ' || :holder else excluded.holder end"
    " returning case_id, fence)"
    " update cases c set fence = taken.fence, status = 'running', waits_on = null, wake_at = :look,"
    " legs = c.legs + 1 from taken where c.id = taken.case_id"
    " returning c.id, c.number, c.fence, c.seq, c.head, c.version, c.customer_id"
)
TAKE = text("".join((_CHOOSE, _FREE, _TAKE)))
_ASKED = text(
    "with asked as (select id from outbox where case_id = any(:ids) and verb = 'start-leg'"
    " and sent_at is null for update skip locked)"
    " update outbox set sent_at = :now, attempts = attempts + 1 from asked where outbox.id = asked.id"
)
_READY = text("".join(("select count(*) from cases c", _FREE)))
# whoever is not among the answers is another's by now
_RENEW = text(
    "update leases l set expires_at = clock_timestamp() + :ttl"
    " from unnest(cast(:ids as bigint[]), cast(:fences as bigint[])) as mine (id, fence)"
    " where l.case_id = mine.id and l.fence = mine.fence returning l.case_id"
)
_HOLD = text(
    "select l.case_id from leases l join cases c on c.id = l.case_id"
    " join unnest(cast(:ids as bigint[]), cast(:fences as bigint[])) as mine (id, fence)"
    " on l.case_id = mine.id where l.fence = mine.fence and c.fence = mine.fence"
    " and l.expires_at > clock_timestamp() + :need"
)
_RELEASE = text(
    "delete from leases l using unnest(cast(:ids as bigint[]), cast(:fences as bigint[])) as mine (id, fence)"
    " where l.case_id = mine.id and l.fence = mine.fence"
)


class Taken(NamedTuple):
    """A case under our lease, and the end of its journal."""

    id: int
    number: str
    fence: int
    seq: int
    head: bytes
    version: str


def take(
    tx: Tx,
    now: datetime,
    *,
    holder: str,
    lease: timedelta,
    limit: int,
    but: Sequence[int] = (),
) -> list[Taken]:
    """Ready are open cases that are due and that nobody drives, the longest overdue first. `but` are left."""
    values = {"now": now, "look": now + lease, "ttl": lease, "holder": holder, "limit": limit}
    rows = tx.session.execute(TAKE, {**values, "but": array(but)}).all()
    if rows:
        tx.session.execute(_ASKED, {"ids": array(row.id for row in rows), "now": now})
    taken = [Taken(row.id, row.number, row.fence, row.seq, row.head, row.version) for row in rows]
    return sorted(taken)


def ready(tx: Tx, now: datetime) -> int:
    """How many cases could be taken."""
    return int(tx.session.scalar(_READY, {"now": now}) or 0)


def renew(tx: Tx, held: Sequence[tuple[int, int]], lease: timedelta) -> set[int]:
    """`held` are cases with their fences. Returns those that are ours still."""
    return set(tx.session.scalars(_RENEW, {**_columns(held), "ttl": lease}).all())


def holding(tx: Tx, held: Sequence[tuple[int, int]], need: timedelta) -> set[int]:
    """Those whose lease holds for `need` longer: right before calls are made."""
    return set(tx.session.scalars(_HOLD, {**_columns(held), "need": need}).all())


def release(tx: Tx, held: Sequence[tuple[int, int]]) -> None:
    tx.session.execute(_RELEASE, _columns(held))


def _columns(held: Sequence[tuple[int, int]]) -> dict[str, str]:
    return {"ids": array(case for case, _ in held), "fences": array(fence for _, fence in held)}
