"""Two people on one plot at once: one of them succeeds, the other is told, nothing is lost."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import httpx
import pytest

from tests.service.conftest import Database, SignIn, feature, ring
from tests.service.plots.made import approved, drawn

ROUNDS = 200

Change = Callable[[httpx.Client, int, str, dict[str, str]], httpx.Response]


def put(client: httpx.Client, plot_id: int, word: str, upon: dict[str, str]) -> httpx.Response:
    """Replace the plot."""
    return client.put(f"/api/plots/{plot_id}", json=feature(name=word), headers=upon)


def patch(client: httpx.Client, plot_id: int, word: str, upon: dict[str, str]) -> httpx.Response:
    """Patch the plot."""
    body = {"properties": {"name": word}}
    return client.patch(f"/api/plots/{plot_id}", json=body, headers=upon)


def at_once(*calls: Callable[[], httpx.Response]) -> list[httpx.Response]:
    """Run the calls in threads that start together."""
    start = Barrier(len(calls))

    def run(call: Callable[[], httpx.Response]) -> httpx.Response:
        start.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(run, calls))


def test_two_hundred_rounds_of_two_editors_have_one_success_each(
    sign_in: SignIn, database: Database
) -> None:
    editors = [sign_in("planner", name="ann"), sign_in("planner", name="bob")]
    plot: dict[str, Any] = drawn(editors[0])
    upon = '"1"'
    for n in range(ROUNDS):
        change = (put, patch)[n % 2]
        calls = [
            partial(change, editor, plot["id"], f"{n} by {name}", {"If-Match": upon})
            for editor, name in zip(editors, ("ann", "bob"), strict=True)
        ]
        answers = at_once(*calls)
        assert sorted(answer.status_code for answer in answers) == [200, 412], f"round {n}"
        won, lost = sorted(answers, key=lambda answer: answer.status_code)
        # The loser is told the version that it has to look at, and what is stored is the winner's.
        upon = won.headers["etag"]
        assert lost.headers["etag"] == upon, f"round {n}"
        assert editors[0].get(f"/api/plots/{plot['id']}").json() == won.json(), f"round {n}"
    assert database.scalar("SELECT count(*) FROM plot_history") == ROUNDS + 1


@pytest.mark.parametrize("rounds", [20])
def test_an_approved_plot_gets_one_working_version_however_many_begin_one(
    sign_in: SignIn, rounds: int
) -> None:
    plot = approved(sign_in)
    editors = [sign_in("planner") for _ in range(4)]
    address = f"/api/plots/{plot['id']}"
    upon = '"3"'
    for n in range(rounds):
        calls = [
            partial(patch, editor, plot["id"], f"{n}", {"If-Match": upon}) for editor in editors
        ]
        answers = at_once(*calls)
        assert Counter(answer.status_code for answer in answers) == {200: 1, 412: 3}
        newest = next(answer for answer in answers if answer.status_code == 200)
        # Taken away again by whoever began it, so that the next round begins with the approved one.
        headers = {"If-Match": newest.headers["etag"]}
        gone = [editor.delete(address, headers=headers).status_code for editor in editors]
        assert sorted(gone)[0] == 204
        assert editors[0].get(address).headers["etag"] == upon


def test_numbers_stay_unique_when_many_plots_move_into_one_year_at_once(
    sign_in: SignIn, database: Database
) -> None:
    planner = sign_in("planner")
    plots = [
        drawn(planner, year=2020 + n, geometry=ring(125.01 + n / 100, 43.01)) for n in range(6)
    ]
    assert {plot["properties"]["plot_no"] for plot in plots} == {"00001"}
    body = {"properties": {"year": 2030}}
    headers = {"If-Match": '"1"'}
    calls = [
        partial(planner.patch, f"/api/plots/{plot['id']}", json=body, headers=headers)
        for plot in plots
    ]
    answers = at_once(*calls)
    assert [answer.status_code for answer in answers] == [200] * 6
    assert len({answer.json()["properties"]["plot_no"] for answer in answers}) == 6
    assert database.scalar("SELECT count(*) FROM plot_number") == 6


def test_an_edit_and_an_approval_at_once_do_not_lose_either(sign_in: SignIn) -> None:
    planner, inspector = sign_in("planner"), sign_in("inspector")
    for n in range(20):
        plot = drawn(planner, geometry=ring(125.01 + n / 300, 43.01))
        planner.post(f"/api/plots/{plot['id']}/submit")
        edited, done = at_once(
            partial(patch, planner, plot["id"], "乙", {"If-Match": '"3"'}),
            partial(inspector.post, f"/api/plots/{plot['id']}/approve"),
        )
        assert done.status_code == 200
        # Before the approval the version in hand is not there yet, after it it is the newest.
        assert edited.status_code in (200, 412)
        standing = planner.get(f"/api/plots/{plot['id']}", params={"version": "approved"})
        assert standing.json()["properties"]["name"] is None
