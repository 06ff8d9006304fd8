"""Routes are admitted, then run in one thread, from parsing the body to the commit.

FastAPI uses another thread for each plain dependency, for the endpoint and for each clean-up. At
each hand-over the request waits for the interpreter lock while it holds its connection. Here
FastAPI's whole handler runs in one thread.
"""

from collections.abc import Awaitable, Callable, Coroutine
from contextlib import ExitStack
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any, TypeVar

from fastapi import HTTPException, Request, Response, params
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.types import Receive, Scope

from gis.messages import Message
from service.errors import Problem
from service.web import json_body
from service.web.admission import admitted
from service.web.early_answer import first_answer
from service.web.error_answers import RESPONSES
from service.web.query_words import in_known_spelling, spellings

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
Result = TypeVar("Result")


class ParsedRequest(Request):
    """A request whose JSON body was read already."""

    def __init__(self, scope: Scope, receive: Receive, text: bytes, value: Any) -> None:
        super().__init__(scope, receive)
        self._text = text
        self._value = value

    async def body(self) -> bytes:
        """The text of the body."""
        return self._text

    async def json(self) -> Any:
        """The value of the body."""
        return self._value


class ThreadRoute(APIRoute):
    """FastAPI's route; a plain endpoint shares one thread with its dependencies.

    Its dependencies are ``async`` functions that wait for nothing (FastAPI would give plain ones a
    thread each), and are free to ask the database. What they open with `resources` is closed in the
    same thread before the answer is sent: a transaction is committed, or rolled back after an
    error. An ``async`` endpoint runs on the event loop and must not use such dependencies.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        self.on_loop = iscoroutinefunction(endpoint)
        self.served = endpoint
        options["responses"] = {**RESPONSES, **(options.get("responses") or {})}
        super().__init__(path, endpoint if self.on_loop else _without_hop(endpoint), **options)

    def get_route_handler(self) -> Handler:
        """FastAPI's handler, let in by the gate."""
        handle = super().get_route_handler()
        known = spellings(self.dependant)
        form = self.body_field is not None and isinstance(self.body_field.field_info, params.Form)

        async def served(request: Request) -> Response:
            query = request.scope["query_string"]
            request.scope["query_string"] = in_known_spelling(query, known)
            # The whole body is read first: a slow sender holds neither slot nor thread.
            body = await _arrived(request, form=form)
            return await first_answer(self.served, request, worked(request, body))

        async def worked(request: Request, body: bytes) -> Response:
            try:
                async with admitted(request):
                    if self.on_loop:
                        return await handle(request)
                    return await run_in_threadpool(_serve, handle, request, body)
            finally:
                # The handler closes the files of a form. A request that was not admitted has no
                # handler, so its files are closed here.
                await request.close()

        return served


async def _arrived(request: Request, *, form: bool) -> bytes:
    """The text of the body; that of a form is kept by the request itself."""
    try:
        if not form:
            return await request.body()
        await read_form(request)
    except (HTTPException, Problem):
        raise
    except Exception as error:
        # Cut off, or the disk for temporary files is full: FastAPI says it so.
        raise HTTPException(400, "There was an error parsing the body") from error
    return b""


async def read_form(request: Request) -> FormData:
    """The form of a request, which it keeps.

    Raises
    ------
    Problem
        422 ``bad_form``: too many parts, one that is too long, no boundary.
    """
    try:
        return await request.form()
    except StarletteHTTPException as error:
        raise _bad_form(str(error.detail)) from None


def _bad_form(why: str) -> Problem:
    return Problem(
        422,
        "bad_form",
        Message(
            f"表单（multipart/form-data）读不出来：{why}；最多 1000 个文件和 1000 个字段，"
            "每个字段 1 MB，请求头 Content-Type 须写明 boundary",
            f"the form (multipart/form-data) cannot be read: {why} A form has 1000 files and 1000 "
            "fields of 1 MB at most, and its Content-Type names the boundary",
        ),
        errors=[{"field": "body", "in": "body", "code": "bad_form"}],
    )


def resources(request: Request) -> ExitStack:
    """The exit stack of a request, closed before its answer is sent."""
    stack: ExitStack = request.state.resources
    return stack


def _without_hop(endpoint: Callable[..., Result]) -> Callable[..., Awaitable[Result]]:
    @wraps(endpoint)
    async def here(*given: Any, **named: Any) -> Result:
        return endpoint(*given, **named)

    return here


def _serve(handle: Handler, request: Request, body: bytes) -> Response:
    if body and json_body.is_json(request.headers.get("content-type", "")):
        value = json_body.parsed(body)
        request = ParsedRequest(request.scope, request.receive, body, value)
    with ExitStack() as stack:
        request.state.resources = stack
        return completed(handle(request))


def completed(work: Coroutine[Any, Any, Result]) -> Result:
    """The result of a coroutine that never awaits.

    Raises
    ------
    RuntimeError
        It awaited something, which needs an event loop.
    """
    try:
        work.send(None)
    except StopIteration as end:
        result: Result = end.value
        return result
    work.close()
    raise RuntimeError(f"{work} waits for an event loop in the thread of a request")
