"""HEAD for every address that answers GET: the same headers, and no body."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class HeadAsGet:
    """ASGI middleware: turns HEAD into GET and drops the body (RFC 9110, 9.3.2).

    FastAPI's routes have no HEAD, which GDAL's `/vsicurl/` sends first. One rule here serves
    routes, mounted files, tiles and refusals alike, and doubles no operation in the document.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def headed(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        # Headers say all that a GET would, the length too.
        within = {**scope, "method": "GET", "luotu.head": True}
        try:
            await self.app(within, receive, headed)
        finally:
            # The log in an outer layer needs the route and the account of the inner scope.
            scope.update(within, method="HEAD")
