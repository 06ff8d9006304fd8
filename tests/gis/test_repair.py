"""A repair is a proposal: one method, both shapes, and what it does to the area."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box
from shapely.geometry.base import BaseGeometry

from gis.errors import GeometryError
from gis.grid import on_grid
from gis.measure import area_m2
from gis.repair import METHOD, propose
from gis.verdicts import check
from tests.gis import zoo
from tests.gis.shapes import stars


@pytest.mark.parametrize("name", sorted(zoo.INVALID))
def test_every_invalid_beast_is_valid_after_its_repair(name: str) -> None:
    after = propose(zoo.INVALID[name]).after
    assert [problem for problem in check(after) if problem.severity == "block"] == []


@pytest.mark.parametrize(
    ("shape", "after_m2"),
    [
        pytest.param(zoo.overlapping_parts, area_m2(box(126.0, 43.8, 126.015, 43.81)), id="parts"),
        pytest.param(zoo.nested_shells, area_m2(zoo.square), id="part in part"),
        pytest.param(zoo.bow_tie, area_m2(zoo.square) / 2, id="bow tie"),
    ],
)
def test_a_repair_keeps_what_the_rings_enclose(shape: BaseGeometry, after_m2: float) -> None:
    assert propose(shape).after_m2 == pytest.approx(after_m2, rel=1e-4)


def test_overlapping_parts_lose_the_ground_that_they_counted_twice() -> None:
    twice = area_m2(box(126.005, 43.8, 126.01, 43.81))
    assert propose(zoo.overlapping_parts).change_m2 == pytest.approx(-twice, rel=1e-6)


def test_a_hole_outside_becomes_ground_and_the_change_says_so() -> None:
    repair = propose(zoo.hole_outside)
    assert repair.before_m2 < area_m2(zoo.square) < repair.after_m2
    assert repair.change_m2 == pytest.approx(repair.after_m2 - repair.before_m2)


def test_the_method_is_told_and_is_the_one_of_the_house() -> None:
    assert (propose(zoo.bow_tie).method, METHOD) == ("structure", "structure")


def test_both_shapes_and_the_change_are_in_the_proposal() -> None:
    plain = propose(zoo.bow_tie).as_json()
    assert (plain["changed"], plain["before"]["type"], plain["after"]["type"]) == (
        True,
        "Polygon",
        "MultiPolygon",
    )


@pytest.mark.parametrize("name", [name for name in zoo.VALID if name != "clockwise"])
def test_a_sound_plot_needs_no_repair(name: str) -> None:
    repair = propose(zoo.VALID[name])
    assert repair.change_m2 == pytest.approx(0.0, abs=1e-3 + repair.after_m2 * 1e-12)
    assert shapely.equals(repair.before, repair.after)


def test_a_shape_that_is_on_the_grid_already_is_not_changed() -> None:
    settled = MultiPolygon([on_grid(np.array([zoo.square], dtype=object))[0]])
    assert not propose(settled).changed


def test_the_crossing_of_a_bow_tie_is_put_on_the_grid() -> None:
    skewed = Polygon([(126.0, 43.8), (126.01, 43.81), (126.0103, 43.8), (126.0, 43.8107)])
    at = shapely.get_coordinates(propose(skewed).after)
    assert np.abs(at - at.round(9)).max() < 1e-13


def test_a_line_that_pretends_to_be_a_polygon_leaves_nothing() -> None:
    repair = propose(Polygon([(126.0, 43.8), (126.01, 43.8), (126.0, 43.8)]))
    assert (repair.after.is_empty, repair.after_m2) == (True, 0.0)


def test_a_part_without_a_ring_has_no_area() -> None:
    square = box(126.0, 43.8, 126.01, 43.81)
    repair = propose(MultiPolygon([Polygon(), square]))
    assert repair.before_m2 == repair.after_m2 == area_m2(square)


@pytest.mark.parametrize(
    ("shape", "code"),
    [
        pytest.param(None, "missing", id="none"),
        pytest.param(zoo.empty_polygon, "empty", id="empty"),
        pytest.param(zoo.point, "not_polygon", id="one point"),
        pytest.param(zoo.line, "not_polygon", id="line"),
        pytest.param(zoo.not_a_number, "not_finite", id="nan"),
        pytest.param(zoo.infinite, "not_finite", id="infinite"),
        pytest.param(zoo.swapped_axes, "out_of_range", id="inverted latitude"),
        pytest.param(zoo.half_the_globe, "too_wide", id="180 degrees wide"),
        pytest.param(zoo.star_polygon(201), "too_many_crossings", id="star"),
    ],
)
def test_what_cannot_be_repaired_without_guessing_is_refused(
    shape: BaseGeometry | None, code: str
) -> None:
    with pytest.raises(GeometryError) as refused:
        propose(shape)
    assert refused.value.code == code


SCRIBBLES = st.lists(
    st.tuples(st.floats(126.0, 126.01), st.floats(43.8, 43.81)), min_size=3, max_size=12
)


@given(SCRIBBLES)
def test_any_scribble_comes_out_valid(positions: list[tuple[float, float]]) -> None:
    assert propose(Polygon(positions)).after.is_valid


@given(SCRIBBLES)
def test_a_second_repair_changes_nothing(positions: list[tuple[float, float]]) -> None:
    once = propose(Polygon(positions)).after
    if not once.is_empty:
        assert propose(once).after_m2 == pytest.approx(area_m2(once), abs=1e-3)


@given(stars(min_deg=1e-3))
def test_a_repair_of_a_sound_plot_moves_no_more_than_the_grid(plot: Polygon) -> None:
    repair = propose(plot)
    assert shapely.hausdorff_distance(plot, repair.after) <= 1e-9
