"""What a shape has in common with neighbours whose common border was cut apart."""

import numpy as np
import pytest
import shapely

from gis.refusal import Refusal, refused_parts
from gis.shares import ground
from gis.unions import in_union, outside_union
from gis.verdicts.among import counted_twice_m2
from tests.gis.ajar import CELLS, WOOD

EVERY = np.arange(len(CELLS))


def test_a_shape_on_them_lies_in_their_union() -> None:
    assert in_union(WOOD, CELLS).area == pytest.approx(WOOD.area, rel=1e-9)


def test_nothing_of_it_lies_outside() -> None:
    assert outside_union(WOOD, CELLS).area < 1e-9 * WOOD.area


def test_what_they_leave_lies_outside() -> None:
    west, south, _east, north = WOOD.bounds
    wood = shapely.box(west, south, 108.01, north)
    left = wood.bounds[2] - CELLS[1].bounds[2]
    assert outside_union(wood, CELLS).area == pytest.approx(left * (north - south), rel=1e-9)


def test_a_plot_on_cells_of_two_districts_lies_beyond_none() -> None:
    of_plot = np.zeros(len(CELLS), dtype=np.int64)
    seen = ground(np.array([WOOD]), CELLS, np.array([1, 2, 2]), of_plot, EVERY)
    assert (seen.beyond_m2.tolist(), seen.once.tolist()) == ([0.0], [1.0])


def test_a_plot_on_fields_that_meet_is_refused_whole() -> None:
    rules = Refusal(CELLS, np.zeros(len(CELLS), dtype=np.int64), np.array([[True]]))
    (refused,) = refused_parts(np.array([WOOD]), np.array([0]), rules)
    assert refused.area == pytest.approx(WOOD.area, rel=1e-9)


def test_a_plot_on_two_before_it_is_counted_twice() -> None:
    once = counted_twice_m2(CELLS)
    again = counted_twice_m2(np.array([*CELLS, WOOD])) - once
    assert again == pytest.approx(counted_twice_m2(np.array([WOOD, WOOD])), rel=1e-6)
