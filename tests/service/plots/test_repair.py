"""Proposals for drawings that are wrong, and shapes to snap to."""

from typing import Any

import httpx
import pytest
from shapely.geometry import shape
from sqlalchemy import text

from service.plots.db import neighbours
from tests.service.conftest import EAST, WEST, Database, SignIn, feature, ring
from tests.service.plots.made import approved

BOW_TIE = {
    "type": "Polygon",
    "coordinates": [
        [[125.05, 43.05], [125.052, 43.052], [125.052, 43.05], [125.05, 43.052], [125.05, 43.05]]
    ],
}


def mended(client: httpx.Client, geometry: dict[str, Any], way: str) -> httpx.Response:
    body = {"type": "Feature", "geometry": geometry, "way": way}
    return client.post("/api/plots/mend", json=body)


def test_crossing_rings_are_built_anew(sign_in: SignIn) -> None:
    body = mended(sign_in("planner", WEST), BOW_TIE, "repair").json()
    assert shape(body["geometry"]).is_valid
    assert len(body["geometry"]["coordinates"]) == 2


@pytest.mark.parametrize("empty", [[], [[]]], ids=["no ring", "a ring without points"])
@pytest.mark.parametrize("way", ["repair", "subtract", "clip"])
def test_a_part_of_nothing_is_no_fault_of_ours(sign_in: SignIn, empty: Any, way: str) -> None:
    parts = {"type": "MultiPolygon", "coordinates": [empty, BOW_TIE["coordinates"]]}
    client = sign_in("planner", WEST)
    assert mended(client, parts, way).status_code in (200, 422)
    answer = client.post("/api/plots/check", json=feature(parts))
    assert (answer.status_code, answer.json()["valid"]) == (200, False)


def test_a_repair_says_no_change_where_there_was_no_area(sign_in: SignIn) -> None:
    assert mended(sign_in("planner", WEST), BOW_TIE, "repair").json()["change_m2"] is None


def test_the_ground_of_another_plot_is_taken_away(sign_in: SignIn) -> None:
    client = sign_in("planner", WEST)
    client.post("/api/plots", json=feature(ring(125.05, 43.05))).raise_for_status()
    body = mended(client, ring(125.051, 43.05), "subtract").json()
    assert shape(body["geometry"]).bounds == (125.052, 43.05, 125.053, 43.052)


def test_what_is_taken_away_is_told(sign_in: SignIn) -> None:
    client = sign_in("planner", WEST)
    client.post("/api/plots", json=feature(ring(125.05, 43.05))).raise_for_status()
    body = mended(client, ring(125.051, 43.05), "subtract").json()
    assert body["change_m2"] == pytest.approx(-body["area_m2"], rel=1e-6)


def test_a_drawing_is_cut_to_the_districts_of_its_author(sign_in: SignIn) -> None:
    body = mended(sign_in("planner", WEST), ring(125.099, 43.05), "clip").json()
    assert shape(body["geometry"]).bounds == (125.099, 43.05, 125.1, 43.052)


def test_nothing_left_is_refused_in_words(sign_in: SignIn) -> None:
    client = sign_in("planner", WEST)
    client.post("/api/plots", json=feature(ring(125.05, 43.05))).raise_for_status()
    answer = mended(client, ring(125.05, 43.05), "subtract")
    assert (answer.status_code, answer.json()["code"]) == (422, "nothing_left")


def test_the_outline_of_a_foreign_draft_is_not_told_by_what_is_left(sign_in: SignIn) -> None:
    sign_in("planner", EAST).post("/api/plots", json=feature(ring(125.1, 43.05))).raise_for_status()
    client = sign_in("planner", WEST)
    body = mended(client, ring(125.099, 43.05, width=0.004), "subtract").json()
    assert body["change_m2"] == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(
    "geometry",
    [
        pytest.param({"type": "Point", "coordinates": [125, 43]}, id="a point"),
        pytest.param({"type": "Polygon", "coordinates": [[[125, "x"]]]}, id="no numbers"),
        pytest.param({"type": "Polygon", "coordinates": []}, id="nothing"),
    ],
)
def test_what_cannot_be_mended_is_refused(sign_in: SignIn, geometry: dict[str, Any]) -> None:
    assert mended(sign_in("planner"), geometry, "repair").status_code == 422


def snapping(client: httpx.Client, bbox: str) -> list[dict[str, Any]]:
    answer = client.get("/api/snapping", params={"bbox": bbox}).raise_for_status()
    features: list[dict[str, Any]] = answer.json()["features"]
    return features


def test_borders_of_the_own_county_can_be_snapped_to(sign_in: SignIn) -> None:
    features = snapping(sign_in("planner", WEST), "125.09,43.04,125.11,43.06")
    assert [row["properties"] for row in features] == [{"of": "district"}]
    assert shape(features[0]["geometry"]).bounds == (125.1, 43.04, 125.1, 43.06)


def test_an_approved_shape_across_the_border_can_be_snapped_to(sign_in: SignIn) -> None:
    made = sign_in("planner", EAST).post("/api/plots", json=feature(ring(125.1, 43.05))).json()
    sign_in("planner", EAST).post(f"/api/plots/{made['id']}/submit").raise_for_status()
    sign_in("inspector", EAST).post(f"/api/plots/{made['id']}/approve").raise_for_status()
    features = snapping(sign_in("planner", WEST), "125.09,43.04,125.11,43.06")
    assert [row["properties"] for row in features] == [{"of": "district"}, {"of": "plot"}]


def test_snapping_to_half_a_country_is_refused(sign_in: SignIn) -> None:
    answer = sign_in("planner").get("/api/snapping", params={"bbox": "100,20,120,40"})
    assert answer.status_code == 422


def test_snapping_says_when_it_does_not_hold_all_shapes(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    planner, inspector = sign_in("planner", EAST), sign_in("inspector", EAST)
    for south in (43.05, 43.055):
        made = planner.post("/api/plots", json=feature(ring(125.1, south))).json()
        planner.post(f"/api/plots/{made['id']}/submit").raise_for_status()
        inspector.post(f"/api/plots/{made['id']}/approve").raise_for_status()
    stranger = sign_in("planner", WEST)
    query = {"bbox": "125.09,43.04,125.11,43.06"}
    for limit, complete in ((2, True), (1, False)):
        monkeypatch.setattr(neighbours, "MAX_SHAPES", limit)
        answer = stranger.get("/api/snapping", params=query).json()
        assert answer["complete"] is complete
        assert [feature["properties"]["of"] for feature in answer["features"]].count(
            "plot"
        ) == limit


def test_more_ground_of_neighbours_than_is_read_at_once_is_refused(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    approved(sign_in, geometry=ring(125.1005, 43.05))
    monkeypatch.setattr("service.plots.db.neighbours.MAX_SHAPES", 0)
    answer = mended(sign_in("planner", WEST), ring(125.099, 43.05, 0.004), "subtract")
    assert (answer.status_code, answer.json()["code"]) == (422, "too_many_shapes")


def test_more_vertices_to_snap_to_than_are_read_at_once_are_told_of(
    sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    approved(sign_in, geometry=ring(125.1005, 43.05))
    stranger = sign_in("planner", WEST)
    query = {"bbox": "125.09,43.04,125.11,43.06"}
    for limit, of in ((8, ["district", "plot"]), (4, ["district"]), (1, [])):
        monkeypatch.setattr(neighbours, "MAX_SNAPPING_VERTICES", limit)
        answer = stranger.get("/api/snapping", params=query).json()
        assert [feature["properties"]["of"] for feature in answer["features"]] == of
        assert answer["complete"] is (limit == 8)


def test_the_outline_of_a_layer_that_refuses_can_be_snapped_to(
    sign_in: SignIn, database: Database
) -> None:
    with database.owner.begin() as connection:
        for code, role, west in (("JBNT", "block", 125.04), ("HX", "warn", 125.05)):
            connection.execute(
                text(
                    "WITH l AS (INSERT INTO layer (code, label_zh, label_en, role) "
                    "VALUES (:code, :code, :code, :role) RETURNING code), "
                    "v AS (INSERT INTO layer_version (layer, valid_from, source, hash, features) "
                    "SELECT code, '2020-01-01', 'test', 'test', 1 FROM l RETURNING id) "
                    "INSERT INTO layer_feature (version_id, geom) SELECT id, "
                    "ST_Multi(ST_MakeEnvelope(:west, 43.045, :west + 0.005, 43.05, 4490)) FROM v"
                ),
                {"code": code, "role": role, "west": west},
            )
    (feature,) = snapping(sign_in("planner", WEST), "125.03,43.04,125.06,43.06")
    assert feature["properties"] == {"of": "layer"}
    assert shape(feature["geometry"]).bounds == pytest.approx((125.04, 43.045, 125.045, 43.05))
