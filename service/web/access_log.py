"""The log of requests: one JSON line each, with a request id and without secrets."""

import logging
import re
import sys
import time
import uuid

import structlog
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.typing import Processor

from service.web.metrics import HttpMetrics

log = structlog.get_logger()

REQUEST_ID = "X-Request-ID"
_REQUEST_ID = REQUEST_ID.lower().encode()
_SOUND_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)


def configure_logs(level: str = "info") -> None:
    """Let this process write its logs as JSON lines to standard error, uvicorn's among them.

    ``level`` is the least that is written: ``debug``, ``info``, ``warning`` or ``error``.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            *shared,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(level),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.processors.format_exc_info],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=max(logging.WARNING, _number(level)), force=True)


def _number(level: str) -> int:
    """The number of a level in Python's own logging.

    >>> _number("error")
    40
    """
    return logging.getLevelNamesMapping()[level.upper()]


def request_id(given: str | None) -> str:
    """The sender's id when it is well-formed, else a new one: it goes into logs and headers.

    >>> request_id("inspection-7")
    'inspection-7'
    >>> len(request_id('7" evil='))
    32
    """
    return given if given and _SOUND_ID.fullmatch(given) else uuid.uuid4().hex


def route_of(scope: Scope) -> str | None:
    """The template of the address that was served, as the router left it; None for no route."""
    route = scope.get("route")
    if route is not None:
        return str(getattr(route, "path_format", route.path))
    # Below a mount the router leaves the path of the mount.
    return scope.get("root_path") or None


class RequestLog:
    """ASGI middleware: logs and counts route, status, duration and account of each request.

    The template of the route is logged, not the address, which shows what people search for. Health
    checks are logged only when they fail.
    """

    def __init__(self, app: ASGIApp, metrics: HttpMetrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        number = request_id(Headers(scope=scope).get(REQUEST_ID))
        # An exception before the answer becomes a 500 in an outer layer.
        began, status, sent = time.perf_counter(), 500, 0

        async def numbered(message: Message) -> None:
            nonlocal status, sent
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (_REQUEST_ID, number.encode())]
            else:
                sent += len(message.get("body", b""))
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=number):
            try:
                await self.app(scope, receive, numbered)
            finally:
                self._log_answer(scope, status, time.perf_counter() - began, sent)

    def _log_answer(self, scope: Scope, status: int, seconds: float, sent: int) -> None:
        route = route_of(scope)
        if route != "/metrics":
            self.metrics.observe(route or "none", scope["method"], status, seconds, sent)
        if route in ("/healthz", "/readyz") and status == 200:
            return
        account = scope.get("state", {}).get("account")
        log.info(
            "request",
            method=scope["method"],
            route=route,
            status=status,
            duration_ms=round(seconds * 1000, 1),
            account=None if account is None else account.name,
        )
