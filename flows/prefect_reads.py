"""What Prefect's server need not read from PostgreSQL on a run's way, and what it reads in one statement.

Prefect loads, beside each run, its work queue and the queue's pool, and beside each deployment these and its
schedules, with a statement for each: half of what it reads, and a fifth of the server's work, for our legs.
Instead (seen on the version of `prefect_patches`):

`read_flow_run` for a change of state leaves out queue and pool, at which no rule of the change looks; a run
    that somebody else of the session holds without its queue is read in full (a creation answers from it);
`read_flow_run` and `read_deployment` read queue and pool along, by joins. A list of runs does not: each of
    its rows would carry the pool's template;
`read_flow_runs` for a change of many states reads the runs' ids, all that is used of them;
the rules of a change of state, and its event, read of a deployment what they look at, and past the session's
    own deployments, so that nobody comes by half a one.

tests/flows/test_prefect_reads.py fails when one of them no longer applies.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextvars import ContextVar
from types import ModuleType, SimpleNamespace
from typing import Any
from uuid import UUID

from prefect.server.database.orm_models import ConcurrencyLimitV2, Deployment, FlowRun, WorkQueue
from prefect.server.models import deployments, events, flow_runs
from prefect.server.orchestration import core_policy
from sqlalchemy import Row, inspect, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, joinedload, lazyload, selectinload
from sqlalchemy.orm.util import identity_key

DEPLOYMENT = ("id", "name", "tags", "concurrency_limit_id", "concurrency_options")
"""Of a deployment, what changes of state look at; its limit besides."""

_stock_run: Callable[..., Awaitable[FlowRun | None]] = flow_runs.read_flow_run
_stock_runs: Callable[..., Awaitable[Sequence[FlowRun]]] = flow_runs.read_flow_runs

_LISTS: ContextVar[bool] = ContextVar("whether runs are being listed", default=False)

_limit = aliased(ConcurrencyLimitV2, name="global_concurrency_limit")
_rules_deployment = (
    select(*(getattr(Deployment, name) for name in DEPLOYMENT), _limit)
    .outerjoin(_limit, _limit.id == Deployment.concurrency_limit_id)
    .execution_options(autoflush=False)  # as before: what is changed is written at the end
)


def read_less() -> None:
    """In the server's process, before it serves."""
    for module, name, instead in LESS:
        setattr(module, name, instead)


class _Along:
    """For Prefect's `selectinload(...).selectinload(...)`, of a run's queue and the queue's pool."""

    def __init__(self, relation: Any) -> None:
        self.relation = relation

    def selectinload(self, further: Any) -> Any:
        if _LISTS.get():
            return selectinload(self.relation).selectinload(further)
        return joinedload(self.relation).joinedload(further)


async def _read_run(session: AsyncSession, flow_run_id: UUID, for_update: bool = False) -> FlowRun | None:
    if not for_update:
        return await _stock_run(session, flow_run_id)
    held = session.sync_session.identity_map.get(identity_key(FlowRun, flow_run_id))
    needs_queue = held is not None and "work_queue" in inspect(held).unloaded
    # no joins: what may be missing on their far side cannot be locked
    queue = selectinload(FlowRun.work_queue) if needs_queue else lazyload(FlowRun.work_queue)
    query = select(FlowRun).where(FlowRun.id == flow_run_id).options(queue).with_for_update()
    return (await session.execute(query)).scalar()


async def _read_runs(session: AsyncSession, *args: Any, **asked: Any) -> Sequence[FlowRun | Row[tuple[UUID]]]:
    if not args and asked.keys() == {"flow_run_filter", "limit"}:  # many are to be changed or deleted
        return await _read_ids(session, **asked)
    token = _LISTS.set(True)
    try:
        return await _stock_runs(session, *args, **asked)
    finally:
        _LISTS.reset(token)


async def _read_ids(session: AsyncSession, flow_run_filter: Any, limit: int) -> Sequence[Row[tuple[UUID]]]:
    query = select(FlowRun.id).order_by(FlowRun.id.desc()).limit(limit)
    if flow_run_filter:
        query = query.where(flow_run_filter.as_sql_filter())
    return (await session.execute(query)).all()


async def _read_deployment(session: AsyncSession, deployment_id: UUID) -> Deployment | None:
    queue = joinedload(Deployment.work_queue).joinedload(WorkQueue.work_pool)
    return await session.get(Deployment, deployment_id, options=[queue])


async def _read_for_rules(session: AsyncSession, deployment_id: UUID) -> Deployment | Row[Any] | None:
    held = session.sync_session.identity_map.get(identity_key(Deployment, deployment_id))
    if held is not None:
        return await _read_deployment(session, deployment_id)  # which asks nobody, unless it has expired
    return (await session.execute(_rules_deployment.where(Deployment.id == deployment_id))).first()


LESS: tuple[tuple[ModuleType, str, object], ...] = (
    (flow_runs, "selectinload", _Along),
    (flow_runs, "read_flow_run", _read_run),
    (flow_runs, "read_flow_runs", _read_runs),
    (deployments, "read_deployment", _read_deployment),
    (core_policy, "deployments", SimpleNamespace(read_deployment=_read_for_rules)),
    (events, "deployments", SimpleNamespace(read_deployment=_read_for_rules)),
)
