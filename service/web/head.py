"""HEAD for every address that answers GET: the same headers, and no body."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class HeadAsGet:
    """ASGI middleware: what lies within sees GET; its body is left out (RFC 9110, 9.3.2).

    FastAPI's routes know no HEAD, and GDAL's `/vsicurl/` asks by it first. One rule here serves
    routes, mounted files, tiles and refusals alike, and the document names no operation twice.
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

        within = {**scope, "method": "GET"}
        try:
            await self.app(within, receive, headed)
        finally:
            # The log outside tells the route and the account that were found within.
            scope.update(within, method="HEAD")
