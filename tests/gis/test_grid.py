"""The 1e-9° grid: what it moves, what it keeps."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import given, settings
from shapely import Polygon
from shapely.affinity import translate

from gis.grid import GRID_DEG, grid_change, on_grid
from tests.gis import zoo
from tests.gis.shapes import stars


def snapped(plot: Polygon) -> Polygon:
    moved: Polygon = on_grid(np.array([plot], dtype=object))[0]
    return moved


@given(stars())
@settings(deadline=None, max_examples=60)
def test_no_vertex_moves_farther_than_half_the_grid(plot: Polygon) -> None:
    assert shapely.hausdorff_distance(plot, snapped(plot)) < 0.75 * GRID_DEG


@given(stars())
@settings(deadline=None, max_examples=60)
def test_what_is_on_the_grid_stays_where_it_is(plot: Polygon) -> None:
    once = snapped(plot)
    assert np.array_equal(
        shapely.get_coordinates(snapped(once).normalize()),
        shapely.get_coordinates(once.normalize()),
    )


@given(stars())
@settings(deadline=None, max_examples=60)
def test_nine_decimals_of_text_say_all_of_it(plot: Polygon) -> None:
    once = shapely.get_coordinates(snapped(plot))
    again = np.array([[float(f"{x:.9f}"), float(f"{y:.9f}")] for x, y in once])
    assert np.array_equal(again, once)


def test_a_needle_narrower_than_the_grid_leaves_a_valid_shape() -> None:
    needle = zoo.ring(
        (126.0, 43.8), (126.01, 43.8), (126.01, 43.81), (126.0050000001, 43.8 + 2e-10)
    )
    assert snapped(needle).is_valid


def test_none_and_empty_pass_through() -> None:
    passed = on_grid(np.array([None, zoo.empty_polygon], dtype=object))
    assert passed[0] is None
    assert passed[1].is_empty


def test_a_move_beyond_a_decimetre_is_worth_reporting() -> None:
    change = grid_change(zoo.square, translate(zoo.square, 2e-6, 0))
    assert change.worth_reporting
    assert abs(change.moved_m - 0.22264) < 1e-4


def test_half_a_grid_step_is_not_worth_reporting() -> None:
    moved = translate(zoo.square, 0.4e-9, 0.3e-9)
    assert not grid_change(moved, snapped(moved)).worth_reporting


def test_a_shape_that_vanished_has_moved_by_its_own_size() -> None:
    change = grid_change(zoo.speck, zoo.empty_polygon)
    assert change.worth_reporting
    assert change.area_m2 < -10.0


def test_nothing_that_stays_nothing_has_not_moved() -> None:
    assert grid_change(zoo.empty_polygon, zoo.empty_polygon).moved_m == 0.0
