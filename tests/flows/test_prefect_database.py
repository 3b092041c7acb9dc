"""A connection that was used just now is not asked whether it lives; one that has rested is."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Iterator

import pytest
from prefect.server.database import configurations
from sqlalchemy import event, text
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
