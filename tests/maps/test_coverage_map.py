"""The map of coverage holds what it was given, says what it left out, and stays small."""

from time import process_time

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from geopandas import GeoDataFrame

from maps.caption import Caption
from maps.coverage_map import build
from maps.errors import MapError
from tests.maps.conftest import coverage_of
from tests.maps.reading import HOSTILE, data_of


def test_73_counties_and_20_000_plots_are_quick_and_small(
    counties: GeoDataFrame, plots: GeoDataFrame, caption: Caption
) -> None:
    start = process_time()
    page = build(counties, plots, caption=caption)
    assert process_time() - start < 3 * 3  # 1.4 s alone; a busy machine is slower at it
    assert len(page.html.encode()) < 6_000_000


def test_a_district_without_figure_has_no_class(counties: GeoDataFrame, caption: Caption) -> None:
    unknown = counties.assign(coverage=counties["coverage"].where(counties["code"] != "220102"))
    theme = data_of(build(unknown, counties.iloc[:0], caption=caption).html)["themes"][0]
    at = list(counties["code"]).index("220102")
    assert theme["place"][at] == -1
    assert theme["values"][at] is None


def test_a_district_without_border_stays_in_the_list(
    square: GeoDataFrame, caption: Caption
) -> None:
    lost = pd.concat([square, square.assign(code="220103", name="宽城区", geometry=None)])
    data = data_of(
        build(gpd.GeoDataFrame(lost, crs=square.crs), lost.iloc[:0], caption=caption).html
    )
    assert data["districts"]["name"] == ["南关区", "宽城区"]
    assert data["notes"][0][0].startswith("1 个行政区没有边界")


def test_no_plots_at_all_is_said(square: GeoDataFrame, few: GeoDataFrame, caption: Caption) -> None:
    data = data_of(build(square, few.iloc[:0], caption=caption).html)
    assert data["plots"] is None
    assert ["没有图斑", "There are no plots"] in data["notes"]


def test_nothing_at_all_is_a_page_too(square: GeoDataFrame, few: GeoDataFrame) -> None:
    page = build(square.iloc[:0], few.iloc[:0], caption=Caption(title="", source=""))
    assert data_of(page.html)["bounds"] == [[18.0, 73.0], [54.0, 135.0]]


def test_too_many_plots_become_counted_squares(
    counties: GeoDataFrame, plots: GeoDataFrame, caption: Caption
) -> None:
    many = gpd.GeoDataFrame(pd.concat([plots, plots, plots], ignore_index=True), crs=plots.crs)
    page = build(counties, many, caption=caption)
    data = data_of(page.html)
    assert "shape" not in data["plots"]
    assert "60000" in data["notes"][-1][0]
    assert len(page.html.encode()) < 6_000_000


def test_both_classes_stand_beside_the_whole(counties: GeoDataFrame, caption: Caption) -> None:
    by_class = pd.concat(
        [
            coverage_of(counties, 0.7).assign(green_class="forest"),
            coverage_of(counties, 0.4).assign(green_class="urban"),
        ]
    )
    page = build(counties, counties.iloc[:0], caption=caption, by_class=by_class)
    themes = data_of(page.html)["themes"]
    assert [theme["id"] for theme in themes] == ["coverage", "forest", "urban"]
    assert themes[1]["values"][5] == pytest.approx(0.7 * counties["coverage"][5], abs=1e-9)


def test_figures_of_a_class_may_come_as_areas(counties: GeoDataFrame, caption: Caption) -> None:
    by_class = counties[["code", "green_m2", "district_m2"]].assign(green_class="forest")
    page = build(counties, counties.iloc[:0], caption=caption, by_class=by_class)
    forest = data_of(page.html)["themes"][1]
    assert forest["values"][5] == pytest.approx(counties["coverage"][5], abs=1e-9)


def test_figures_of_a_class_without_coverage_are_refused(
    counties: GeoDataFrame, caption: Caption
) -> None:
    by_class = counties[["code", "green_m2"]].assign(green_class="forest")
    with pytest.raises(MapError, match="district_m2") as refused:
        build(counties, counties.iloc[:0], caption=caption, by_class=by_class)
    assert refused.value.code == "columns_missing"


def test_change_is_later_less_earlier(counties: GeoDataFrame, caption: Caption) -> None:
    page = build(counties, counties.iloc[:0], caption=caption, before=coverage_of(counties, 0.9))
    change = data_of(page.html)["themes"][-1]
    assert change["unit"] == "points"
    assert change["values"][5] == pytest.approx(0.1 * counties["coverage"][5], abs=1e-9)


def test_parents_and_children_have_classes_of_their_own(
    counties: GeoDataFrame, caption: Caption
) -> None:
    cities = counties.dissolve("parent", as_index=False).assign(level="city", coverage=0.5)
    cities = cities.assign(code=cities["parent"], name=cities["parent_name"], parent="")
    both = gpd.GeoDataFrame(pd.concat([cities, counties], ignore_index=True), crs=counties.crs)
    data = data_of(build(both, both.iloc[:0], caption=caption).html)
    assert [level["id"] for level in data["levels"]] == ["city", "county"]
    assert data["level"] == "county"
    assert [band["label"][0] for band in data["themes"][0]["bands"]["city"]] == ["50 %"]


@pytest.mark.usefixtures("half_characters")
def test_hostile_texts_do_nothing_on_the_server(square: GeoDataFrame, few: GeoDataFrame) -> None:
    for text in HOSTILE:
        page = build(
            square.assign(name=text, parent_name=text, parent="220100"),
            few.assign(name=text, kind=text, programme=text, plot_no=[["a", text]] * len(few)),
            caption=Caption(title=text, source=text, scope=text, vintage=text, approval=text),
            labels={"kind": {text: (text, text)}},
        )
        data = data_of(page.html)
        assert data["caption"]["title"][:300] == text.replace("\ud83d", "\ufffd")[:300]
        assert "<img" not in page.html
        assert "window.ran=1</script>" not in page.html


def test_a_collection_or_a_point_among_the_plots_is_told(
    square: GeoDataFrame, few: GeoDataFrame, caption: Caption
) -> None:
    mixed = few.set_geometry([shapely.Point(125.3, 43.8), *few.geometry[1:]])
    data = data_of(build(square, mixed, caption=caption).html)
    assert data["plots"]["count"] == len(few) - 1
    assert data["notes"][0][0].startswith("1 块图斑")
