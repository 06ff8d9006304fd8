"""The batch of an import: found, submitted, and taken out whole."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import httpx
import pytest
from shapely.geometry import shape

from tests.service.conftest import WEST, SignIn, feature
from tests.service.imports.conftest import (
    OTHER_PLACE,
    PLACE,
    committed,
    refused,
    settled,
    staged,
)


def undone(client: httpx.Client, number: int) -> httpx.Response:
    return client.post(f"/api/imports/{number}/undo", json={"reason": "送错了文件"})


def plots(client: httpx.Client) -> list[Any]:
    found: list[Any] = client.get("/api/plots").json()["features"]
    return found


def test_a_batch_is_taken_out_whole_and_its_numbers_are_free(
    planner: httpx.Client, live: dict[str, Any]
) -> None:
    answer = undone(planner, live["id"])
    assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
    assert answer.json()["undone_at"] is not None
    assert plots(planner) == []
    again = committed(planner, staged(planner, feature(PLACE, plot_no="A1"))["id"])
    assert (again["state"], again["counts"]["created"]) == ("live", 1)


def test_a_plot_that_a_batch_changed_gets_its_draft_back(
    planner: httpx.Client, live: dict[str, Any]
) -> None:
    number = staged(planner, feature(OTHER_PLACE, plot_no="A1", name="南坡"))["id"]
    assert committed(planner, number, replace="changed")["counts"]["replaced"] == 1
    assert undone(planner, number).status_code == 200
    (plot,) = plots(planner)
    assert plot["properties"]["name"] == "北坡"
    assert shape(plot["geometry"]).bounds == pytest.approx(shape(PLACE).bounds)
    # What stands is what the batch before it left.
    answer = undone(planner, live["id"])
    assert (answer.status_code, plots(planner)) == (200, [])


def test_an_approved_plot_that_a_batch_changed_stands_as_it_was(
    planner: httpx.Client, live: dict[str, Any], sign_in: SignIn
) -> None:
    inspector = sign_in("inspector")
    (plot,) = plots(planner)
    assert planner.post(f"/api/plots/{plot['id']}/submit").status_code == 200
    assert inspector.post(f"/api/plots/{plot['id']}/approve").status_code == 200
    number = staged(planner, feature(PLACE, plot_no="A1", name="南坡"))["id"]
    committed(planner, number, replace="changed")
    assert undone(planner, number).status_code == 200
    (now,) = plots(planner)
    assert (now["properties"]["name"], now["properties"]["review"]) == ("北坡", "approved")
    approved = undone(planner, live["id"])
    assert refused(approved) == (409, "batch_moved_on")
    assert approved.json()["errors"][0]["code"] == "approved"


def test_a_batch_that_somebody_worked_on_is_not_taken_out(
    planner: httpx.Client, live: dict[str, Any]
) -> None:
    (plot,) = plots(planner)
    patch = {"properties": {"note": "补充"}}
    address, match = f"/api/plots/{plot['id']}", {"If-Match": '"1"'}
    assert planner.patch(address, json=patch, headers=match).status_code == 200
    answer = undone(planner, live["id"])
    assert refused(answer) == (409, "batch_moved_on")
    assert answer.json()["errors"] == [
        {"plot_id": plot["id"], "code": "edited", "message": "was changed since the import"}
    ]
    assert len(plots(planner)) == 1


def test_a_submitted_batch_is_returned_before_it_is_taken_out(
    planner: httpx.Client, live: dict[str, Any], sign_in: SignIn
) -> None:
    (plot,) = plots(planner)
    planner.post(f"/api/plots/{plot['id']}/submit")
    assert undone(planner, live["id"]).json()["errors"][0]["code"] == "submitted"
    returned = sign_in("inspector").post(
        f"/api/plots/{plot['id']}/return", json={"reason": "送错了"}
    )
    assert returned.status_code == 200
    assert undone(planner, live["id"]).status_code == 200


@pytest.mark.parametrize("scope", [[], [WEST]], ids=["everywhere", "a county"])
def test_a_plot_that_was_deleted_since_holds_the_batch_up(
    sign_in: SignIn, scope: list[str]
) -> None:
    planner = sign_in("planner", *scope)
    sent = staged(planner, feature(PLACE), feature(OTHER_PLACE))
    live = committed(planner, sent["id"])
    first, second = plots(planner)
    planner.delete(f"/api/plots/{first['id']}", headers={"If-Match": '"1"'})
    answer = undone(planner, live["id"])
    assert refused(answer) == (409, "batch_moved_on")
    assert [(row["plot_id"], row["code"]) for row in answer.json()["errors"]] == [
        (first["id"], "gone")
    ]
    assert [plot["id"] for plot in plots(planner)] == [second["id"]]


def test_what_is_not_live_cannot_be_taken_out(planner: httpx.Client, live: dict[str, Any]) -> None:
    number = staged(planner, feature(OTHER_PLACE))["id"]
    assert refused(undone(planner, number)) == (409, "not_live")
    undone(planner, live["id"])
    assert refused(undone(planner, live["id"])) == (409, "not_live")


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": "x", "why": "y"}])
def test_a_reason_is_needed(planner: httpx.Client, live: dict[str, Any], body: Any) -> None:
    answer = planner.post(f"/api/imports/{live['id']}/undo", json=body)
    assert refused(answer) == (422, "invalid_request")


def test_of_two_commits_at_one_moment_one_writes(planner: httpx.Client) -> None:
    number = staged(planner, feature(PLACE), feature(OTHER_PLACE))["id"]
    commit = partial(planner.post, f"/api/imports/{number}/commit", json={})
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _n: commit(), range(4)))
    assert sorted(answer.status_code for answer in answers) == [202, 409, 409, 409]
    (first,) = [answer for answer in answers if answer.status_code == 202]
    assert settled(planner, first)["counts"]["created"] == 2
    assert len(plots(planner)) == 2


def test_of_two_files_on_one_ground_the_second_is_warned(planner: httpx.Client) -> None:
    numbers = [staged(planner, feature(PLACE))["id"] for _ in range(2)]
    answers = [planner.post(f"/api/imports/{number}/commit", json={}) for number in numbers]
    states = [settled(planner, answer)["state"] for answer in answers]
    assert (sorted(states), len(plots(planner))) == (["live", "staged"], 1)
