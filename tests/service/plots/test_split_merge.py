"""Split and merge: no ground lost, none counted twice, nobody overwritten."""

from typing import Any

import pytest
from shapely import box, union_all
from shapely.geometry import shape

from tests.service.conftest import SOUTH, WEST, SignIn, ring
from tests.service.plots.made import approved, drawn


def across(lon: float) -> dict[str, Any]:
    """A line from south to north across the usual plot."""
    return {"line": {"type": "LineString", "coordinates": [[lon, 43.04], [lon, 43.06]]}}


def split(client: Any, plot: dict[str, Any], lon: float) -> list[int]:
    """Numbers of the pieces."""
    seen = {"If-Match": f'"{plot["properties"]["version"]}"'}
    answer = client.post(f"/api/plots/{plot['id']}/split", json=across(lon), headers=seen)
    assert answer.status_code == 201, answer.text
    ids: list[int] = answer.json()["ids"]
    return ids


def read(client: Any, plot_id: int) -> dict[str, Any]:
    """A plot by its number."""
    plot: dict[str, Any] = client.get(f"/api/plots/{plot_id}").json()
    return plot


def test_pieces_are_the_whole_and_the_largest_keeps_the_number(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    plot = drawn(planner, name="大地块", declared_m2=36_000)
    ids = split(planner, plot, 125.0515)
    pieces = [read(planner, number) for number in ids]
    assert ids[0] == plot["id"]
    shapes = [shape(piece["geometry"]) for piece in pieces]
    assert union_all(shapes).equals(box(125.05, 43.05, 125.052, 43.052))
    assert shapes[0].area > shapes[1].area
    assert [piece["properties"]["name"] for piece in pieces] == ["大地块", "大地块"]
    assert [piece["properties"]["declared_m2"] for piece in pieces] == [None, None]
    assert len({piece["properties"]["plot_no"] for piece in pieces}) == 2


def test_a_split_of_an_approved_plot_leaves_it_standing_until_the_review(sign_in: SignIn) -> None:
    plot = approved(sign_in)
    planner = sign_in("planner")
    split(planner, plot, 125.051)
    stands = planner.get(f"/api/plots/{plot['id']}?version=approved").json()
    assert stands["geometry"] == plot["geometry"]


def test_a_line_that_cuts_nothing_is_refused(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    plot = drawn(planner)
    answer = planner.post(
        f"/api/plots/{plot['id']}/split", json=across(125.09), headers={"If-Match": '"1"'}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "not_split")
    assert planner.get("/api/plots").json()["numberMatched"] == 1


@pytest.mark.parametrize(("seen", "status"), [(None, 428), ('"7"', 412)])
def test_a_split_must_name_the_version_that_was_seen(
    sign_in: SignIn, seen: str | None, status: int
) -> None:
    planner = sign_in("planner")
    plot = drawn(planner)
    headers = {} if seen is None else {"If-Match": seen}
    answer = planner.post(f"/api/plots/{plot['id']}/split", json=across(125.051), headers=headers)
    assert answer.status_code == status


def test_merged_plots_are_one_plot_on_all_their_ground(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    first = drawn(planner, geometry=ring(125.05, 43.05))
    two = drawn(planner, geometry=ring(125.052, 43.05))
    answer = planner.post("/api/plots/merge", json={"ids": [first["id"], two["id"]]})
    assert answer.status_code == 200, answer.text
    merged = answer.json()
    assert merged["id"] == first["id"]
    assert shape(merged["geometry"]).equals(box(125.05, 43.05, 125.054, 43.052))
    assert planner.get(f"/api/plots/{two['id']}").status_code == 404


def test_an_approved_plot_that_is_merged_away_stands_until_its_end_is_approved(
    sign_in: SignIn,
) -> None:
    first = approved(sign_in, geometry=ring(125.05, 43.05))
    two = approved(sign_in, geometry=ring(125.052, 43.05))
    planner = sign_in("planner")
    planner.post("/api/plots/merge", json={"ids": [first["id"], two["id"]]})
    assert read(planner, two["id"])["properties"]["stage"] == "cancelled"
    stands = planner.get(f"/api/plots/{two['id']}?version=approved").json()
    assert stands["properties"]["stage"] == "planted"
    rows = {row["code"]: row for row in planner.get("/api/coverage").json()["rows"]}
    assert rows[WEST]["plot_count"] == 2


def test_plots_that_differ_are_not_merged(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    first = drawn(planner, geometry=ring(125.05, 43.05))
    two = drawn(planner, geometry=ring(125.052, 43.05), year=2025)
    answer = planner.post("/api/plots/merge", json={"ids": [first["id"], two["id"]]})
    assert (answer.status_code, answer.json()["code"]) == (422, "unlike")


def test_a_stale_version_stops_a_merge(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    first = drawn(planner, geometry=ring(125.05, 43.05))
    two = drawn(planner, geometry=ring(125.052, 43.05))
    body = {"ids": [first["id"], two["id"]], "versions": [1, 9]}
    assert planner.post("/api/plots/merge", json=body).status_code == 412


def test_a_foreign_plot_is_not_found_for_a_merge(sign_in: SignIn) -> None:
    foreign = drawn(sign_in("planner"), geometry=ring(125.05, 43.05))
    southerner = sign_in("planner", SOUTH)
    own = drawn(southerner, geometry=ring(114.05, 25.05))
    answer = southerner.post("/api/plots/merge", json={"ids": [own["id"], foreign["id"]]})
    assert answer.status_code == 404
