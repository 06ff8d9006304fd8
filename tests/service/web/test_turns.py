"""Requests begin by turns, and what watches the service begins at once."""

import asyncio
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from service.web.turns import AT_ONCE, BeginByTurns


class Began:
    """An application that notes in which turn of the loop each address began."""

    def __init__(self) -> None:
        self.turn = 0
        self.turns: dict[str, int] = {}
        self.waited: dict[str, float | None] = {}

    async def __call__(self, scope: Scope, _receive: Receive, _send: Send) -> None:
        self.turns[scope["path"]] = self.turn
        self.waited[scope["path"]] = scope.get("luotu.turn_wait_s")

    def count(self) -> None:
        """Count the turns from now on."""
        self.turn += 1
        asyncio.get_running_loop().call_soon(self.count)


async def unused(*_: Any) -> Any:
    raise AssertionError


def crowd(*paths: str) -> Began:
    """What began when, of requests that come at one moment."""
    began = Began()
    app = BeginByTurns(began, per_turn=4)

    async def come() -> None:
        began.count()
        scopes = [{"type": "http", "path": path} for path in paths]
        await asyncio.gather(*(app(scope, unused, unused) for scope in scopes))

    asyncio.run(come())
    return began


def test_four_begin_in_a_turn_in_the_order_in_which_they_came() -> None:
    paths = [f"/api/plots/{number}" for number in range(200)]
    began = crowd(*paths)
    assert list(began.turns) == paths
    each = [list(began.turns.values()).count(turn) for turn in set(began.turns.values())]
    assert each == [4] * 50


@pytest.mark.parametrize("path", sorted(AT_ONCE))
def test_what_watches_the_service_begins_before_all_others(path: str) -> None:
    began = crowd(*[f"/api/plots/{number}" for number in range(200)], path)
    assert next(iter(began.turns)) == path
    assert began.waited[path] is None


def test_the_wait_for_a_turn_is_told() -> None:
    waited = list(crowd("/1", "/2", "/3", "/4", "/5").waited.values())
    assert all(seconds is not None and seconds > 0 for seconds in waited)


def test_one_that_is_given_up_leaves_its_turn_to_the_next() -> None:
    began = Began()
    app = BeginByTurns(began, per_turn=1)

    async def come() -> None:
        tasks = [
            asyncio.create_task(app({"type": "http", "path": path}, unused, unused))
            for path in ("/first", "/gone", "/last")
        ]
        await asyncio.sleep(0)
        tasks[1].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    asyncio.run(come())
    assert list(began.turns) == ["/first", "/last"]


def test_another_event_loop_begins_anew() -> None:
    began = Began()
    app = BeginByTurns(began)
    for path in ("/one", "/two"):
        asyncio.run(app({"type": "http", "path": path}, unused, unused))
    assert list(began.turns) == ["/one", "/two"]
