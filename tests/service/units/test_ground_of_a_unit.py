"""Plots of an account's units beyond its districts: its own, at every door that compares ground."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.service.conftest import EAST, WEST, Database, SignIn, feature, ring
from tests.service.imports.conftest import staged
from tests.service.plots.made import drawn

# From the western county some metres into the eastern one.
ACROSS = ring(125.0985, 43.05)
DRAWING = ring(125.1, 43.05)


@pytest.fixture
def client(sign_in: SignIn, database: Database, service: Any) -> Iterator[httpx.Client]:
    """A planner of the eastern county and of a unit."""
    sign_in("admin").put("/api/units/LYJ", json={"name": "市林业局", "kind": "bureau"})
    with service.client(database.account("li", "planner", EAST, units=["LYJ"])) as client:
        yield client


@pytest.fixture
def draft(client: httpx.Client, sign_in: SignIn) -> dict[str, Any]:
    """A draft of the unit in the western county, which the planner may read."""
    plot = drawn(sign_in("planner"), geometry=ACROSS, unit="LYJ")
    assert plot["properties"]["district"] == WEST
    assert client.get(f"/api/plots/{plot['id']}").status_code == 200
    return plot


def test_a_check_names_a_draft_of_the_unit(client: httpx.Client, draft: dict[str, Any]) -> None:
    answer = client.post("/api/plots/check", json=feature(DRAWING)).json()
    (overlap,) = (one for one in answer["problems"] if one["code"] == "overlap")
    assert draft["properties"]["plot_no"] in json.dumps(overlap)


def test_an_import_names_a_draft_of_the_unit(client: httpx.Client, draft: dict[str, Any]) -> None:
    number = staged(client, feature(DRAWING))["id"]
    rows = client.get(f"/api/imports/{number}/rows").text
    assert '"overlap"' in rows
    assert draft["properties"]["plot_no"] in rows


@pytest.mark.usefixtures("draft")
def test_a_drawing_is_cut_at_a_draft_of_the_unit(client: httpx.Client) -> None:
    body = {"type": "Feature", "geometry": DRAWING, "way": "subtract"}
    answer = client.post("/api/plots/mend", json=body).json()
    assert min(lon for lon, _lat in answer["geometry"]["coordinates"][0][0]) > 125.1


def test_a_draft_of_another_unit_is_told_to_nobody_beyond_its_county(
    client: httpx.Client, sign_in: SignIn
) -> None:
    sign_in("admin").put("/api/units/JTJ", json={"name": "交通局"})
    drawn(sign_in("planner"), geometry=ACROSS, unit="JTJ")
    answer = client.post("/api/plots/check", json=feature(DRAWING)).json()
    assert answer["problems"] == []
