"""Coverage: the same ground never counted twice, no district lost."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from shapely import Polygon, box
from shapely.geometry.base import BaseGeometry

from gis.coverage import coverage, merge
from gis.crs import CGCS2000
from gis.errors import GeometryError
from gis.measure import area_m2
from gis.topology import outline_bounds_m2
from tests.gis import zoo
from tests.gis.shapes import neighbours

WEST, EAST = box(126.0, 43.8, 126.01, 43.82), box(126.01, 43.8, 126.02, 43.82)
FAR = box(120.0, 30.0, 120.1, 30.1)


def frame(shapes: list[BaseGeometry | None], **columns: object) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=CGCS2000, index=range(len(shapes)))


def districts(**shapes: BaseGeometry | None) -> gpd.GeoDataFrame:
    return frame(list(shapes.values()), code=list(shapes))


def row(rows: pd.DataFrame, code: str) -> pd.Series:
    return rows[rows.code == code].iloc[0]


def test_a_plot_inside_one_district_covers_its_own_area() -> None:
    plot = box(126.001, 43.801, 126.002, 43.802)
    west = row(coverage(districts(w=WEST, e=EAST), frame([plot])), "w")
    assert west.green_m2 == pytest.approx(area_m2(plot), rel=1e-7)
    assert west.district_m2 == pytest.approx(area_m2(WEST), rel=1e-7)
    assert west.coverage == pytest.approx(area_m2(plot) / area_m2(WEST), rel=1e-6)


def test_a_district_without_plots_is_a_row_of_zeros() -> None:
    east = row(coverage(districts(w=WEST, e=EAST), frame([])), "e")
    assert (east.green_m2, east.sum_m2, east.coverage, east.plot_count) == (0, 0, 0, 0)
    assert east.district_m2 > 0


def test_ground_under_two_plots_counts_once() -> None:
    plot = box(126.001, 43.801, 126.002, 43.802)
    west = row(coverage(districts(w=WEST), frame([plot, plot, plot])), "w")
    assert west.green_m2 == pytest.approx(area_m2(plot), rel=1e-7)
    assert west.sum_m2 == pytest.approx(3 * area_m2(plot), rel=1e-7)
    assert west.overlap_m2 == pytest.approx(2 * area_m2(plot), rel=1e-7)
    assert west.plot_count == 3


def test_a_plot_on_the_border_gives_each_district_its_piece() -> None:
    rows = coverage(districts(w=WEST, e=EAST), frame([box(126.008, 43.805, 126.013, 43.81)]))
    assert row(rows, "w").green_m2 == pytest.approx(
        area_m2(box(126.008, 43.805, 126.01, 43.81)), rel=1e-6
    )
    assert row(rows, "e").green_m2 == pytest.approx(
        area_m2(box(126.01, 43.805, 126.013, 43.81)), rel=1e-6
    )
    assert rows.plot_count.tolist() == [1, 1]


def test_a_plot_that_only_touches_a_border_is_not_in_that_district() -> None:
    rows = coverage(districts(w=WEST, e=EAST), frame([box(126.005, 43.805, 126.01, 43.81)]))
    assert rows.plot_count.tolist() == [1, 0]
    assert row(rows, "e").sum_m2 == 0.0


def test_the_hole_of_a_plot_is_not_green() -> None:
    west = row(coverage(districts(w=WEST), frame([zoo.with_hole])), "w")
    assert west.green_m2 == pytest.approx(area_m2(zoo.with_hole), rel=1e-7)


def test_the_hole_of_a_district_is_not_the_district() -> None:
    west = row(coverage(districts(w=zoo.with_hole), frame([zoo.square])), "w")
    assert west.coverage == pytest.approx(1.0, rel=1e-7)


def test_a_plot_in_the_hole_of_another_adds_its_ground() -> None:
    inside = box(126.0025, 43.803, 126.0035, 43.805)
    west = row(coverage(districts(w=WEST), frame([zoo.with_hole, inside])), "w")
    assert west.overlap_m2 == pytest.approx(0.0, abs=1e-3)


def test_the_parts_of_a_plot_count_as_one_plot() -> None:
    rows = coverage(districts(all=box(126.0, 43.8, 126.1, 43.9)), frame([zoo.two_parts]))
    assert row(rows, "all").plot_count == 1
    assert row(rows, "all").green_m2 == pytest.approx(area_m2(zoo.two_parts), rel=1e-7)


def test_coverage_is_not_clamped() -> None:
    over = row(coverage(districts(w=WEST), frame([WEST])), "w")
    assert over.coverage == pytest.approx(1.0, abs=1e-6)


def test_a_district_without_ground_has_no_coverage() -> None:
    rows = coverage(districts(none=None, empty=Polygon()), frame([WEST]))
    assert rows.coverage.isna().all()
    assert rows.district_m2.tolist() == [0.0, 0.0]


def test_plots_without_geometry_count_nothing() -> None:
    rows = coverage(districts(w=WEST), frame([None, Polygon()]))
    assert row(rows, "w").plot_count == 0


def test_groups_are_unions_each_within_itself() -> None:
    plot = box(126.001, 43.801, 126.002, 43.802)
    plots = frame([plot, plot, plot], kind=["park", "park", "wood"])
    rows = coverage(districts(w=WEST, e=EAST), plots, by="kind").set_index(["code", "kind"])
    assert rows.green_m2["w", "park"] == pytest.approx(area_m2(plot), rel=1e-7)
    assert rows.green_m2["w", "wood"] == pytest.approx(area_m2(plot), rel=1e-7)
    assert rows.plot_count.to_dict() == {
        ("w", "park"): 2, ("w", "wood"): 1, ("e", "park"): 0, ("e", "wood"): 0,
    }  # fmt: skip


def test_plots_that_do_not_say_their_group_are_a_group() -> None:
    rows = coverage(districts(w=WEST), frame([zoo.square, zoo.square], kind=["a", None]), by="kind")
    assert rows.kind.isna().tolist() == [False, True]


def test_without_plots_a_group_is_nothing_and_the_district_stays() -> None:
    rows = coverage(districts(w=WEST), frame([], kind=[]), by="kind")
    assert rows[["code", "green_m2"]].to_dict("records") == [{"code": "w", "green_m2": 0.0}]


def test_partitions_put_together_are_the_whole() -> None:
    plots = frame([box(126.008, 43.805, 126.013, 43.81), zoo.square])
    whole = coverage(districts(e=EAST, w=WEST), plots)
    parts = [coverage(districts(w=WEST), plots), coverage(districts(e=EAST), plots)]
    pd.testing.assert_frame_equal(merge(parts), whole)


def test_merging_is_associative() -> None:
    plots = frame([zoo.square])
    a, b, c = (coverage(districts(**{code: shape}), plots)
               for code, shape in (("w", WEST), ("e", EAST), ("f", FAR)))  # fmt: skip
    pd.testing.assert_frame_equal(merge([merge([a, b]), c]), merge([a, merge([c, b])]))


def test_merging_nothing_gives_a_table_without_rows() -> None:
    assert len(merge([])) == 0


def test_a_district_in_two_partitions_is_refused() -> None:
    part = coverage(districts(w=WEST), frame([zoo.square]))
    with pytest.raises(GeometryError) as refused:
        merge([part, part])
    assert refused.value.code == "code_twice"


def test_a_code_given_twice_is_refused() -> None:
    with pytest.raises(GeometryError) as refused:
        coverage(frame([WEST, EAST], code=["w", "w"]), frame([]))
    assert refused.value.code == "code_twice"


def test_a_frame_in_metres_is_refused() -> None:
    with pytest.raises(GeometryError) as refused:
        coverage(districts(w=WEST).to_crs(4530), frame([]))
    assert refused.value.code == "not_degrees"


def test_an_unknown_column_is_refused() -> None:
    with pytest.raises(GeometryError) as refused:
        coverage(districts(w=WEST), frame([]), by="kind")
    assert refused.value.code == "no_such_column"


@pytest.mark.parametrize("code", zoo.INVALID)
def test_an_invalid_plot_is_refused(code: str) -> None:
    with pytest.raises(GeometryError) as refused:
        coverage(districts(w=WEST), frame([zoo.INVALID[code]]))
    assert refused.value.code == code


@given(neighbours())
@settings(deadline=None, max_examples=40)
def test_the_union_is_never_more_than_the_sum(plots: list[Polygon]) -> None:
    rows = coverage(districts(w=WEST, e=EAST), frame([*plots]))
    assert (rows.green_m2 <= rows.sum_m2).all()
    assert (rows.overlap_m2 >= 0).all()
    assert (rows.green_m2 <= rows.district_m2 * (1 + 1e-6)).all()


@given(neighbours())
@settings(deadline=None, max_examples=40)
def test_children_add_up_to_their_parent(plots: list[Polygon]) -> None:
    children = coverage(districts(w=WEST, e=EAST), frame([*plots]))
    parent = coverage(districts(all=WEST.union(EAST)), frame([*plots]))
    bound = outline_bounds_m2(np.array([*plots])).sum() + 0.001
    assert children.green_m2.sum() == pytest.approx(parent.green_m2[0], rel=0, abs=bound)
    assert children.sum_m2.sum() == pytest.approx(parent.sum_m2[0], rel=0, abs=bound)


@given(neighbours())
@settings(deadline=None, max_examples=30)
def test_the_order_of_plots_does_not_matter(plots: list[Polygon]) -> None:
    there = coverage(districts(w=WEST, e=EAST), frame([*plots]))
    back = coverage(districts(w=WEST, e=EAST), frame([*plots[::-1]]))
    np.testing.assert_allclose(there.green_m2, back.green_m2, rtol=1e-7, atol=0.01)
