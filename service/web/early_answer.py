"""Answers that begin before their file is whole: it is read while the thread still writes it.

The thread writes to the disk and never waits for the client, so connection and slot are given back
as soon as the file is whole, however slowly it is fetched.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from pathlib import Path
from threading import Event
from typing import Any, BinaryIO, Final, TypeVar

from fastapi import Request, Response
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

__all__ = ["EarlyAnswer", "answers_early", "early_answer", "first_answer"]

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])
_AT_ONCE: Final = 256 * 1024
_PAUSE_S: Final = 0.05

_early: set[Callable[..., Any]] = set()


class ClientGoneError(Exception):
    """Whoever asked for the file does not read it any more."""


class EarlyAnswer:
    """The answer of a request whose thread writes a file."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._gone = Event()
        self.begun: asyncio.Future[tuple[BinaryIO, str, Mapping[str, str]]]
        self.begun = self._loop.create_future()

    def begin(self, file: Path, media_type: str, headers: Mapping[str, str]) -> None:
        """Send what the file has by now, and all that will be appended; from the thread, once.

        The file may be renamed and removed meanwhile. What the thread raises from now on breaks
        the answer off.
        """
        begun = (file.open("rb"), media_type, headers)
        self._loop.call_soon_threadsafe(self.begun.set_result, begun)

    def check(self) -> None:
        """Raise `ClientGoneError` once nobody reads the answer."""
        if self._gone.is_set():
            raise ClientGoneError

    def answer(self, work: asyncio.Task[Response]) -> Response:
        """The answer, as long as it grows; an error of the thread ends it."""
        file, media_type, headers = self.begun.result()
        chunks = self._chunks(file, work)
        return StreamingResponse(chunks, media_type=media_type, headers=dict(headers))

    async def _chunks(self, file: BinaryIO, work: asyncio.Task[Response]) -> AsyncIterator[bytes]:
        whole = False
        try:
            while True:
                chunk = await run_in_threadpool(file.read, _AT_ONCE)
                if chunk:
                    yield chunk
                elif whole:
                    return
                elif work.done():
                    await work
                    whole = True  # what was written last is read once more
                else:
                    await asyncio.wait({work}, timeout=_PAUSE_S)
        finally:
            self._gone.set()
            file.close()


def answers_early(endpoint: Endpoint) -> Endpoint:
    """Mark an endpoint that may use `early_answer`."""
    _early.add(endpoint)
    return endpoint


def early_answer(request: Request) -> EarlyAnswer | None:
    """The early answer of a request; None where the length has to be known first.

    That is so for HEAD and for parts of a file, which GDAL asks for.
    """
    early: EarlyAnswer | None = getattr(request.state, "early", None)
    return early


async def first_answer(
    endpoint: Callable[..., Any], request: Request, work: Coroutine[Any, Any, Response]
) -> Response:
    """The answer of a route's work, or the early one where that comes first."""
    if endpoint not in _early or "range" in request.headers or "luotu.head" in request.scope:
        return await work
    request.state.early = early = EarlyAnswer()
    task = asyncio.create_task(work)
    either: set[asyncio.Future[Any]] = {task, early.begun}
    try:
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
    except asyncio.CancelledError:
        task.cancel()
        raise
    if not early.begun.done():
        return await task
    # Looked at, so that nobody says it was not: the answer breaks off with it, if anybody reads.
    task.add_done_callback(lambda done: done.cancelled() or done.exception())
    return early.answer(task)
