"""Middleware before every route: limits on the body, and security headers."""

import asyncio
from contextlib import suppress
from http import HTTPStatus

from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.types import Message as AsgiMessage

from gis.messages import Message
from service.errors import Problem
from service.web.admission import busy
from service.web.cache_control import caching
from service.web.problem_json import answer

SECURITY_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
)


class _Broken(Exception):  # noqa: N818 - never leaves this module
    """The body is not to be read to its end."""


class SecurityHeadersMiddleware:
    """ASGI middleware: every answer leaves with the headers that limit what a browser does with it.

    They also limit what a browser keeps of it. A page that needs a wider Content-Security-Policy
    than "nothing" sets its own. A 304 has none: a browser would put them in the place of those that
    it kept with the page (RFC 9111, 3.2), and a map that is looked at again would be blank.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: AsgiMessage) -> None:
            if message["type"] == "http.response.start":
                headers = list(message["headers"])
                given = {name for name, _ in headers}
                if message["status"] != HTTPStatus.NOT_MODIFIED:
                    headers += [header for header in SECURITY_HEADERS if header[0] not in given]
                headers += caching(headers)
                message["headers"] = headers
            await send(message)

        await self.app(scope, receive, send_with_headers)


class BodyLimitMiddleware:
    """ASGI middleware: refuses a body of more than ``body_limit_bytes``, declared or streamed.

    It also refuses one that is packed (`Content-Encoding`), since nobody would unpack it, one that
    takes longer than ``body_seconds`` to arrive, and one for which there is no room: all bodies
    that are held at one moment have ``bodies_limit_bytes`` at most.
    """

    def __init__(
        self, app: ASGIApp, body_limit_bytes: int, bodies_limit_bytes: int, body_seconds: float
    ) -> None:
        self.app = app
        self.limit = body_limit_bytes
        self.total_limit = bodies_limit_bytes
        self.seconds = body_seconds
        self._held_bytes = 0

    async def __call__(  # noqa: C901 - the three callables share what was counted
        self, scope: Scope, receive: Receive, send: Send
    ) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        refusal = self._too_large() if self._declared(scope) > self.limit else _packed(scope)

        async def answer_within(message: AsgiMessage) -> None:
            # Drop the route's own response once the body was refused.
            if refusal is None:
                await send(message)

        streamed, whole = 0, False
        until = asyncio.get_running_loop().time() + self.seconds

        async def counted_receive() -> AsgiMessage:
            nonlocal streamed, whole, refusal
            if whole:
                return await receive()
            try:
                async with asyncio.timeout_at(until):
                    message = await receive()
            except TimeoutError:
                refusal = self._too_slow()
                raise _Broken from None
            received = len(message.get("body", b""))
            streamed += received
            self._held_bytes += received
            whole = not message.get("more_body", False)
            if streamed > self.limit:
                refusal = self._too_large()
                raise _Broken
            if self._held_bytes > self.total_limit:
                refusal = self._no_room()
                raise _Broken
            return message

        if refusal is None:
            try:
                with suppress(_Broken):
                    await self.app(scope, counted_receive, answer_within)
            finally:
                self._held_bytes -= streamed
        if refusal is not None:
            await answer(refusal, scope)(scope, receive, send)

    def _too_large(self) -> Problem:
        return Problem(
            413,
            "body_too_large",
            Message(
                f"请求超过 {self.limit} 字节",
                f"the body has more than {self.limit} bytes: bring files in with `luotu import`",
            ),
            headers={"Connection": "close"},
        )

    def _no_room(self) -> Problem:
        problem = busy()
        problem.headers["Connection"] = "close"
        return problem

    def _too_slow(self) -> Problem:
        return Problem(
            408,
            "body_too_slow",
            Message(
                f"请求体在 {self.seconds:g} 秒内没有到齐",
                f"the body did not arrive within {self.seconds:g} s: send it again over a "
                "better line",
            ),
            headers={"Connection": "close"},
        )

    @staticmethod
    def _declared(scope: Scope) -> int:
        for name, value in scope["headers"]:
            if name == b"content-length" and value.isdigit():
                return int(value)
        return 0


def _packed(scope: Scope) -> Problem | None:
    """Why a body that says it is packed is refused; None for others."""
    said = [value for name, value in scope["headers"] if name == b"content-encoding"]
    way = b", ".join(said).decode("latin-1").strip()
    if way.lower() in ("", "identity") or scope["method"] in ("GET", "HEAD"):
        return None
    return Problem(
        415,
        "packed_body",
        Message(
            f"请求体经过压缩（Content-Encoding: {way[:50]}），请不压缩发送",
            f"the body is packed (Content-Encoding: {way[:50]}): send it as it is",
        ),
        headers={"Accept-Encoding": "identity", "Connection": "close"},
    )
