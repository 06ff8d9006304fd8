"""Bounds of the settings, each met by a request that is one beyond it."""

from collections.abc import Iterator

import httpx
import pytest

from service.settings import Settings
from tests.service.conftest import WEST, Database, Server, feature
from tests.service.plots.made import drawn


@pytest.fixture(scope="module")
def narrow(settings: Settings, shared: Database) -> Iterator[Server]:
    """A service whose bounds are so low that a test can meet them."""
    bounds = {
        "body_limit_bytes": 3_000,
        "page_limit": 2,
        "page_limit_max": 2,
        "plots_limit_max": 3,
        "export_limit": 1,
        "vertex_limit": 5,
        "sign_in_tries": 2,
    }
    with Server(settings.model_copy(update=bounds), shared) as running:
        yield running


@pytest.fixture
def planner(narrow: Server, database: Database) -> Iterator[httpx.Client]:
    """A planner of that service."""
    with narrow.client(database.account("wang", "planner", WEST)) as client:
        yield client


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of a problem."""
    return answer.status_code, answer.json()["code"]


def test_a_body_beyond_the_bound_is_refused(planner: httpx.Client) -> None:
    answer = planner.post("/api/plots", json=feature(note="x" * 3_000))
    assert refusal(answer) == (413, "body_too_large")


def test_a_plot_with_a_vertex_too_many_is_refused(planner: httpx.Client) -> None:
    corners = [[125.05, 43.05], [125.051, 43.05], [125.052, 43.051], [125.051, 43.052]]
    closed = [*corners, [125.05, 43.052], [125.049, 43.051], corners[0]]
    geometry = {"type": "Polygon", "coordinates": [closed]}
    answer = planner.post("/api/plots", json=feature(geometry))
    assert refusal(answer) == (422, "too_many_vertices")


@pytest.mark.parametrize(
    ("address", "bound"), [("/api/plots", 3), ("/api/zones", 2)], ids=["plots", "zones"]
)
def test_a_list_of_one_more_than_the_bound_is_refused(
    planner: httpx.Client, address: str, bound: int
) -> None:
    assert planner.get(address, params={"limit": bound}).status_code == 200
    assert planner.get(address, params={"limit": bound + 1}).status_code == 422


def test_a_file_of_one_plot_more_than_the_bound_is_refused(planner: httpx.Client) -> None:
    for _ in range(2):
        drawn(planner)
    answer = planner.get("/api/exports/plots", params={"version": "working", "format": "geojson"})
    assert refusal(answer) == (422, "too_many_plots")


def test_the_third_try_is_refused_where_two_may_fail(narrow: Server, database: Database) -> None:
    database.account("li", "viewer")
    credentials = {"username": "li", "password": "not-the-password"}
    with narrow.client() as client:
        tries = [client.post("/api/session", json=credentials) for _ in range(3)]
    assert [answer.status_code for answer in tries] == [401, 401, 429]
