"""Plots on the same ground."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from shapely import Polygon, box

from gis.errors import GeometryError
from gis.measure import area_m2
from gis.overlaps import overlapping, overlaps
from gis.topology import outline_bounds_m2
from tests.gis import zoo
from tests.gis.shapes import neighbours

WEST, EAST = box(126.0, 43.8, 126.01, 43.81), box(126.01, 43.8, 126.02, 43.81)


def test_plots_that_touch_are_no_pair() -> None:
    assert len(overlaps([WEST, EAST])) == 0


def test_a_pair_names_its_common_ground() -> None:
    across = box(126.008, 43.8, 126.013, 43.81)
    pairs = overlaps([EAST, across])
    assert pairs[["left", "right"]].to_numpy().tolist() == [[0, 1]]
    common = area_m2(box(126.01, 43.8, 126.013, 43.81))
    assert pairs.area_m2[0] == pytest.approx(common, rel=1e-6)


def test_a_plot_in_the_hole_of_another_is_no_pair() -> None:
    inside = Polygon(zoo.with_hole.interiors[0])
    assert len(overlaps([zoo.with_hole, inside])) == 0


def test_the_same_plot_twice_overlaps_whole() -> None:
    pairs = overlaps([zoo.two_parts, zoo.two_parts])
    assert pairs.area_m2[0] == pytest.approx(area_m2(zoo.two_parts), rel=1e-7)


def test_a_plot_in_another_overlaps_whole() -> None:
    assert overlaps([zoo.county, zoo.square]).area_m2[0] == pytest.approx(area_m2(zoo.square))


def test_plots_without_geometry_overlap_nobody() -> None:
    assert len(overlaps([None, zoo.empty_polygon, WEST])) == 0
    assert len(overlaps([])) == 0


def test_an_invalid_plot_is_refused() -> None:
    with pytest.raises(GeometryError) as refused:
        overlaps([WEST, zoo.bow_tie])
    assert refused.value.code == "self_intersection"


@given(neighbours())
@settings(deadline=None, max_examples=40)
def test_two_plots_add_up_to_their_union_and_what_they_share(plots: list[Polygon]) -> None:
    left, right, shared = overlapping(np.array(plots, dtype=object))
    for i, j, common in zip(left, right, shared, strict=True):
        union = area_m2(shapely.union(plots[i], plots[j]))
        both = area_m2(plots[i]) + area_m2(plots[j])
        bound = outline_bounds_m2(np.array([plots[i], plots[j]])).sum() + 0.001
        assert common + union == pytest.approx(both, rel=0, abs=bound)


def test_kernels_that_are_not_installed_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gis.overlaps.AVAILABLE", False)
    with pytest.raises(GeometryError, match=r"luotu\[fast\]") as refused:
        overlaps([WEST, EAST], fast=True)
    assert refused.value.code == "not_installed"
