"""An answer that is sent while its file grows."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool

from service.web.early_answer import (
    ClientGoneError,
    EarlyAnswer,
    answers_early,
    early_answer,
    first_answer,
)

Work = Callable[[EarlyAnswer | None], Response]


@answers_early
def endpoint() -> None:
    """A route that may answer early."""


async def answered(work: Work, **scope: Any) -> Response:
    request = Request({"type": "http", "headers": [], "state": {}, **scope})

    async def in_thread() -> Response:
        return await run_in_threadpool(lambda: work(early_answer(request)))

    return await first_answer(endpoint, request, in_thread())


async def arrived(answer: Any, let_go: Event | None = None) -> bytes:
    got = b""
    async for chunk in answer.body_iterator:
        got += chunk
        if let_go is not None:
            let_go.set()
    return got


def growing(file: Path, let_go: Event, last: Callable[[], None] = lambda: None) -> Work:
    """Writes a head, and the rest only when the head has arrived."""

    def work(early: EarlyAnswer | None) -> Response:
        assert early is not None
        with file.open("wb", buffering=0) as target:
            target.write(b"head ")
            early.begin(file, "text/csv", {"X-Rows": "2"})
            assert let_go.wait(30)
            target.write(b"tail")
            last()
        file.rename(file.with_suffix(".whole"))
        file.with_suffix(".whole").unlink()
        return Response("not this one")

    return work


def test_the_head_arrives_before_the_rest_is_written(tmp_path: Path) -> None:
    let_go = Event()

    async def whole() -> tuple[Response, bytes]:
        answer = await answered(growing(tmp_path / "f", let_go))
        return answer, await arrived(answer, let_go)

    answer, got = asyncio.run(whole())
    assert got == b"head tail"
    assert (answer.headers["x-rows"], answer.media_type) == ("2", "text/csv")
    assert list(tmp_path.iterdir()) == []


def test_an_error_of_the_thread_breaks_the_answer_off(tmp_path: Path) -> None:
    let_go = Event()

    def fails() -> None:
        raise OSError("disk full")

    async def whole() -> bytes:
        return await arrived(await answered(growing(tmp_path / "f", let_go, fails)), let_go)

    with pytest.raises(OSError, match="disk full"):
        asyncio.run(whole())


def test_the_thread_is_told_that_nobody_reads(tmp_path: Path) -> None:
    let_go, told = Event(), Event()

    def work(early: EarlyAnswer | None) -> Response:
        assert early is not None
        (tmp_path / "f").write_bytes(b"head")
        early.begin(tmp_path / "f", "text/csv", {})
        assert let_go.wait(30)
        with pytest.raises(ClientGoneError):
            early.check()
        told.set()
        return Response()

    async def left() -> None:
        answer: Any = await answered(work)
        assert await anext(answer.body_iterator) == b"head"
        await answer.body_iterator.aclose()
        let_go.set()
        assert await asyncio.to_thread(told.wait, 30)

    asyncio.run(left())


@pytest.mark.parametrize(
    "scope",
    [{"headers": [(b"range", b"bytes=0-9")]}, {"luotu.head": True}],
    ids=["a part", "HEAD"],
)
def test_a_request_that_needs_the_length_waits(scope: dict[str, Any]) -> None:
    def work(early: EarlyAnswer | None) -> Response:
        return Response("whole" if early is None else "early")

    assert asyncio.run(answered(work, **scope)).body == b"whole"
    assert asyncio.run(answered(work)).body == b"early"
