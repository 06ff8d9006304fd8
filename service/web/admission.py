"""Admission control: a request takes a slot before it takes any scarce resource.

There are as many slots as database connections and more threads than slots, so a request with a
slot waits for neither. One without holds nothing while it waits, and gets 503 within two seconds.
Kinds of work that could fill the service by themselves have *lanes*: a lane never has more than its
share of the slots.
"""

import asyncio
import re
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from inspect import unwrap
from typing import Any, Final, Literal, TypeVar

from fastapi import Request
from starlette.requests import HTTPConnection

from gis.messages import Message
from service.errors import Problem

Lane = Literal["read", "write", "heavy", "drawing", "upload", "sign_in"]
Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])
LaneOf = Callable[[HTTPConnection], Lane | None]

# A 503 is to reach its client within two seconds: a busy loop needs some tenths of one besides,
# before the wait begins and after it ends.
MAX_WAIT_S: Final = 1.5
MAX_WAITING: Final = 256
RETRY_AFTER_S: Final = 2

# A lane may take one in so many slots; the rest always stays free for the others.
SHARES: Final[Mapping[Lane, int]] = {
    "read": 1,
    "write": 2,  # may wait for a lock that an import holds
    "heavy": 5,  # exports, maps, long lists: seconds of a processor each
    "drawing": 5,  # checks and proposals while somebody draws
    "upload": 5,  # waits for a child process that reads the file
    "sign_in": 5,  # argon2: 64 MB and a tenth of a second each
}


def busy() -> Problem:
    """503 for a request that cannot be served in time."""
    return Problem(
        503,
        "busy",
        Message(
            f"服务繁忙，请 {RETRY_AFTER_S} 秒后重试",
            f"the service is busy: try again in {RETRY_AFTER_S} s",
        ),
        headers={"Retry-After": str(RETRY_AFTER_S)},
    )


class Gate:
    """Slots for requests, each given together with a place in a lane; to be used in one event loop.

    ``slots``: how many are served at once. ``lanes``: how many of them each lane may have. In each
    lane at most ``max_waiting`` wait, for ``max_wait_s`` seconds at most; of all whose lane has
    room the first to come is the first to be served.
    """

    def __init__(
        self,
        slots: int,
        lanes: Mapping[Lane, int],
        *,
        max_waiting: int = MAX_WAITING,
        max_wait_s: float = MAX_WAIT_S,
    ) -> None:
        self.max_waiting = max_waiting
        self.max_wait_s = max_wait_s
        self._free = slots
        self._room = dict(lanes)
        self._queues: dict[Lane, deque[tuple[float, asyncio.Future[None]]]] = {
            lane: deque() for lane in lanes
        }

    @property
    def free(self) -> int:
        """Slots that nobody has."""
        return self._free

    @property
    def waiting(self) -> int:
        """Requests that wait, in all lanes."""
        return sum(map(len, self._queues.values()))

    @asynccontextmanager
    async def slot(self, lane: Lane, *, since: float | None = None) -> AsyncIterator[bool]:
        """Hold a slot; yields whether the request had to wait for it.

        ``since``: from which time of the event loop the wait counts, now when None.

        Raises
        ------
        Problem
            503 ``busy``: no slot in time, or too many wait already.
        """
        waited = await self._enter(lane, since)
        try:
            yield waited
        finally:
            self._free += 1
            self._room[lane] += 1
            self._admit()

    async def _enter(self, lane: Lane, since: float | None) -> bool:
        queue = self._queues[lane]
        if self._free and self._room[lane] and not queue:
            self._take(lane)
            return False
        if len(queue) >= self.max_waiting:
            raise busy()
        loop = asyncio.get_running_loop()
        came = loop.time()
        waiting = (came, loop.create_future())
        queue.append(waiting)
        try:
            async with asyncio.timeout_at((came if since is None else since) + self.max_wait_s):
                await waiting[1]
        except BaseException as error:
            if waiting in queue:
                queue.remove(waiting)
            elif waiting[1].done() and not waiting[1].cancelled():
                # The slot was given at the moment of the timeout: give it back.
                self._free += 1
                self._room[lane] += 1
                self._admit()
            if isinstance(error, TimeoutError):
                raise busy() from None
            raise
        return True

    def _take(self, lane: Lane) -> None:
        self._free -= 1
        self._room[lane] -= 1

    def _admit(self) -> None:
        while self._free:
            ready = [lane for lane, queue in self._queues.items() if queue and self._room[lane]]
            if not ready:
                return
            lane = min(ready, key=lambda name: self._queues[name][0][0])
            _, turn = self._queues[lane].popleft()
            if not turn.done():
                self._take(lane)
                turn.set_result(None)


def gate_of(connections: int) -> Gate:
    """The gate of a service with so many database connections for requests.

    >>> gate_of(16)._room
    {'read': 16, 'write': 8, 'heavy': 3, 'drawing': 3, 'upload': 3, 'sign_in': 3}
    """
    return Gate(connections, {lane: max(1, connections // share) for lane, share in SHARES.items()})


_lanes: dict[Callable[..., Any], LaneOf] = {}


def in_lane(lane: Lane | LaneOf | None) -> Callable[[Endpoint], Endpoint]:
    """Mark an endpoint as work of a lane; None: it needs neither connection nor thread, nor a slot.

    Endpoints without a mark are in the lanes ``read`` and ``write``, by the method. A function
    chooses by the request.
    """

    def mark(endpoint: Endpoint) -> Endpoint:
        _lanes[endpoint] = lane if callable(lane) else lambda _request: lane
        return endpoint

    return mark


def lane_of(request: HTTPConnection) -> Lane | None:
    """The lane of the route that was found for a request."""
    # A route may have wrapped its endpoint.
    choose = _lanes.get(unwrap(request.scope["route"].endpoint))
    if choose is not None:
        return choose(request)
    return "read" if request.scope["method"] in ("GET", "HEAD") else "write"


def by_length(request: HTTPConnection) -> Lane:
    """For lists: a long one is heavy."""
    limit = request.query_params.get("limit", "")
    # The route refuses what is no number, or too large.
    long = re.fullmatch("[0-9]{1,9}", limit, re.ASCII) is not None and (
        int(limit) > request.app.state.settings.page_limit_max
    )
    return "heavy" if long else "read"


def queued(request: HTTPConnection) -> None:
    """Let the wait for a slot count from now on: what follows may wait for something else first."""
    request.scope["luotu.queued_at"] = asyncio.get_running_loop().time()


@asynccontextmanager
async def admitted(request: Request) -> AsyncIterator[None]:
    """Hold a slot for a request whose body has arrived; every route does.

    Raises
    ------
    Problem
        503 ``busy``: no slot in time, or nobody waits for the answer any more.
    """
    lane = lane_of(request)
    if lane is None:
        yield
        return
    gate: Gate = request.app.state.gate
    # The wait for a turn of the event loop counts: a crowd is told so in time.
    since = request.scope.get("luotu.queued_at", asyncio.get_running_loop().time())
    waited_s = request.scope.get("luotu.turn_wait_s", 0.0)
    async with gate.slot(lane, since=since - waited_s) as waited:
        # A map that was moved has cancelled the tiles that it no longer needs.
        if waited and await request.is_disconnected():
            raise busy()
        yield
