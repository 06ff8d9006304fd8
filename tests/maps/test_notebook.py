"""A notebook gets the map that fits its frame."""

import geopandas as gpd
import pytest
import shapely
from geopandas import GeoDataFrame
from playwright.sync_api import expect

import maps
from maps.errors import MapError
from tests.maps.conftest import Open
from tests.maps.reading import data_of


def test_coverage_gives_the_choropleth(square: GeoDataFrame, few: GeoDataFrame) -> None:
    data = data_of(maps.explore(square, plots=few).html)
    assert data["themes"][0]["id"] == "coverage"
    assert data["plots"]["count"] == 12


def test_stages_give_afforestation_with_reviews(square: GeoDataFrame, few: GeoDataFrame) -> None:
    data = data_of(maps.explore(few, districts=square.drop(columns="coverage")).html)
    assert data["beside"] is True
    assert "review" in data["plots"]["filters"]
    assert data["districts"]["name"] == ["南关区"]


def test_any_polygons_are_shown_with_all_their_columns() -> None:
    stands = gpd.GeoDataFrame(
        {"stand": ["A1", "{{7*7}}"], 7: [1, 2], "species": [["油松"], None]},
        geometry=[shapely.box(0, 0, 1, 1), shapely.Point(3, 3)],
        crs="OGC:CRS84",
    )
    data = data_of(maps.explore(stands).html)
    assert [column["id"] for column in data["plots"]["columns"]] == [
        "stand",
        "7",
        "species",
        "area_m2",
    ]
    assert data["notes"][0][0].startswith("1 块")


def test_a_map_lives_in_the_frame_of_a_notebook(square: GeoDataFrame, open_frame: Open) -> None:
    shown = maps.explore(square)
    page = open_frame(f"<!doctype html><title>notebook</title>{shown._repr_html_()}")
    inside = page.frame_locator("iframe")
    inside.locator("path.district").click()
    expect(inside.locator(".sheet")).to_contain_text("南关区")


def test_a_faulty_outline_is_drawn_without_an_area(open_page: Open) -> None:
    bowtie = shapely.Polygon([(125, 43), (125.1, 43.1), (125.1, 43), (125, 43.1)])
    frame = gpd.GeoDataFrame({"name": ["结"]}, geometry=[bowtie], crs="OGC:CRS84")
    html = maps.explore(frame).html
    assert data_of(html)["notes"][0][0].startswith("1 块图斑边界有误")
    assert open_page(html).evaluate("luotu.page.plots.data.count") == 1


def test_a_plane_becomes_degrees(square: GeoDataFrame) -> None:
    plane = square.to_crs(square.estimate_utm_crs())
    west, south = data_of(maps.explore(plane).html)["bounds"][0][::-1]
    assert (west, south) == pytest.approx((125.2, 43.7), abs=1e-6)


def test_metres_without_a_reference_system_are_refused() -> None:
    lost = gpd.GeoDataFrame({"stage": ["planned"]}, geometry=[shapely.box(5e5, 4e6, 6e5, 5e6)])
    with pytest.raises(MapError, match="CGCS2000"):
        maps.explore(lost)


def test_a_frame_without_geometry_is_refused_with_its_remedy() -> None:
    with pytest.raises(MapError, match="set_geometry"):
        maps.explore(gpd.GeoDataFrame({"stage": ["planned"]}))


def test_the_frame_of_a_cell_opens(few: GeoDataFrame, open_page: Open) -> None:
    page = open_page(maps.explore(few[["geometry", "name"]]).html)
    assert page.locator(".total").inner_text().startswith("12 块")
