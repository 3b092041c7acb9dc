"""Leases: one leg drives one case at a time, on the database's clock, with a fence that only grows.

Each function that takes the store is a transaction of its own.
"""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import text

from makegood.store.cases.rows import lock
from makegood.store.models import Case
from makegood.store.store import Store
from makegood.store.transaction import Tx

_TAKE = text(
    "with before as (select process from leases where case_id = :case),"
    " taken as ("
    " insert into leases (case_id, holder, fence, expires_at, process)"
    " values (:case, :holder, :fence, clock_timestamp() + :ttl, :process)"
    " on conflict (case_id) do update"
    " set holder = excluded.holder, fence = excluded.fence, expires_at = excluded.expires_at,"
    " process = excluded.process"
    " where leases.expires_at <= clock_timestamp() or leases.holder = excluded.holder"
    " returning fence)"
    " update cases set fence = taken.fence from taken where cases.id = :case"
    " returning cases.fence, (select process from before),"
    " exists (select 1 from troubles where case_id = :case)"
)
_RENEW = text(
    "update leases set expires_at = clock_timestamp() + :ttl"
    " where case_id = :case and fence = :fence returning fence"
)
_CHECK = text(
    "select 1 from leases l join cases c on c.id = l.case_id"
    " where l.case_id = :case and l.fence = :fence and c.fence = :fence"
    " and l.expires_at > clock_timestamp() + :need"
)
_HELD = text("select 1 from leases where case_id = :case and expires_at > clock_timestamp()")
_ONLY_ONE = text("select pg_try_advisory_xact_lock(hashtextextended(:name, 0))")
_DRIVERS = text(
    "select case_id, process from leases"
    " where process is not null and expires_at > clock_timestamp() order by case_id"
)
_END = text(
    "update leases set expires_at = clock_timestamp()"
    " where case_id = :case and process = :process and expires_at > clock_timestamp() returning fence"
)
_RELEASE = text("delete from leases where case_id = :case and fence = :fence")


class Taken(NamedTuple):
    """A lease. `left` is the process that held the case before and never gave it up, if it was told;
    `troubled` says that the case has killed or broken what drove it last."""

    fence: int
    left: str | None
    troubled: bool


def take(store: Store, case_id: int, holder: str, ttl: timedelta, process: str | None = None) -> Taken | None:
    """None while another holds the case. The same holder gets it anew, with a new fence."""
    with store.begin() as tx:
        return take_locked(tx, lock(tx, case_id), holder, ttl, process)


def take_locked(tx: Tx, case: Case, holder: str, ttl: timedelta, process: str | None = None) -> Taken | None:
    """As `take`, of a case that `tx` has locked."""
    values = {"case": case.id, "holder": holder, "fence": case.fence + 1, "ttl": ttl, "process": process}
    row = tx.session.execute(_TAKE, values).one_or_none()
    return None if row is None else Taken(*row)


def acquire(store: Store, case_id: int, holder: str, ttl: timedelta) -> int | None:
    """The new fence only."""
    taken = take(store, case_id, holder, ttl)
    return None if taken is None else taken.fence


def renew(tx: Tx, case_id: int, fence: int, ttl: timedelta) -> bool:
    """False when it was taken over or given up. One that has run out but that nobody took is renewed."""
    values = {"case": case_id, "fence": fence, "ttl": ttl}
    return tx.session.execute(_RENEW, values).scalar() is not None


def check(store: Store, case_id: int, fence: int, need: timedelta = timedelta()) -> bool:
    """Whether the lease holds, and for `need` longer: the time-out of the call that is about to be made."""
    with store.begin() as tx:
        values = {"case": case_id, "fence": fence, "need": need}
        return tx.session.execute(_CHECK, values).scalar() is not None


def release(store: Store, case_id: int, fence: int) -> None:
    """Gives the lease up early; does nothing when it is another's by now."""
    with store.begin() as tx:
        tx.session.execute(_RELEASE, {"case": case_id, "fence": fence})


def drivers(tx: Tx) -> list[tuple[int, str]]:
    """Cases that are held, and the process that holds each, where it was told."""
    return [(row.case_id, row.process) for row in tx.session.execute(_DRIVERS)]


def end(tx: Tx, case_id: int, process: str) -> bool:
    """Ends the lease of a process that is gone. Its name stays, so that the next one learns who left it."""
    return tx.session.execute(_END, {"case": case_id, "process": process}).scalar() is not None


def held(tx: Tx, case_id: int) -> bool:
    """Whether a living driver has the case, on the database's clock."""
    return tx.session.scalar(_HELD, {"case": case_id}) is not None


def only_one(tx: Tx, name: str) -> bool:
    """True for one transaction at a time per name, until it ends."""
    return bool(tx.session.scalar(_ONLY_ONE, {"name": name}))
