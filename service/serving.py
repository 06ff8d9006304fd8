"""How uvicorn serves the app: bounds on heads, and no patience with clients that stall."""

from asyncio import TimerHandle, Transport

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol

from service.settings import Settings

HEAD_LIMIT_BYTES = 32_768
CONNECTIONS = 1_000


def server_config(app: FastAPI, settings: Settings) -> uvicorn.Config:
    """uvicorn's configuration for the service; its logs are ours."""

    class Patient(PatientProtocol):
        head_seconds = settings.client_timeout_s

    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        http=Patient,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        h11_max_incomplete_event_size=HEAD_LIMIT_BYTES,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=10,
        limit_concurrency=CONNECTIONS,
    )


class PatientProtocol(H11Protocol):
    """Hangs up on who does not finish the head of a request; uvicorn would wait for ever."""

    head_seconds: float
    _late: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first head."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Wait on only while a head is unfinished."""
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._stop()
        elif self._late is None:
            self._wait()

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
