"""A connection for questions that must be answered while all others are busy."""

import asyncio
from types import TracebackType
from typing import Any, Final, Self

import psycopg
from psycopg.rows import namedtuple_row
from sqlalchemy.engine import URL

from service.database.engine import connect_args

MAX_WAIT_S: Final = 0.4
MAX_WAITING: Final = 64


class NoAnswerError(Exception):
    """The database did not answer in time, or is away."""


class ReservedLine:
    """One connection of the event loop; a question waits ``max_wait_s`` at most.

    A question that timed out is cancelled in the background; a lost connection is opened again. To
    be used between ``async with``.
    """

    def __init__(self, url: URL, *, max_wait_s: float = MAX_WAIT_S) -> None:
        _, address = url.get_dialect()().create_connect_args(url)
        # The server gives up first, so that the line can be used again.
        limits = connect_args(max_wait_s * 0.75, max_wait_s * 0.75)
        self._address = {**address, **limits, "autocommit": True}
        self._max_wait_s = max_wait_s
        self._turn = asyncio.Lock()
        self._line: psycopg.AsyncConnection[Any] | None = None
        self._questions: set[asyncio.Task[Any]] = set()

    async def __aenter__(self) -> Self:
        # Opened beforehand: connecting takes longer than a question.
        self._begin(b"SELECT 1", {})
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _at: TracebackType | None,
    ) -> None:
        for question in self._questions:
            question.cancel()
        if self._line is not None:
            await self._line.close()

    async def ask(self, statement: bytes, values: dict[str, Any] | None = None) -> Any:
        """The first row of a statement, as a named tuple, or None; a transaction of its own.

        Raises
        ------
        NoAnswerError
            The database is away, or the answer did not come in time.
        """
        if len(self._questions) >= MAX_WAITING:
            raise NoAnswerError
        question = self._begin(statement, values or {})
        await asyncio.wait({question}, timeout=self._max_wait_s)
        if not question.done():
            # Cancelling may take seconds when the server does not react.
            question.cancel()
            raise NoAnswerError
        try:
            return question.result()
        except (psycopg.Error, OSError) as error:
            raise NoAnswerError from error

    def _begin(self, statement: bytes, values: dict[str, Any]) -> asyncio.Task[Any]:
        question = asyncio.create_task(self._ask(statement, values))
        self._questions.add(question)
        question.add_done_callback(self._end)
        return question

    def _end(self, question: asyncio.Task[Any]) -> None:
        self._questions.discard(question)
        if not question.cancelled():
            question.exception()  # marks it as retrieved: nobody may have waited

    async def _ask(self, statement: bytes, values: dict[str, Any]) -> Any:
        async with self._turn:
            if self._line is not None and not self._line.closed:
                try:
                    return await self._answer(self._line, statement, values)
                except psycopg.OperationalError:
                    if not self._line.closed:
                        raise
            # The first, or a replacement of a lost one: the database may be back at any time.
            self._line = await psycopg.AsyncConnection.connect(**self._address)
            return await self._answer(self._line, statement, values)

    async def _answer(
        self, line: psycopg.AsyncConnection[Any], statement: bytes, values: dict[str, Any]
    ) -> Any:
        try:
            cursor = line.cursor(row_factory=namedtuple_row)
            await cursor.execute(statement, values)
            return await cursor.fetchone()
        except asyncio.CancelledError:
            # Its state is unknown.
            await line.close()
            raise
