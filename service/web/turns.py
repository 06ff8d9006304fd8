"""Requests begin a few at a time, so that a crowd does not make each turn of the event loop long.

A turn runs all that is ready. When two hundred requests come at one moment, a turn that began them
all would take a second, and what needs four turns, as `/healthz` does, would take four.
"""

import asyncio
from collections import deque
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

PER_TURN: Final = 4
# The event loop answers these alone, and whoever watches the service asks for them.
AT_ONCE: Final = frozenset({"/healthz", "/readyz", "/metrics"})

Waiting = deque[asyncio.Future[None]]


class BeginByTurns:
    """ASGI middleware: at most ``per_turn`` requests begin in a turn, the first to come first.

    Those of ``AT_ONCE`` never wait. How long another one waited stands in its scope, as
    ``luotu.turn_wait_s``: it counts towards the time in which a request is served or refused.
    """

    def __init__(self, app: ASGIApp, per_turn: int = PER_TURN) -> None:
        self.app = app
        self.per_turn = per_turn
        self._waiting: Waiting = deque()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] not in AT_ONCE:
            scope["luotu.turn_wait_s"] = await self._turn()
        await self.app(scope, receive, send)

    async def _turn(self) -> float:
        """Wait for a turn; answers the seconds."""
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            # Those who wait in another loop keep their queue, and that loop ends it.
            self._loop, self._waiting = loop, deque()
        came, turn = loop.time(), loop.create_future()
        if not self._waiting:
            loop.call_soon(self._begin, loop, self._waiting)
        self._waiting.append(turn)
        await turn
        return loop.time() - came

    def _begin(self, loop: asyncio.AbstractEventLoop, waiting: Waiting) -> None:
        for _ in range(min(self.per_turn, len(waiting))):
            turn = waiting.popleft()
            if not turn.done():
                turn.set_result(None)
        if waiting:
            loop.call_soon(self._begin, loop, waiting)
