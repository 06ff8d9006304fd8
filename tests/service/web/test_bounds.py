"""Bounds of the settings, each met by a request that is one beyond it."""

import re
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import text

from service.accounts.db import accounts
from service.settings import Settings
from service.web.timestamps import today
from tests.service.conftest import WEST, Database, Server, SignIn, feature, ring
from tests.service.patrol.findings.test_findings import finding
from tests.service.patrol.zones.test_zones import grid, made, zone
from tests.service.plots.made import approved, drawn


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
        "sign_in_tries_address": 4,
        "map_plot_limit": 1,
        "neighbour_limit": 1,
        "session_hours": 2.0,
        "map_days": 3,
        "outside_share": 0.0,
        "outside_m2": 0.0,
        "coverage_exact_cells": 0,
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


def test_the_fifth_try_of_an_address_is_refused_where_four_may_fail(
    narrow: Server, database: Database
) -> None:
    names = [f"user-{n}" for n in range(5)]
    for name in names:
        database.account(name, "viewer")
    with narrow.client() as client:
        tries = [
            client.post("/api/session", json={"username": name, "password": "not-the-password"})
            for name in names
        ]
    assert [answer.status_code for answer in tries] == [401, 401, 401, 401, 429]


def test_a_session_lasts_as_long_as_the_setting_says(narrow: Server, database: Database) -> None:
    with database.service.begin() as connection:
        number = accounts.add_account(connection, "li", "viewer", [])
        link = accounts.give_credential(connection, number, "link", timedelta(hours=1))
    with narrow.client() as client:
        answer = client.post("/api/session", json={"link": link})
    assert "max-age=7200" in answer.headers["set-cookie"].lower()


def test_a_map_of_one_plot_more_than_the_bound_says_so(
    planner: httpx.Client, sign_in: SignIn
) -> None:
    marked = re.compile(r'"marks": ?\[\[')
    approved(sign_in, geometry=ring(125.02, 43.05))
    assert not marked.search(planner.get("/maps/afforestation").text)
    approved(sign_in, geometry=ring(125.04, 43.05))
    assert marked.search(planner.get("/maps/afforestation").text)


def test_a_map_on_its_way_out_bears_the_day_on_which_it_expires(planner: httpx.Client) -> None:
    page = planner.get("/maps/coverage", params={"download": True}).text
    assert (today() + timedelta(days=3)).isoformat() in page


def test_a_drawing_that_meets_a_plot_more_than_the_bound_is_refused(
    planner: httpx.Client,
) -> None:
    for _ in range(2):
        planner.post("/api/plots?acknowledge=overlap,same_ground", json=feature())
    answer = planner.post("/api/plots?acknowledge=overlap,same_ground", json=feature())
    assert refusal(answer) == (422, "too_many_neighbours")


def test_no_ground_may_lie_outside_where_none_is_allowed(planner: httpx.Client) -> None:
    across = feature(ring(125.098, 43.05, 0.00201))
    answer = planner.post("/api/plots?acknowledge=crosses_district", json=across)
    assert answer.status_code == 422, answer.text


def test_marked_cells_are_told_where_none_are_computed_at_once(
    planner: httpx.Client, database: Database, sign_in: SignIn
) -> None:
    with database.owner.begin() as holder:
        # Nothing drains while another transaction holds the boundaries.
        holder.execute(text("SELECT FROM district_boundary FOR NO KEY UPDATE"))
        approved(sign_in)
        pending = planner.get("/api/coverage", params={"level": "county"}).json()
    assert pending["pending_cells"] > 0, pending


def test_lists_of_more_findings_than_the_bound_are_refused(
    narrow: Server, database: Database
) -> None:
    with narrow.client(database.account("li", "inspector", WEST)) as inspector:
        made(inspector, zone(valid_from="2026-01-01"))
        made(inspector, grid("G1", 125.02, valid_from="2026-01-01"))
        for n in range(4):
            answer = inspector.post("/api/findings", json=finding(lon=125.022 + n / 1_000))
            assert answer.status_code == 201, answer.text
        answer = inspector.get("/api/chiefs/lists", params={"period": "2026-Q3"})
    assert refusal(answer) == (422, "too_many_findings")
