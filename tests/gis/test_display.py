"""Thinning keeps neighbours together."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from shapely import Polygon

from gis.display import thin
from gis.errors import GeometryError
from tests.gis import zoo

WIGGLE = [(126.1 + 0.001 * (i % 3), 43.0 + 0.01 * i) for i in range(21)]
WEST = Polygon([(126.0, 43.0), *WIGGLE, (126.0, 43.2)])
EAST = Polygon([(126.2, 43.0), *WIGGLE, (126.2, 43.2)])


def test_thinned_neighbours_leave_no_gap_and_no_overlap() -> None:
    thinned = thin(np.array([WEST, EAST]), 0.01)
    assert shapely.get_num_coordinates(thinned).sum() < 20
    assert shapely.coverage_is_valid(thinned)
    assert shapely.union_all(thinned).area == pytest.approx(0.04, rel=1e-9)


def test_a_tolerance_of_zero_keeps_the_shape() -> None:
    thinned = thin(np.array([WEST, EAST]), 0.0)
    assert shapely.equals(thinned, [WEST, EAST]).all()


def test_plots_are_thinned_each_by_itself() -> None:
    overlapping = np.array([WEST, WEST])
    thinned = thin(overlapping, 0.01, neighbours=False)
    assert shapely.is_valid(thinned).all()
    assert (shapely.get_num_coordinates(thinned) < 8).all()


def test_none_and_empty_keep_their_places() -> None:
    thinned = thin(np.array([None, WEST, zoo.empty_polygon], dtype=object), 0.01)
    assert thinned[0] is None
    assert thinned[1].is_valid
    assert thinned[2].is_empty


def test_nothing_to_draw_is_nothing_drawn() -> None:
    assert len(thin(np.array([], dtype=object), 0.01)) == 0


@pytest.mark.parametrize("tolerance", [-0.1, float("nan")])
def test_a_tolerance_that_is_none_is_refused(tolerance: float) -> None:
    with pytest.raises(GeometryError) as refused:
        thin(np.array([WEST]), tolerance)
    assert refused.value.code == "bad_tolerance"
