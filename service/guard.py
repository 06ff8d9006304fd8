"""What stands before every route: a bound on the body, and headers that browsers obey."""

from contextlib import suppress

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.errors import Problem, answer

SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


class _TooLarge(Exception):  # noqa: N818 - never leaves this module
    pass


class Guard:
    """ASGI middleware: refuses a body of more than ``body_limit_bytes``, declared or streamed.

    A page that needs a wider Content-Security-Policy than "nothing" sets its own.
    """

    def __init__(self, app: ASGIApp, body_limit_bytes: int) -> None:
        self.app = app
        self.limit = body_limit_bytes

    async def __call__(  # noqa: C901 - the three callables share what was counted
        self, scope: Scope, receive: Receive, send: Send
    ) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        received = self._declared(scope)

        async def guarded_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        async def answer_within(message: Message) -> None:
            # What a route makes of a body that was cut off is not what the sender must read.
            if received <= self.limit:
                await guarded_send(message)

        streamed = 0

        async def counted_receive() -> Message:
            nonlocal received, streamed
            message = await receive()
            streamed += len(message.get("body", b""))
            received = max(received, streamed)
            if received > self.limit:
                raise _TooLarge
            return message

        if received <= self.limit:
            with suppress(_TooLarge):
                await self.app(scope, counted_receive, answer_within)
        if received > self.limit:
            await answer(self._refusal())(scope, receive, guarded_send)

    def _refusal(self) -> Problem:
        return Problem(
            413,
            "body_too_large",
            f"请求超过 {self.limit} 字节；the body has more than {self.limit} bytes: "
            "bring files in with `luotu import`",
            headers={"Connection": "close"},
        )

    @staticmethod
    def _declared(scope: Scope) -> int:
        for name, value in scope["headers"]:
            if name == b"content-length" and value.isdigit():
                return int(value)
        return 0
