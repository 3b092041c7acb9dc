"""A connection that has rested is asked whether it lives; times go to it as the instants that they were."""

from __future__ import annotations

import asyncio
import inspect
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from prefect.server.database import configurations
from prefect.server.utilities.database import Timestamp
from prefect.types._datetime import create_datetime_instance, now
from sqlalchemy import bindparam, event, select, text
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import Pool

from flows import prefect_database


@pytest.fixture
def trusting() -> Iterator[None]:
    stock = PGDialect_asyncpg.do_ping
    prefect_database.trust_what_was_just_used()
    yield
    PGDialect_asyncpg.do_ping = stock  # type: ignore[method-assign]
    event.remove(Pool, "checkin", prefect_database._note_use)


def test_prefect_still_has_every_connection_asked() -> None:
    engine = inspect.getsource(configurations.AsyncPostgresConfiguration.engine)
    assert "pool_pre_ping=True" in engine


def test_a_connection_is_asked_once_it_has_rested(
    trusting: None, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asyncio.run(_rest(database_url, monkeypatch))


async def _rest(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = _engine(database_url)
    try:
        first = await _backend(engine)
        await _end(database_url, first)
        with pytest.raises(Exception, match=r"closed|terminat"):
            await _backend(engine)  # it was used just now: trusted, and dead
        second = await _backend(engine)
        monkeypatch.setattr(prefect_database, "FRESH", 0.0)
        await _end(database_url, second)
        third = await _backend(engine)  # asked, found dead, and replaced
        assert len({first, second, third}) == 3
    finally:
        await engine.dispose()


@pytest.fixture
def plainly() -> Iterator[None]:
    stock = Timestamp.process_bind_param
    prefect_database.send_plain_times()
    yield
    Timestamp.process_bind_param = stock  # type: ignore[method-assign]


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="from 3.13 on Prefect's times are Python's own")
def test_prefects_own_times_still_subtract_in_python() -> None:
    assert type(now("UTC")) is not datetime
    assert type(Timestamp().process_bind_param(now("UTC"), PGDialect_asyncpg())) is not datetime


BERLIN = ZoneInfo("Europe/Berlin")

TIMES = [
    create_datetime_instance(datetime(2026, 11, 22, 17, 38, 19, 855_932, tzinfo=UTC)),
    create_datetime_instance(datetime(2026, 3, 29, 3, 30, tzinfo=BERLIN)),
    create_datetime_instance(datetime(2026, 10, 25, 2, 30, 1, 999_999, tzinfo=BERLIN, fold=0)),
    create_datetime_instance(datetime(2026, 10, 25, 2, 30, 1, 999_999, tzinfo=BERLIN, fold=1)),
    datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("America/New_York")),
    datetime(1, 1, 1, tzinfo=UTC),
]


@pytest.mark.parametrize("time", TIMES, ids=str)
def test_a_time_reaches_the_database_as_the_instant_that_it_was(
    plainly: None, database_url: str, time: datetime
) -> None:
    bound = Timestamp().process_bind_param(time, PGDialect_asyncpg())
    assert type(bound) is datetime
    assert bound == time.astimezone(UTC)
    assert asyncio.run(_there_and_back(database_url, time)) == time.astimezone(UTC)


def test_a_time_without_a_zone_is_still_refused(plainly: None) -> None:
    with pytest.raises(ValueError, match="timezone"):
        Timestamp().process_bind_param(datetime(2026, 1, 1), PGDialect_asyncpg())
    assert Timestamp().process_bind_param(None, PGDialect_asyncpg()) is None


async def _there_and_back(database_url: str, time: datetime) -> datetime:
    engine = _engine(database_url)
    try:
        async with engine.connect() as connection:
            sent = bindparam("sent", time, type_=Timestamp())
            return (await connection.execute(select(sent))).scalar_one()
    finally:
        await engine.dispose()


def _engine(database_url: str) -> AsyncEngine:
    address = database_url.replace("+psycopg", "").replace("postgresql://", "postgresql+asyncpg://")
    return create_async_engine(address, pool_pre_ping=True, pool_size=1, max_overflow=0)


async def _backend(engine: AsyncEngine) -> int:
    async with engine.connect() as connection:
        return int((await connection.execute(text("select pg_backend_pid()"))).scalar_one())


async def _end(database_url: str, backend: int) -> None:
    other = _engine(database_url)
    async with other.connect() as connection:
        await connection.execute(text("select pg_terminate_backend(:pid)"), {"pid": backend})
    await other.dispose()
    await asyncio.sleep(0.2)
