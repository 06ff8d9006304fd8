"""Connections on which the event loop itself waits, for the most frequent statement.

A request in a thread of its own is handed over twice, and all threads share the interpreter lock:
that costs more than a statement of one millisecond.
"""

import time
from types import TracebackType
from typing import Any, Final, Self

import psycopg
from psycopg.rows import namedtuple_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout, TooManyRequests
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, OperationalError

from service.database.engine import QUIET_S, connect_args

# Beyond this wait, or this length of the queue, a request takes the ordinary route: a thread, with
# connections of its own.
PATIENCE_S: Final = 1.0
MAX_WAITING: Final = 256
# The pause between attempts to reach a database that is away.
AWAY_S: Final = 2.0


class NoLineError(Exception):
    """No connection was free, or the connection was lost: take the ordinary route."""


class _Line(psycopg.AsyncConnection[Any]):
    """A connection that knows when it last answered."""

    answered = float("-inf")


async def _look_at(line: _Line) -> None:
    # A firewall may silently have cut an idle connection.
    if time.monotonic() - line.answered > QUIET_S:
        await line.execute("SELECT 1")


async def _first_row(line: _Line, statement: bytes, values: dict[str, Any]) -> Any:
    cursor = line.cursor(binary=True, row_factory=namedtuple_row)
    await cursor.execute(statement, values)
    row = await cursor.fetchone()
    line.answered = time.monotonic()
    return row


class LoopPool:
    """At most ``max_connections``, opened as they are needed; each statement is a transaction.

    ``statement_timeout_s`` and ``lock_timeout_s`` of 0 set no limit. To be used between
    ``async with``.
    """

    def __init__(
        self,
        url: URL,
        *,
        max_connections: int,
        statement_timeout_s: float = 0,
        lock_timeout_s: float = 0,
    ) -> None:
        _, address = url.get_dialect()().create_connect_args(url)
        limits = connect_args(statement_timeout_s, lock_timeout_s)
        self._away_until = float("-inf")
        self._max_connections = max_connections
        self._lent = 0
        self._pool = AsyncConnectionPool(
            connection_class=_Line,
            kwargs={**address, **limits, "autocommit": True},
            name="tiles",
            min_size=0,
            max_size=max_connections,
            max_waiting=MAX_WAITING,
            open=False,
            check=_look_at,
            timeout=PATIENCE_S,
            # No background reconnects; the next request retries.
            reconnect_timeout=0,
        )

    async def __aenter__(self) -> Self:
        await self._pool.open()
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _at: TracebackType | None,
    ) -> None:
        await self._pool.close()

    async def ask(self, statement: bytes, values: dict[str, Any]) -> Any:
        """The first row of a statement, as a named tuple, or None.

        Raises
        ------
        NoLineError
            Nothing was asked, or the connection was lost before the answer.
        DBAPIError
            The statement failed, or ran into a time limit.
        """
        if time.monotonic() < self._away_until:
            raise NoLineError
        try:
            line = await self._pool.getconn()
            self._lent += 1
            try:
                return await _first_row(line, statement, values)
            finally:
                self._lent -= 1
                await self._pool.putconn(line)
        except (psycopg.errors.QueryCanceled, psycopg.errors.LockNotAvailable) as error:
            raise OperationalError(statement.decode(), None, error, hide_parameters=True) from error
        except TooManyRequests as error:
            raise NoLineError from error
        except PoolTimeout as error:
            # With all of them in use the pool is busy; else none could be opened.
            if self._lent < self._max_connections:
                self._away_until = time.monotonic() + AWAY_S
            raise NoLineError from error
        except psycopg.OperationalError as error:
            self._away_until = time.monotonic() + AWAY_S
            raise NoLineError from error
        except psycopg.Error as error:
            raise DBAPIError(statement.decode(), None, error, hide_parameters=True) from error
