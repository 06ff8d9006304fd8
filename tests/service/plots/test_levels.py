"""Levels of review: county, city, province, one after the other."""

from collections.abc import Iterator

import pytest

from service.settings import Settings, SettingsError, load
from tests.service.conftest import CITY, WEST, Database, Server, SignIn, ring, signing_in
from tests.service.plots.made import drawn


@pytest.fixture(scope="module")
def levelled(shared: Database) -> Iterator[Server]:
    """A service with three levels of review."""
    with Server(Settings(review_levels="county,city,province"), shared) as server:
        yield server


@pytest.fixture
def as_levels(levelled: Server, database: Database) -> Iterator[SignIn]:
    with signing_in(levelled, database) as made:
        yield made


def test_a_plot_stays_submitted_until_the_last_level(as_levels: SignIn) -> None:
    planner = as_levels("planner", WEST)
    county, city = as_levels("inspector", WEST), as_levels("inspector", CITY)
    province = as_levels("inspector")
    plot = drawn(planner)["id"]
    planner.post(f"/api/plots/{plot}/submit")
    for client, waits in ((county, 1), (city, 0), (province, 0)):
        assert client.get("/api/me/work").json()["waiting"]["count"] == waits
    early = city.post(f"/api/plots/{plot}/approve")
    assert (early.status_code, early.json()["code"]) == (409, "other_level")
    assert "the county level" in early.json()["detail"]
    for client, review in ((county, "submitted"), (city, "submitted"), (province, "approved")):
        answer = client.post(f"/api/plots/{plot}/approve")
        assert answer.json()["properties"]["review"] == review
        again = client.post(f"/api/plots/{plot}/approve")
        assert (
            again.json()["code"]
            == ("wrong_state", "other_level", "nothing_to_review")[2 if review == "approved" else 1]
        )


def test_what_is_changed_begins_with_the_first_level_again(as_levels: SignIn) -> None:
    planner = as_levels("planner", WEST)
    county, city = as_levels("inspector", WEST), as_levels("inspector", CITY)
    plot = drawn(planner)["id"]
    planner.post(f"/api/plots/{plot}/submit")
    county.post(f"/api/plots/{plot}/approve")
    assert city.get("/api/me/work").json()["waiting"]["count"] == 1
    city.post(f"/api/plots/{plot}/return", json={"reason": "再看"})
    planner.post(f"/api/plots/{plot}/submit")
    assert city.post(f"/api/plots/{plot}/approve").json()["code"] == "other_level"
    assert county.get("/api/me/work").json()["waiting"]["count"] == 1


def test_many_pass_a_level_at_once(as_levels: SignIn) -> None:
    planner, county = as_levels("planner", WEST), as_levels("inspector", WEST)
    plots = [drawn(planner, geometry=ring(125.02 + n / 100, 43.05))["id"] for n in range(2)]
    planner.post("/api/reviews", json={"verb": "submit", "ids": plots})
    told = county.post("/api/reviews", json={"verb": "approve", "ids": plots}).json()
    assert told["done"] == plots
    assert county.get("/api/me/work").json()["waiting"]["count"] == 0


@pytest.mark.parametrize("named", ["city,county", "county,county", "town", "county;city"])
def test_levels_are_named_in_their_order(named: str) -> None:
    with pytest.raises(SettingsError, match="REVIEW_LEVELS"):
        load({"LUOTU_REVIEW_LEVELS": named})
