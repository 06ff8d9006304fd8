"""Figures of reporting areas: the union of their plots, equal to one that is made by hand."""

from typing import Any

import pytest
from shapely import box, union_all
from sqlalchemy import text

from gis.measure import area_m2
from tests.service.conftest import EAST, WEST, Database, SignIn, ring
from tests.service.plots.made import approved, drawn

# An area across the border of both counties, at 125.1.
AREA = box(125.095, 43.04, 125.105, 43.05)


def with_area(sign_in: SignIn) -> None:
    """The area GX."""
    sent = {
        "type": "Feature",
        "geometry": ring(125.095, 43.04, 0.01, 0.01),
        "properties": {"name": "高新区", "kind": "KFQ"},
    }
    assert sign_in("gis").put("/api/areas/GX", json=sent).status_code == 201


def rows(client: Any, query: str = "") -> list[dict[str, Any]]:
    """The rows of areas."""
    answer = client.get(f"/api/coverage?level=area{query}")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["rows"]
    return found


def test_an_area_without_plots_is_a_row_of_zero(sign_in: SignIn) -> None:
    with_area(sign_in)
    (row,) = rows(sign_in("viewer"))
    assert (row["code"], row["level"], row["area_kind"]) == ("GX", "area", "KFQ")
    assert (row["green_m2"], row["plot_count"], row["coverage"]) == (0, 0, 0)


def test_the_figures_of_an_area_are_those_of_a_union_made_by_hand(sign_in: SignIn) -> None:
    with_area(sign_in)
    shapes = [(125.094, 43.045), (125.0945, 43.0455), (125.099, 43.041), (125.101, 43.0415)]
    for west, south in shapes:
        approved(sign_in, geometry=ring(west, south))
    drawn(sign_in("planner"), geometry=ring(125.102, 43.046))
    boxes = [box(west, south, west + 0.002, south + 0.002) & AREA for west, south in shapes]
    (row,) = rows(sign_in("viewer"))
    green, total = area_m2(union_all(boxes)), sum(area_m2(shape) for shape in boxes)
    assert row["green_m2"] == pytest.approx(green, rel=1e-6)
    assert row["sum_m2"] == pytest.approx(total, rel=1e-6)
    assert row["overlap_m2"] == pytest.approx(total - green, rel=1e-4)
    assert row["district_m2"] == pytest.approx(area_m2(AREA), rel=1e-9)
    assert row["coverage"] == pytest.approx(green / area_m2(AREA), rel=1e-6)
    assert (row["plot_count"], row["complete"]) == (4, True)


def test_ground_on_a_blocking_layer_is_refused_in_an_area_as_in_a_district(
    sign_in: SignIn, database: Database
) -> None:
    with_area(sign_in)
    west, south = 125.096, 43.041
    for shift in (0.0, 0.001):
        approved(sign_in, geometry=ring(west + shift, south))
    farmland = box(west, south, west + 0.0015, south + 0.002)
    with database.owner.begin() as connection:
        connection.execute(
            text(
                "WITH l AS (INSERT INTO layer (code, label_zh, label_en, role) "
                "VALUES ('JBNT', '农田', 'farmland', 'block') RETURNING code), "
                "v AS (INSERT INTO layer_version (layer, valid_from, source, hash, features) "
                "SELECT code, '2020-01-01', 'test', 'test', 1 FROM l RETURNING id) "
                "INSERT INTO layer_feature (version_id, geom) "
                "SELECT id, ST_Multi(ST_GeomFromText(:wkt, 4490)) FROM v"
            ),
            {"wkt": farmland.wkt},
        )
    (row,) = rows(sign_in("viewer"))
    union = box(west, south, west + 0.003, south + 0.002)
    assert row["refused_m2"] == pytest.approx(area_m2(farmland), rel=1e-6)
    assert row["green_m2"] == pytest.approx(area_m2(union - farmland), rel=1e-6)
    assert row["sum_m2"] == row["green_m2"] + row["overlap_m2"] + row["refused_m2"]


def test_figures_of_areas_are_narrowed_and_grouped_as_those_of_districts(sign_in: SignIn) -> None:
    with_area(sign_in)
    approved(sign_in, geometry=ring(125.096, 43.041), theme="DYL", year=2025)
    approved(sign_in, geometry=ring(125.102, 43.041), kind="G11")
    viewer = sign_in("viewer")
    for query in ("&theme=DYL", "&year=2025", "&kind=RGZL"):
        assert [row["plot_count"] for row in rows(viewer, query)] == [1]
    groups = {row["group"]: row["plot_count"] for row in rows(viewer, "&by=kind")}
    assert groups == {"RGZL": 1, "G11": 1}
    assert rows(viewer, "&area_kind=LY") == []
    assert rows(viewer, "&area=GX&as_of=2020-01-01")[0]["plot_count"] == 0


def test_an_account_of_a_county_counts_its_plots_and_says_that_some_are_missing(
    sign_in: SignIn,
) -> None:
    with_area(sign_in)
    approved(sign_in, geometry=ring(125.096, 43.041))
    approved(sign_in, geometry=ring(125.102, 43.041))
    for county in (WEST, EAST):
        (row,) = rows(sign_in("viewer", county))
        assert (row["plot_count"], row["complete"]) == (1, False)


def test_an_account_of_a_unit_counts_the_plots_of_its_unit(
    sign_in: SignIn, database: Database, service: Any
) -> None:
    with_area(sign_in)
    sign_in("admin").put("/api/units/LYJ", json={"name": "林业局"})
    secret = database.account("li", "viewer", units=["LYJ"])
    with service.client(secret) as client:
        assert rows(client) == []
        approved(sign_in, geometry=ring(125.096, 43.041), unit="LYJ")
        approved(sign_in, geometry=ring(125.102, 43.041))
        assert [row["plot_count"] for row in rows(client)] == [1]


def test_the_csv_of_areas_has_their_kind(sign_in: SignIn) -> None:
    with_area(sign_in)
    lines = sign_in("viewer").get("/api/coverage?level=area&format=csv").text.splitlines()
    assert lines[0].endswith(",area_kind")
    assert lines[1].endswith(",KFQ")


def behind(client: Any, code: str = "GX", query: str = "") -> Any:
    """The answer with the plots behind the figure of an area."""
    return client.get(f"/api/coverage/{code}/plots?{query}")


def test_the_plots_behind_the_figure_of_an_area_are_those_that_it_counts(
    sign_in: SignIn,
) -> None:
    with_area(sign_in)
    inside, across = (approved(sign_in, geometry=ring(west, 43.045)) for west in (125.096, 125.104))
    approved(sign_in, geometry=ring(125.0930, 43.045))  # only touches
    approved(sign_in, geometry=ring(125.15, 43.045))
    viewer = sign_in("viewer")
    answer = behind(viewer).json()
    assert {plot["id"] for plot in answer["features"]} == {inside["id"], across["id"]}
    (row,) = rows(viewer)
    assert answer["numberMatched"] == row["plot_count"] == 2
    assert (answer["boundary"], answer["numberElsewhere"]) == (row["boundary"], 0)
    assert behind(viewer, query="year=2019").json()["numberMatched"] == 0
    assert behind(sign_in("viewer", EAST)).json()["numberMatched"] == 1
    for code in ("XX", "220102"):
        assert behind(viewer, code, "level=area").status_code == 404


def test_past_figures_stand_on_the_outline_of_that_moment(
    sign_in: SignIn, database: Database
) -> None:
    with_area(sign_in)
    approved(sign_in, geometry=ring(125.096, 43.041))
    approved(sign_in, geometry=ring(125.11, 43.041))
    with database.owner.begin() as connection:
        connection.execute(text("UPDATE plot_history SET valid_from = '2026-01-01'"))
        before = connection.scalar(text("SELECT clock_timestamp()"))
    wider = {
        "type": "Feature",
        "geometry": ring(125.095, 43.04, 0.02, 0.01),
        "properties": {"name": "高新区（扩区）", "kind": "KFQ"},
    }
    assert sign_in("gis").put("/api/areas/GX", json=wider).status_code == 200
    viewer = sign_in("viewer")
    (now,), (then,), (earlier,) = (
        rows(viewer, query)
        for query in ("", f"&as_of={before:%Y-%m-%dT%H:%M:%S.%fZ}", "&as_of=2026-02-01")
    )
    assert (now["plot_count"], then["plot_count"]) == (2, 1)
    assert then["district_m2"] == pytest.approx(area_m2(AREA), rel=1e-9)
    assert (then["name"], then["boundary"], now["boundary"]) == ("高新区", "area v1", "area v2")
    assert earlier["district_m2"] == then["district_m2"], "before it was written: as written first"
    moment = f"as_of={before:%Y-%m-%dT%H:%M:%S.%fZ}"
    assert behind(viewer, query=moment).json()["numberMatched"] == 1

    assert sign_in("gis").delete("/api/areas/GX").status_code == 204
    assert rows(viewer) == []
    assert [row["plot_count"] for row in rows(viewer, f"&{moment}")] == [1]
