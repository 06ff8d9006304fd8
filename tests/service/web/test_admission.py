"""Slots: given in the order of arrival, within the shares of the lanes, and never for too long."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

import pytest
from fastapi.routing import APIRoute
from starlette.requests import HTTPConnection

from service.app import MODULES
from service.errors import Problem
from service.web.admission import Gate, Lane, gate_of, lane_of


def within(gate: Gate, work: Callable[[Gate], Awaitable[None]]) -> None:
    """Run a coroutine with a gate; afterwards every slot must be free again."""

    async def run() -> None:
        before = (gate._free, dict(gate._room))
        await work(gate)
        assert (gate._free, gate._room) == before
        assert not any(gate._queues.values())

    asyncio.run(run())


async def turns(count: int = 20) -> None:
    """Let every task that can go on do so."""
    for _ in range(count):
        await asyncio.sleep(0)


async def serve(gate: Gate, lane: Lane, name: str, served: list[str], end: asyncio.Event) -> None:
    """Hold a slot until the end is said."""
    async with gate.slot(lane):
        served.append(name)
        await end.wait()


def test_no_more_are_served_at_once_than_there_are_slots() -> None:
    async def work(gate: Gate) -> None:
        served: list[str] = []
        end = asyncio.Event()
        tasks = [asyncio.create_task(serve(gate, "read", str(n), served, end)) for n in range(5)]
        await turns()
        assert served == ["0", "1"]
        end.set()
        await asyncio.gather(*tasks)
        assert served == ["0", "1", "2", "3", "4"]

    within(Gate(2, {"read": 2}), work)


def test_a_lane_leaves_the_rest_of_the_slots_to_others() -> None:
    async def work(gate: Gate) -> None:
        served: list[str] = []
        end = asyncio.Event()
        tasks = [
            asyncio.create_task(serve(gate, "heavy", f"export {n}", served, end)) for n in range(9)
        ]
        await turns()
        tasks.append(asyncio.create_task(serve(gate, "read", "list", served, end)))
        await turns()
        assert served == ["export 0", "export 1", "list"]
        end.set()
        await asyncio.gather(*tasks)

    within(gate_of(10), work)


def test_of_all_whose_lane_has_room_the_first_to_come_is_served() -> None:
    async def work(gate: Gate) -> None:
        served: list[str] = []
        ends = [asyncio.Event() for _ in range(4)]
        tasks = []
        lanes: tuple[Lane, ...] = ("heavy", "heavy", "read", "read")
        for n, lane in enumerate(lanes):
            tasks.append(asyncio.create_task(serve(gate, lane, str(n), served, ends[n])))
            await turns()
        assert served == ["0", "2"]  # 1 waits for its lane, 3 for a slot
        ends[2].set()
        await turns()
        assert served == ["0", "2", "3"]
        ends[0].set()
        await turns()
        assert served == ["0", "2", "3", "1"]
        for end in ends:
            end.set()
        await asyncio.gather(*tasks)

    within(Gate(2, {"read": 2, "heavy": 1}), work)


def test_who_waits_too_long_is_told_when_to_come_again() -> None:
    async def work(gate: Gate) -> None:
        async with gate.slot("read"):
            with pytest.raises(Problem) as raised:
                async with gate.slot("read"):
                    pass
        assert (raised.value.status, raised.value.code) == (503, "busy")
        assert raised.value.headers["Retry-After"] == "2"

    within(Gate(1, {"read": 1}, max_wait_s=0.01), work)


def test_a_wait_for_something_else_counts() -> None:
    async def work(gate: Gate) -> None:
        now = asyncio.get_running_loop().time()
        async with gate.slot("read"):
            with pytest.raises(Problem):
                async with gate.slot("read", since=now - 60):
                    pass

    within(Gate(1, {"read": 1}, max_wait_s=50), work)


def test_who_would_be_one_too_many_to_wait_is_told_so_at_once() -> None:
    async def work(gate: Gate) -> None:
        served: list[str] = []
        end = asyncio.Event()
        tasks = [asyncio.create_task(serve(gate, "read", str(n), served, end)) for n in range(3)]
        await turns()
        with pytest.raises(Problem, match="busy"):
            async with gate.slot("read"):
                pass
        end.set()
        await asyncio.gather(*tasks)
        assert served == ["0", "1", "2"]

    within(Gate(1, {"read": 1}, max_waiting=2, max_wait_s=50), work)


@pytest.mark.parametrize("admitted", [False, True])
def test_who_is_cancelled_while_waiting_keeps_no_slot(admitted: bool) -> None:
    async def work(gate: Gate) -> None:
        served: list[str] = []
        end = asyncio.Event()
        async with AsyncExitStack() as holding:
            await holding.enter_async_context(gate.slot("read"))
            waiting = asyncio.create_task(serve(gate, "read", "gone", served, end))
            await turns()
            if admitted:
                await holding.aclose()  # its turn comes, and it is cancelled before it knows
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
        assert served == []

    within(Gate(1, {"read": 1}, max_wait_s=50), work)


def test_every_lane_has_a_slot_however_few_there_are() -> None:
    assert set(gate_of(1)._room.values()) == {1}


@pytest.mark.parametrize(
    ("method", "path", "lane"),
    [
        ("GET", "/healthz", None),
        ("GET", "/readyz", None),
        ("GET", "/metrics", None),
        ("GET", "/api/me", "read"),
        ("POST", "/api/plots", "write"),
        ("DELETE", "/api/plots/{plot_id}", "write"),
        ("POST", "/api/plots/check", "drawing"),
        ("POST", "/api/plots/mend", "drawing"),
        ("POST", "/api/patrols/files", "upload"),
        ("POST", "/api/session", "sign_in"),
        ("PUT", "/api/me/password", "sign_in"),
        ("GET", "/api/exports/plots", "heavy"),
        ("GET", "/maps/coverage", "heavy"),
        ("GET", "/maps/afforestation", "heavy"),
        ("GET", "/maps/patrol", "heavy"),
        ("GET", "/maps/progress", "heavy"),
        ("GET", "/api/progress", "heavy"),
    ],
)
def test_a_route_is_in_its_lane_however_its_endpoint_is_wrapped(
    method: str, path: str, lane: Lane | None
) -> None:
    (route,) = (
        route
        for module in MODULES
        for route in module.router.routes
        if isinstance(route, APIRoute)
        and route.path_format == path
        and method in (route.methods or ())
    )
    assert lane_of(HTTPConnection({"type": "http", "method": method, "route": route})) == lane
