"""Verdicts on a drawing: the same when it is looked at and when it is written."""

from typing import Any

import pytest
from shapely import box

from gis.measure import area_m2
from tests.service.conftest import EAST, WEST, SignIn, feature, ring
from tests.service.plots.made import approved, drawn


def looked(client: Any, geometry: Any, **properties: Any) -> dict[str, Any]:
    """What ``/check`` says."""
    body = {"type": "Feature", "geometry": geometry, "properties": properties}
    answer = client.post("/api/plots/check", json=body)
    assert answer.status_code == 200, answer.text
    report: dict[str, Any] = answer.json()
    return report


def codes(body: dict[str, Any]) -> list[str]:
    """The codes of all problems."""
    return [problem["code"] for problem in body["problems"]]


def test_a_sound_drawing_has_no_problem_and_adds_all_of_itself(sign_in: SignIn) -> None:
    body = looked(sign_in("planner"), ring(125.05, 43.05))
    assert (body["valid"], body["problems"]) == (True, [])
    assert body["adds_m2"] == body["area_m2"] == pytest.approx(36_204.8, abs=1)


def test_of_rings_that_cross_the_area_is_told_that_their_repair_would_leave(
    sign_in: SignIn,
) -> None:
    planner = sign_in("planner")
    west, south, east, north = 125.05, 43.05, 125.052, 43.052
    bow_tie = [[west, south], [east, north], [east, south], [west, north], [west, south]]
    body = looked(planner, {"type": "Polygon", "coordinates": [bow_tie]})
    assert body["area_m2"] is None
    half = area_m2(box(west, south, east, north)) / 2
    assert body["mended_m2"] == pytest.approx(half, rel=1e-4)
    assert looked(planner, ring(west, south))["mended_m2"] is None
    line = [[west, south], [east, north], [west, south], [west, south]]
    assert looked(planner, {"type": "Polygon", "coordinates": [line]})["mended_m2"] is None


def test_only_ground_that_is_not_counted_yet_is_added(sign_in: SignIn) -> None:
    approved(sign_in, geometry=ring(125.05, 43.05))
    body = looked(sign_in("planner"), ring(125.051, 43.05))
    assert body["adds_m2"] == pytest.approx(area_m2(box(125.052, 43.05, 125.053, 43.052)), rel=1e-6)


def test_a_counted_plot_that_grows_adds_what_it_grows_by(sign_in: SignIn) -> None:
    counted = approved(sign_in, geometry=ring(125.05, 43.05))
    body = {
        "type": "Feature",
        "id": counted["id"],
        "geometry": ring(125.05, 43.05, 0.003),
        "properties": {"stage": "planted"},
    }
    planner = sign_in("planner")
    grown = area_m2(box(125.052, 43.05, 125.053, 43.052))
    report = planner.post("/api/plots/check", json=body).json()
    assert (report["problems"], report["adds_m2"]) == ([], pytest.approx(grown, rel=1e-6))
    # A working version that nobody approved counts nothing yet.
    address, match = f"/api/plots/{counted['id']}", {"If-Match": f'"{version(planner, counted)}"'}
    larger = feature(body["geometry"])
    planner.put(address, json=larger, headers=match).raise_for_status()
    again = planner.post("/api/plots/check", json=body).json()
    assert again["adds_m2"] == pytest.approx(grown, rel=1e-6)
    smaller = {**body, "geometry": ring(125.05, 43.05, 0.001)}
    assert planner.post("/api/plots/check", json=smaller).json()["adds_m2"] == 0


def version(client: Any, plot: Any) -> int:
    """The newest version of a plot."""
    number: int = client.get(f"/api/plots/{plot['id']}").json()["properties"]["version"]
    return number


@pytest.mark.parametrize("stage", ["planned", "cancelled"])
def test_a_stage_that_does_not_count_adds_nothing(sign_in: SignIn, stage: str) -> None:
    body = looked(sign_in("planner"), ring(125.05, 43.05), stage=stage)
    assert (body["adds_m2"], body["area_m2"]) == (0, pytest.approx(36_204.8, abs=1))


def test_an_overlap_names_the_other_plot_its_ground_and_its_place(sign_in: SignIn) -> None:
    other = approved(sign_in, geometry=ring(125.05, 43.05))
    problem, credit = looked(sign_in("planner"), ring(125.051, 43.05))["problems"]
    assert (credit["code"], credit["plot_id"]) == ("credited_ground", other["id"])
    assert (problem["code"], problem["severity"]) == ("overlap", "warn")
    assert problem["plot_id"] == other["id"]
    assert f"with plot {other['properties']['plot_no']} of 2026;" in problem["message"]
    assert problem["area_m2"] == pytest.approx(
        area_m2(box(125.051, 43.05, 125.052, 43.052)), rel=1e-6
    )
    lon, lat = problem["at"]
    assert 125.051 < lon < 125.052
    assert 43.05 < lat < 43.052


def test_of_a_foreign_plot_no_more_is_told_than_place_ground_and_county(sign_in: SignIn) -> None:
    # Most of it lies in the west, so it is the west's plot; the east runs into it.
    approved(sign_in, geometry=ring(125.097, 43.05, 0.004), name="机密", plot_no="X9")
    easterner = sign_in("planner", EAST)
    problem, credit = looked(easterner, ring(125.1, 43.05))["problems"]
    assert (credit["plot_id"], credit["county"]) == (None, WEST)
    assert (problem["plot_id"], problem["county"]) == (None, WEST)
    assert problem["area_m2"] > 0
    text = str([problem, credit])
    assert "机密" not in text
    assert "X9" not in text
    assert "with a plot of 西县;" in text


def test_plots_of_one_number_in_two_years_are_told_apart(sign_in: SignIn) -> None:
    numbered = {
        approved(sign_in, geometry=ring(lon, 43.05), plot_no="7", year=year)["id"]: str(year)
        for lon, year in [(125.05, 2024), (125.052, 2025)]
    }
    problems = looked(sign_in("planner"), ring(125.051, 43.05))["problems"]
    assert {problem["plot_id"] for problem in problems} == set(numbered)
    for problem in (problem for problem in problems if problem["code"] == "overlap"):
        assert f"with plot 7 of {numbered[problem['plot_id']]};" in problem["message"]


def test_the_plan_that_a_plot_carries_out_is_no_overlap(sign_in: SignIn) -> None:
    plan = approved(sign_in, geometry=ring(125.05, 43.05), stage="planned")
    planner = sign_in("planner")
    assert looked(planner, ring(125.05, 43.05), plan_ids=[plan["id"]])["problems"] == []
    assert looked(planner, ring(125.05, 43.05), stage="planned")["problems"] != []


def test_the_plot_that_is_being_changed_does_not_overlap_itself(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    plot = drawn(planner)
    body = {"type": "Feature", "id": plot["id"], "geometry": ring(125.05, 43.05)}
    assert planner.post("/api/plots/check", json=body).json()["problems"] == []


def test_an_inspector_is_told_the_verdicts_and_a_viewer_is_not(sign_in: SignIn) -> None:
    plot = drawn(sign_in("planner"))
    body = {"type": "Feature", "geometry": ring(125.05, 43.05)}
    (problem,) = sign_in("inspector").post("/api/plots/check", json=body).json()["problems"]
    assert problem["plot_id"] == plot["id"]
    # The plot is a draft, of which a viewer learns nothing.
    refused = sign_in("viewer").post("/api/plots/check", json=body)
    assert (refused.status_code, refused.json()["code"]) == (403, "role_missing")


@pytest.mark.parametrize(
    ("geometry", "code"),
    [
        pytest.param(None, "missing", id="nothing drawn"),
        pytest.param({"type": "Point", "coordinates": [125, 43]}, "not_polygon", id="a point"),
        pytest.param({"type": "Polygon", "coordinates": "x"}, "not_geojson", id="not GeoJSON"),
        pytest.param(ring(125.05, 43.05, 0.0001, 0.0001), "too_small", id="a speck"),
        pytest.param(ring(10.0, 50.0), "outside_district", id="another continent"),
    ],
)
def test_whatever_is_drawn_gets_a_verdict(sign_in: SignIn, geometry: Any, code: str) -> None:
    assert code in codes(looked(sign_in("planner"), geometry))


def test_a_declared_area_that_is_off_is_warned_of(sign_in: SignIn) -> None:
    body = looked(sign_in("planner"), ring(125.05, 43.05), declared_m2=50_000)
    assert codes(body) == ["declared_area_off"]


def test_a_warning_must_be_acknowledged_by_its_code(sign_in: SignIn) -> None:
    planner = sign_in("planner")
    speck = feature(ring(125.05, 43.05, 0.0001, 0.0001))
    refused = planner.post("/api/plots", json=speck)
    assert (refused.status_code, refused.json()["code"]) == (409, "warnings")
    assert [error["code"] for error in refused.json()["errors"]] == ["too_small"]
    wrong = planner.post("/api/plots?acknowledge=overlap", json=speck)
    assert wrong.status_code == 409
    right = planner.post("/api/plots?acknowledge=overlap,too_small", json=speck)
    assert right.status_code == 201


def test_a_block_cannot_be_acknowledged(sign_in: SignIn) -> None:
    answer = sign_in("planner").post(
        "/api/plots?acknowledge=outside_district", json=feature(ring(10.0, 50.0))
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "outside_district")


def test_the_list_of_problems_names_every_code_with_its_severity(sign_in: SignIn) -> None:
    entries = sign_in("viewer").get("/api/codes/problems").json()["codes"]
    kinds = {row["code"]: row["severity"] for row in entries}
    assert (kinds["self_intersection"], kinds["overlap"]) == ("block", "warn")
