"""uvicorn's configuration: limits on request heads, and on the time to send them."""

import asyncio
from asyncio import TimerHandle, Transport
from collections.abc import Callable
from functools import partial
from socket import socket
from typing import Any, Literal

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from service.settings import Settings

HEAD_LIMIT_BYTES = 32_768
CONNECTIONS = 1_000
TAKEN_AT_ONCE = 16


def server_config(app: Callable[..., Any], settings: Settings) -> uvicorn.Config:
    """uvicorn's configuration for the service; its logs are ours."""

    class Patient(PatientProtocol):
        head_seconds = settings.client_timeout_s

    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        http=Patient,
        loop="uvloop",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=10,
        limit_concurrency=CONNECTIONS,
    )


class QuickServer(uvicorn.Server):
    """Takes sixteen new connections in a turn of the event loop.

    libuv takes one a turn from each socket that listens. Of a crowd whose every request comes on a
    connection of its own most would wait in the kernel, where nothing goes before them.
    """

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Begin to listen, through fifteen more descriptors of the same socket."""
        await super().startup(sockets)
        if self.should_exit:
            return
        loop = asyncio.get_running_loop()
        made: Any = self.config.http_protocol_class
        protocol = partial(
            made,
            config=self.config,
            server_state=self.server_state,
            app_state=self.lifespan.state,
        )
        for server in tuple(self.servers):
            for listening in server.sockets:
                for _ in range(TAKEN_AT_ONCE - 1):
                    more = await loop.create_server(
                        protocol, sock=listening.dup(), backlog=self.config.backlog
                    )
                    self.servers.append(more)


class PatientProtocol(HttpToolsProtocol):
    """Closes connections whose request head is not finished in time, and refuses oversized heads.

    uvicorn would wait for ever, and its parser holds heads of any length.
    """

    head_seconds: float
    _late: TimerHandle | None = None
    _part: Literal["between", "head", "body"] = "between"
    _head_bytes = 0

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first head."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Wait on only while a head is unfinished, and not for more than the limit."""
        before = self._part
        super().data_received(data)
        if self._part == "head" and before != "body":
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_LIMIT_BYTES and not self.transport.is_closing():
                self.send_400_response("The head of the request is too long.")
        answering = self.cycle is not None and not self.cycle.response_complete
        if answering and self._part != "head":
            self._stop()
        elif self._late is None:
            self._wait()

    def on_message_begin(self) -> None:
        """A head begins."""
        self._part, self._head_bytes = "head", 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The head is there; what the parser raises here is answered with 400."""
        self._part = "body"
        if sum((len(name) + len(value) for name, value in self.headers), len(self.url)) > (
            HEAD_LIMIT_BYTES
        ):
            raise ValueError("the head of the request is too long")
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The request is there."""
        self._part = "between"
        super().on_message_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is left to wait for."""
        self._stop()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._late = self.loop.call_later(self.head_seconds, self.transport.close)

    def _stop(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None
