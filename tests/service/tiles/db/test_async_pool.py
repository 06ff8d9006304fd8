"""Connections on which the event loop waits: what is asked, and what becomes of the lost ones."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import psycopg
import pytest
from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError

from service.database.engine import sqlalchemy_url
from service.tiles.db import async_pool
from service.tiles.db.async_pool import LoopPool, NoLineError
from tests.service.conftest import Database, run_sql

PID = b"SELECT pg_backend_pid() AS pid"


@pytest.fixture
def url(database: Database) -> URL:
    """Where the service asks."""
    return sqlalchemy_url(database.endpoint.url("service", database.name))


def within(
    url: URL,
    ask: Callable[[LoopPool], Awaitable[Any]],
    *,
    max_connections: int = 1,
    limit_s: float = 0,
) -> Any:
    """What a coroutine makes of a pool."""

    async def work() -> Any:
        async with LoopPool(
            url, max_connections=max_connections, statement_timeout_s=limit_s
        ) as pool:
            return await ask(pool)

    return asyncio.run(work())


def test_the_first_row_is_answered_with_its_names(url: URL) -> None:
    statement = b"SELECT n, %(word)s AS word FROM generate_series(1, 2) n"
    row = within(url, lambda pool: pool.ask(statement, {"word": "林"}))
    assert (row.n, row.word) == (1, "林")


def test_where_there_is_no_row_none_is_answered(url: URL) -> None:
    assert within(url, lambda pool: pool.ask(b"SELECT 1 AS n WHERE false", {})) is None


def test_who_comes_when_all_are_busy_waits_for_one_that_is_there(url: URL) -> None:
    async def many(pool: LoopPool) -> list[Any]:
        slow = b"SELECT pg_backend_pid() AS pid, pg_sleep(0.01)"
        return await asyncio.gather(*(pool.ask(slow, {}) for _ in range(12)))

    rows = within(url, many, max_connections=2)
    assert len(rows) == 12
    assert len({row.pid for row in rows}) <= 2


def test_a_statement_that_takes_too_long_is_ended_and_not_asked_another_way(url: URL) -> None:
    with pytest.raises(DBAPIError) as raised:
        within(url, lambda pool: pool.ask(b"SELECT pg_sleep(30)", {}), limit_s=0.05)
    assert isinstance(raised.value.orig, psycopg.errors.QueryCanceled)


def test_an_error_shows_no_parameters_and_the_connection_stays(url: URL) -> None:
    async def wrong(pool: LoopPool) -> tuple[int, str, int]:
        before = await pool.ask(PID, {})
        with pytest.raises(DBAPIError) as raised:
            await pool.ask(b"SELECT 1 / (length(%(secret)s) - 6)", {"secret": "hidden"})
        return before.pid, str(raised.value), (await pool.ask(PID, {})).pid

    before, words, after = within(url, wrong)
    assert "division by zero" in words
    assert "hidden" not in words
    assert before == after


async def _ended(pool: LoopPool, database: Database) -> int:
    """Let the server end the pool's only connection."""
    pid: int = (await pool.ask(PID, {})).pid
    run_sql(database.endpoint, f"SELECT pg_terminate_backend({pid}, 10000)")
    return pid


def test_a_lost_connection_is_told_and_another_takes_its_place(
    url: URL, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(async_pool, "AWAY_S", 0)

    async def lost(pool: LoopPool) -> tuple[int, int]:
        before = await _ended(pool, database)
        with pytest.raises(NoLineError):
            await pool.ask(PID, {})
        return before, (await pool.ask(PID, {})).pid

    before, after = within(url, lost)
    assert before != after


def test_a_connection_that_was_quiet_is_looked_at_before_it_is_used(
    url: URL, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(async_pool, "QUIET_S", 0)

    async def lost(pool: LoopPool) -> tuple[int, int]:
        return await _ended(pool, database), (await pool.ask(PID, {})).pid

    before, after = within(url, lost)
    assert before != after


def _let_in(database: Database, whether: str) -> None:
    statement = f"ALTER DATABASE {database.name} ALLOW_CONNECTIONS {whether}"
    run_sql(database.endpoint, statement)


def test_a_database_that_is_away_is_left_alone_for_a_moment_and_then_asked_again(
    url: URL, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(async_pool, "PATIENCE_S", 0.2)
    monkeypatch.setattr(async_pool, "AWAY_S", 0.5)

    async def away(pool: LoopPool) -> tuple[float, int]:
        with pytest.raises(NoLineError):
            await pool.ask(PID, {})
        began = time.perf_counter()
        with pytest.raises(NoLineError):
            await pool.ask(PID, {})
        refused_s = time.perf_counter() - began
        _let_in(database, "true")
        await asyncio.sleep(0.5)
        return refused_s, (await pool.ask(PID, {})).pid

    _let_in(database, "false")
    refused_s, pid = within(url, away)
    assert refused_s < 0.2
    assert pid
