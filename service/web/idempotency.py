"""`Idempotency-Key`: a request that is sent again gets the same answer, and nothing is done twice.

The header of draft-ietf-httpapi-idempotency-key-header, for every POST that creates or acts. The
answer is kept in the transaction of the request itself, so it is there exactly when the work is. A
refused request leaves nothing behind: it is simply run again.
"""

import hashlib
import re
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any, Final

from fastapi import Request, Response
from pydantic import BaseModel, TypeAdapter
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from gis.messages import Message
from service.errors import Problem
from service.web.db.idempotent_answers import StoredAnswer, keep_answer, kept_answer, lock_key
from service.web.language import answer_language, mark_language
from service.web.thread_route import ThreadRoute, read_form

HEADER: Final = "Idempotency-Key"
# Printable ASCII, as a string of RFC 8941 (in quotes) or bare, as most programs send it.
_KEY: Final = re.compile(r"[!-~](?:[ -~]{0,253}[!-~])?")
PARAMETER: Final = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": f"^{_KEY.pattern}$"},
    "description": "Sent again with the same key within a day, the request is answered again and "
    "nothing is done twice; another request under the key is 422, one at the same moment 409.",
}


@dataclass(frozen=True)
class _KeyedRequest:
    """A request under a key; ``fingerprint`` is the SHA-256 of all that it says."""

    request: Request
    key: str
    fingerprint: bytes
    stored: list[StoredAnswer] = field(default_factory=list)


_keyed_request: ContextVar[_KeyedRequest | None] = ContextVar("keyed_request", default=None)


class OnceRoute(ThreadRoute):
    """FastAPI's route, whose POST runs once for each key."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        if "POST" in (options.get("methods") or ()):
            extra = options.get("openapi_extra") or {}
            documented = {"parameters": [*extra.get("parameters", ()), PARAMETER]}
            options["openapi_extra"] = {**extra, **documented}
            status, model = options.get("status_code") or 200, options.get("response_model")
            endpoint = _once(endpoint, status, model)
        super().__init__(path, endpoint, **options)

    def get_route_handler(self) -> Callable[[Request], Any]:
        """Hand the key of a request on to the endpoint."""
        handle = super().get_route_handler()
        if "POST" not in (self.methods or ()):
            return handle

        async def under_key(request: Request) -> Response:
            key = _key(request)
            if key is None:
                return await handle(request)
            # Before any connection is taken: a body may arrive slowly.
            fingerprint = await _fingerprint(request)
            token = _keyed_request.set(_KeyedRequest(request, key, fingerprint))
            try:
                return await handle(request)
            finally:
                _keyed_request.reset(token)

        return under_key


def _once(endpoint: Callable[..., Any], status: int, model: Any) -> Callable[..., Any]:
    """The endpoint, run once for a key, after all its dependencies have accepted the request."""
    if iscoroutinefunction(endpoint):
        raise TypeError(f"{endpoint.__name__}: a route that keeps its answer runs in a thread")

    @wraps(endpoint)
    def once(*given: Any, **named: Any) -> Any:
        keyed = _keyed_request.get()
        if keyed is None:
            return endpoint(*given, **named)
        connection: Connection | None = getattr(keyed.request.state, "connection", None)

        def work() -> Response:
            answer = _response(endpoint(*given, **named), status, model)
            for said in named.values():
                if isinstance(said, Response):  # where the endpoint puts Location and ETag
                    answer.headers.update(said.headers)
            return answer

        if connection is not None:
            return done_once(connection, keyed.request.state.account.id, work)
        response = work()
        if not keyed.stored:
            raise RuntimeError(f"{endpoint.__name__} acts beside `done_once`")
        return response

    return once


def done_once(connection: Connection, account_id: int, work: Callable[[], Response]) -> Response:
    """Do the work of a request within its transaction, or answer what was answered before.

    For routes that open transactions themselves; for all others their route does it.

    Raises
    ------
    Problem
        409 while a request under the same key is being worked on, 422 when it was another one.
    """
    keyed = _keyed_request.get()
    if keyed is None:
        return work()
    before = _before(connection, account_id, keyed)
    if before is None:
        response = work()
        language = answer_language()
        if language is not None:  # a repeated answer keeps its language
            mark_language(response.headers, language)
        before = StoredAnswer(
            keyed.fingerprint, response.status_code, dict(response.headers), bytes(response.body)
        )
        keep_answer(connection, account_id, keyed.key, before)
    keyed.stored.append(before)
    return Response(before.body, before.status, before.headers)


def _response(answer: Any, status: int, model: Any) -> Response:
    if isinstance(answer, Response):
        return answer
    if isinstance(answer, BaseModel):
        content = answer.model_dump_json().encode()
    else:
        told = TypeAdapter(model)
        content = told.dump_json(told.validate_python(answer, from_attributes=True))
    return Response(content, status, media_type="application/json")


def _before(connection: Connection, account_id: int, keyed: _KeyedRequest) -> StoredAnswer | None:
    """The answer stored under the key, or None. Raises `Problem` as :func:`done_once`."""
    if not lock_key(connection, account_id, keyed.key):
        raise Problem(
            409,
            "idempotency_key_in_use",
            Message(
                f"带同一 {HEADER} 的请求正在处理，请一秒后原样重发",
                f"a request with this {HEADER} is being worked on: send the same again in a "
                "second to get its answer",
            ),
            headers={"Retry-After": "1"},
        )
    before = kept_answer(connection, account_id, keyed.key)
    if before is not None and before.request != keyed.fingerprint:
        raise _refused(
            "idempotency_key_reused",
            Message(
                f"此 {HEADER} 已用于另一个请求，什么都没有做",
                f"this {HEADER} was used for another request (address, query, If-Match or body "
                "differ), nothing was done: take a new key",
            ),
        )
    return before


def _key(request: Request) -> str | None:
    """The key of a request, without quotes; None without one. Raises `Problem` 422."""
    said = request.headers.getlist(HEADER)
    if not said:
        return None
    key = said[0].strip()
    if len(key) > 1 and key[0] == key[-1] == '"':
        key = key[1:-1]
    if len(said) > 1 or not _KEY.fullmatch(key):
        raise _refused(
            "bad_idempotency_key",
            Message(
                f"{HEADER} 应为 1 至 255 个可打印的 ASCII 字符，只给一次",
                f"{HEADER} is 1 to 255 printable ASCII characters, given once: a UUID serves",
            ),
        )
    return key


def _refused(code: str, message: Message) -> Problem:
    error = {"field": HEADER, "in": "header", "code": code, "message": message}
    return Problem(422, code, message, errors=[error])


async def _fingerprint(request: Request) -> bytes:
    """SHA-256 of a request; of a form, of its fields, since the multipart boundary is random."""
    said = [
        request.method,
        request.url.path,
        request.url.query,
        request.headers.get("if-match", ""),
        request.headers.get("content-type", "").partition(";")[0].strip().lower(),
    ]
    form = said[-1] == "multipart/form-data"
    parts = (await read_form(request)).multi_items() if form else [("", await request.body())]
    return await run_in_threadpool(_hashed, said, parts)


def _hashed(said: list[str], parts: list[tuple[str, Any]]) -> bytes:
    whole = hashlib.sha256()

    def add(part: bytes) -> None:
        # Each with its length, so that different lists of parts differ.
        whole.update(len(part).to_bytes(8, "big"))
        whole.update(part)

    for word in said:
        add(word.encode("utf-8", "surrogatepass"))
    for name, value in parts:
        add(name.encode("utf-8", "surrogatepass"))
        if isinstance(value, UploadFile):
            add((value.filename or "").encode("utf-8", "surrogatepass"))
            add(hashlib.file_digest(value.file, "sha256").digest())  # type: ignore[arg-type]
            value.file.seek(0)
        else:
            add(value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass"))
    return whole.digest()
