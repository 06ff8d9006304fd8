"""Comments and pins: who says them, who has to read them, and what waits until they did."""

from typing import Any

import httpx
import pytest

from tests.service.conftest import EAST, WEST, SignIn
from tests.service.plots.made import drawn

PINS = [{"at": [125.051, 43.051], "text": "压到水面"}, {"at": [125.0505, 43.0505]}]
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def planner(sign_in: SignIn) -> httpx.Client:
    return sign_in("planner", WEST, name="wang")


@pytest.fixture
def inspector(sign_in: SignIn) -> httpx.Client:
    return sign_in("inspector", WEST, name="li")


@pytest.fixture
def plot(planner: httpx.Client) -> int:
    """Submitted by the planner."""
    number: int = drawn(planner)["id"]
    assert planner.post(f"/api/plots/{number}/submit").status_code == 200
    return number


def comments(client: httpx.Client, plot: int) -> list[dict[str, Any]]:
    answer = client.get(f"/api/plots/{plot}/comments")
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json()["rows"]
    return rows


def returned(client: httpx.Client, plot: int, **why: Any) -> dict[str, Any]:
    answer = client.post(f"/api/plots/{plot}/return", json=why)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def test_a_comment_tells_who_said_what_when_and_where(
    planner: httpx.Client, inspector: httpx.Client, plot: int
) -> None:
    said = {"text": HOSTILE, "at": [125.051, 43.051]}
    made = inspector.post(f"/api/plots/{plot}/comments", json=said)
    assert made.status_code == 201, made.text
    (row,) = comments(planner, plot)
    assert (row["text"], row["at"], row["made_by"]) == (HOSTILE, [125.051, 43.051], "li")
    assert (row["resolved"], row["of_return"]) == (False, False)


def test_a_comment_is_resolved_once_and_says_by_whom(
    planner: httpx.Client, inspector: httpx.Client, plot: int
) -> None:
    number = inspector.post(f"/api/plots/{plot}/comments", json={"text": "再看"}).json()["id"]
    address = f"/api/plots/{plot}/comments/{number}/resolve"
    first = planner.post(address).json()
    assert (first["resolved"], first["resolved_by"]) == (True, "wang")
    assert inspector.post(address).json()["resolved_at"] == first["resolved_at"]


def test_comments_stay_within_the_scope_and_are_not_for_viewers(
    sign_in: SignIn, inspector: httpx.Client, plot: int
) -> None:
    inspector.post(f"/api/plots/{plot}/comments", json={"text": "再看"})
    address = f"/api/plots/{plot}/comments"
    stranger = sign_in("inspector", EAST)
    assert stranger.get(address).status_code == 404
    assert stranger.post(address, json={"text": "x"}).status_code == 404
    assert sign_in("viewer", WEST).get(address).status_code == 403


@pytest.mark.parametrize(
    "said",
    [
        {"text": " "},
        {"text": "x", "at": [200, 0]},
        {"text": "x", "at": [125]},
        {"text": "x" * 5_001},
        {"at": [125.0, 43.0]},
        {"text": "a\x00b"},
    ],
)
def test_what_cannot_be_meant_is_refused(
    inspector: httpx.Client, plot: int, said: dict[str, Any]
) -> None:
    assert inspector.post(f"/api/plots/{plot}/comments", json=said).status_code == 422


def test_a_return_with_pins_waits_until_its_planner_opened_it(
    planner: httpx.Client, inspector: httpx.Client, plot: int
) -> None:
    body = returned(inspector, plot, reasons=["BJCC"], pins=PINS)
    assert body["properties"]["return_reason"].startswith("边界不准；压到水面")
    comments(inspector, plot)  # the inspector's own look does not count
    refused = planner.post(f"/api/plots/{plot}/submit")
    assert (refused.status_code, refused.json()["code"]) == (409, "return_unread")
    told = comments(planner, plot)
    assert [(row["text"], row["of_return"]) for row in told] == [("压到水面", True), ("", True)]
    assert planner.post(f"/api/plots/{plot}/submit").status_code == 200


def test_pins_that_are_settled_need_no_reading(
    sign_in: SignIn, planner: httpx.Client, inspector: httpx.Client, plot: int
) -> None:
    returned(inspector, plot, pins=PINS[:1])
    (row,) = comments(inspector, plot)
    inspector.post(f"/api/plots/{plot}/comments/{row['id']}/resolve")
    assert planner.post(f"/api/plots/{plot}/submit").status_code == 200


def test_many_that_were_returned_with_pins_are_refused_each_alone(
    planner: httpx.Client, inspector: httpx.Client, plot: int
) -> None:
    step = {"verb": "return", "ids": [plot], "pins": PINS}
    assert inspector.post("/api/reviews", json=step).json()["done"] == [plot]
    told = planner.post("/api/reviews", json={"verb": "submit", "ids": [plot]}).json()
    assert [entry["code"] for entry in told["refused"]] == ["return_unread"]


def test_a_submission_is_withdrawn_until_an_inspector_opened_it(
    sign_in: SignIn, planner: httpx.Client, inspector: httpx.Client, plot: int
) -> None:
    comments(planner, plot)
    assert planner.post(f"/api/plots/{plot}/withdraw").json()["properties"]["review"] == "draft"
    planner.post(f"/api/plots/{plot}/submit")
    comments(inspector, plot)
    refused = planner.post(f"/api/plots/{plot}/withdraw")
    assert (refused.status_code, refused.json()["code"]) == (409, "already_opened")
    assert "li" in refused.json()["detail"]
    assert sign_in("gis", WEST).post(f"/api/plots/{plot}/withdraw").status_code == 200


def test_a_plot_has_so_many_comments_and_no_more(
    inspector: httpx.Client, plot: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.plots.comments.MAX_COMMENTS", 1)
    address = f"/api/plots/{plot}/comments"
    assert inspector.post(address, json={"text": "一"}).status_code == 201
    refused = inspector.post(address, json={"text": "二"})
    assert (refused.status_code, refused.json()["code"]) == (422, "too_many_comments")
