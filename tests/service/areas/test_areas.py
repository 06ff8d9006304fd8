"""Reporting areas: who keeps them, what is refused, and what a file does."""

import json
from pathlib import Path
from typing import Any

import geopandas
import pytest
import shapely
from shapely import box

from gis.shift import to_gcj02
from tests.service.conftest import EAST, SQUARES, WEST, SignIn, ring

ZONE = {"name": "高新区", "kind": "KFQ"}


def area(west: float = 125.04, width: float = 0.01, **properties: Any) -> dict[str, Any]:
    """A square area as it is sent."""
    shape = ring(west, 43.04, width, 0.01)
    return {"type": "Feature", "geometry": shape, "properties": {**ZONE, **properties}}


def test_an_area_is_made_changed_read_and_deleted(sign_in: SignIn) -> None:
    gis = sign_in("gis")
    answer = gis.put("/api/areas/GX", json=area(kind="开发区", valid_from="2026-01-01"))
    assert (answer.status_code, answer.headers["Location"]) == (201, "/api/areas/GX")
    assert answer.json()["properties"]["kind"] == "KFQ"
    answer = gis.put("/api/areas/GX", json=area(name="高新技术开发区"))
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
    viewer = sign_in("viewer")
    listed = viewer.get("/api/areas?geometry=true").json()
    assert listed["numberMatched"] == 1
    (feature,) = listed["features"]
    assert (feature["id"], feature["properties"]["name"]) == ("GX", "高新技术开发区")
    assert feature["geometry"]["type"] == "MultiPolygon"
    assert gis.delete("/api/areas/GX").status_code == 204
    assert viewer.get("/api/areas/GX").status_code == 404


@pytest.mark.parametrize("role", ["viewer", "planner", "inspector"])
def test_only_gis_staff_and_administrators_keep_areas(sign_in: SignIn, role: str) -> None:
    client = sign_in(role)
    assert client.put("/api/areas/GX", json=area()).status_code == 403
    assert client.delete("/api/areas/GX").status_code == 403
    assert client.post("/api/areas/files").status_code == 403


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        pytest.param({"kind": "什么"}, "unknown_area_kind", id="kind"),
        pytest.param({"unit": "NONE"}, "unknown_unit", id="unit"),
        pytest.param(
            {"valid_from": "2026-02-01", "valid_to": "2026-01-01"}, "out_of_range", id="days"
        ),
    ],
)
def test_a_wrong_area_is_refused(sign_in: SignIn, sent: dict[str, Any], code: str) -> None:
    answer = sign_in("gis").put("/api/areas/GX", json=area(**sent))
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_a_code_that_differs_in_capital_letters_only_is_refused(sign_in: SignIn) -> None:
    gis = sign_in("gis")
    assert gis.put("/api/areas/GX", json=area()).status_code == 201
    answer = gis.put("/api/areas/gx", json=area(west=125.07))
    assert (answer.status_code, answer.json()["code"]) == (422, "area_exists")
    assert "GX" in answer.json()["detail"]
    assert gis.put("/api/areas/GX", json=area(name="改名")).status_code == 200


def test_an_invalid_shape_is_refused_with_its_place(sign_in: SignIn) -> None:
    bow = [[125, 43], [125.1, 43.1], [125.1, 43], [125, 43.1], [125, 43]]
    sent = area() | {"geometry": {"type": "Polygon", "coordinates": [bow]}}
    answer = sign_in("gis").put("/api/areas/GX", json=sent)
    assert (answer.status_code, answer.json()["code"]) == (422, "self_intersection")
    assert answer.json()["errors"][0]["at"] == pytest.approx([125.05, 43.05])


def test_an_area_that_overlaps_another_of_its_kind_is_refused_with_place_and_size(
    sign_in: SignIn,
) -> None:
    gis = sign_in("gis")
    gis.put("/api/areas/A", json=area(125.04))
    answer = gis.put("/api/areas/B", json=area(125.045))
    assert (answer.status_code, answer.json()["code"]) == (422, "area_overlap")
    (error,) = answer.json()["errors"]
    assert 125.045 < error["at"][0] < 125.05
    assert "m²" in error["message"]
    assert "(A)" in error["message"]
    assert gis.put("/api/areas/B", json=area(125.045, kind="LY")).status_code == 201


def test_areas_of_one_kind_may_follow_each_other_on_the_same_ground(sign_in: SignIn) -> None:
    gis = sign_in("gis")
    gis.put("/api/areas/A", json=area(valid_to="2025-12-31"))
    assert gis.put("/api/areas/B", json=area(valid_from="2026-01-01")).status_code == 201
    rows = gis.get("/api/areas?on=2026-01-01").json()["features"]
    assert [row["id"] for row in rows] == ["B"]


def test_an_area_beyond_the_districts_of_the_writer_is_refused(sign_in: SignIn) -> None:
    answer = sign_in("gis", WEST).put("/api/areas/GX", json=area(125.095))
    assert (answer.status_code, answer.json()["code"]) == (422, "outside_scope")
    assert sign_in("gis", WEST).put("/api/areas/GX", json=area(125.04)).status_code == 201
    assert sign_in("gis", EAST).delete("/api/areas/GX").status_code == 422


def test_an_area_of_others_is_not_moved_into_the_districts_of_the_writer(
    sign_in: SignIn, tmp_path: Path
) -> None:
    assert sign_in("gis", EAST).put("/api/areas/GX", json=area(125.14)).status_code == 201
    thief = sign_in("gis", WEST)
    answer = thief.put("/api/areas/GX", json=area(125.04))
    assert (answer.status_code, answer.json()["code"]) == (422, "outside_scope")
    files = {"file": ("areas.gpkg", file_of(tmp_path, ("A", 125.02), ("GX", 125.04)))}
    answer = thief.post("/api/areas/files", files=files, data={"kind": "KFQ"})
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["row"], error["code"]) == (422, 2, "outside_scope")
    (stored,) = thief.get("/api/areas?geometry=true").json()["features"]
    assert stored["geometry"]["coordinates"][0][0][0][0] == pytest.approx(125.14)


def test_a_stale_change_is_refused(sign_in: SignIn) -> None:
    gis = sign_in("gis")
    gis.put("/api/areas/GX", json=area())
    answer = gis.put("/api/areas/GX", json=area(), headers={"If-Match": '"7"'})
    assert (answer.status_code, answer.json()["code"]) == (412, "stale")


def test_a_kind_or_unit_that_an_area_names_is_not_deleted(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    admin.put("/api/units/LYJ", json={"name": "林业局"})
    admin.put("/api/codes/area_kind/YQ", json={"label_zh": "园区"})
    admin.put("/api/areas/GX", json=area(kind="园区", unit="林业局"))
    assert admin.delete("/api/units/LYJ").json()["code"] == "unit_in_use"
    answer = admin.delete("/api/codes/area_kind/YQ")
    assert (answer.status_code, answer.json()["code"]) == (409, "code_in_use")


def file_of(folder: Path, *rows: tuple[str, float]) -> bytes:
    """A GeoPackage of square areas with Chinese headings."""
    frame = geopandas.GeoDataFrame(
        {"代码": [code for code, _ in rows], "名称": [f"片区{code}" for code, _ in rows]},
        geometry=[box(west, 43.04, west + 0.01, 43.05) for _, west in rows],
        crs=4490,
    )
    path = folder / "areas.gpkg"
    frame.to_file(path, engine="pyogrio")
    return path.read_bytes()


def test_a_file_is_stored_whole(sign_in: SignIn, tmp_path: Path) -> None:
    gis = sign_in("gis")
    files = {"file": ("areas.gpkg", file_of(tmp_path, ("A", 125.04), ("B", 125.05)))}
    answer = gis.post("/api/areas/files", files=files, data={"kind": "LY"})
    assert (answer.status_code, answer.json()["rows"]) == (200, 2)
    rows = gis.get("/api/areas?kind=LY").json()["features"]
    assert [row["properties"]["name"] for row in rows] == ["片区A", "片区B"]


def test_one_wrong_row_refuses_the_file_with_row_and_place(sign_in: SignIn, tmp_path: Path) -> None:
    gis = sign_in("gis")
    rows = (("A", 125.04), ("B", 125.045), ("C", 125.08))
    files = {"file": ("areas.gpkg", file_of(tmp_path, *rows))}
    answer = gis.post("/api/areas/files", files=files, data={"kind": "LY"})
    assert (answer.status_code, answer.json()["code"]) == (422, "areas_refused")
    (error,) = answer.json()["errors"]
    assert (error["row"], error["code"]) == (2, "area_overlap")
    assert gis.get("/api/areas").json()["numberMatched"] == 0


def test_a_file_in_the_coordinates_of_web_maps_is_refused_and_converted_when_named(
    sign_in: SignIn, tmp_path: Path
) -> None:
    border = shapely.transform(shapely.segmentize(SQUARES[WEST], 0.0005), to_gcj02)
    frame = geopandas.GeoDataFrame({"代码": ["A"], "名称": ["片区A"]}, geometry=[border], crs=4490)
    frame.to_file(tmp_path / "web.gpkg", engine="pyogrio")
    gis = sign_in("gis")
    files = {"file": ("web.gpkg", (tmp_path / "web.gpkg").read_bytes())}
    answer = gis.post("/api/areas/files", files=files, data={"kind": "LY"})
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["code"]) == (422, "another_datum")
    assert "GCJ-02" in error["message"]
    named = gis.post("/api/areas/files", files=files, data={"kind": "LY", "crs": "gcj02"})
    assert named.status_code == 200, named.text


def test_every_change_of_an_area_is_logged(sign_in: SignIn, database: Any) -> None:
    gis = sign_in("gis")
    gis.put("/api/areas/GX", json=area())
    gis.delete("/api/areas/GX")
    words = database.scalar(
        "SELECT json_agg(operation ORDER BY id) FROM office_change WHERE what = 'area'"
    )
    assert words == ["INSERT", "DELETE"], json.dumps(words)


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("valid_from", "2026-12-310", "not_a_date"),
        ("valid_from", "2026-12", "month_only"),
        ("name", "片" * 201, "too_long"),
    ],
)
def test_no_cell_of_a_file_of_areas_is_cut_to_what_would_fit(
    sign_in: SignIn, tmp_path: Path, column: str, cell: str, code: str
) -> None:
    content = areas_with(tmp_path, **{column: cell})
    answer = sign_in("gis").post(
        "/api/areas/files", files={"file": ("areas.gpkg", content)}, data={"kind": "LY"}
    )
    assert [error["code"] for error in answer.json()["errors"]] == [code]


def test_days_of_a_file_of_areas_are_days_in_beijing(sign_in: SignIn, tmp_path: Path) -> None:
    gis = sign_in("gis")
    content = areas_with(tmp_path, valid_from="2026-12-31T16:00:00Z")
    answer = gis.post(
        "/api/areas/files", files={"file": ("areas.gpkg", content)}, data={"kind": "LY"}
    )
    assert "2027-01-01" in " ".join(answer.json()["notes"])
    assert gis.get("/api/areas/A").json()["properties"]["valid_from"] == "2027-01-01"


def areas_with(folder: Path, **cells: str) -> bytes:
    """A GeoPackage of one area with further columns."""
    columns = {"code": "A", "name": "片区A", **cells}
    frame = geopandas.GeoDataFrame(
        {name: [cell] for name, cell in columns.items()},
        geometry=[shapely.box(125.04, 43.04, 125.041, 43.041)],
        crs=4490,
    )
    frame.to_file(folder / "with.gpkg", engine="pyogrio")
    return (folder / "with.gpkg").read_bytes()
