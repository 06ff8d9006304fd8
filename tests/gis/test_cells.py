"""Pieces in cells give the figures of the plain union, cell by cell, however they are grouped."""

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray
from shapely import box

from gis.cells import cell_figures, cell_pieces
from gis.coverage import union_figures
from gis.measure import areas_m2

SOUTH_EDGE, WEST_EDGE, STEP = 43.0, 126.0, 0.001


def grid(size: int, number: int) -> NDArray[np.object_]:
    """Square cells side by side, each of so many steps."""
    return np.array(
        [
            box(
                WEST_EDGE + x * size * STEP,
                SOUTH_EDGE + y * size * STEP,
                WEST_EDGE + (x + 1) * size * STEP,
                SOUTH_EDGE + (y + 1) * size * STEP,
            )
            for y in range(number)
            for x in range(number)
        ]
    )


def woods(number: int, seed: int) -> NDArray[np.object_]:
    """Plots on each other, across cells and outside: discs, discs with holes, and pairs of them."""
    rng = np.random.default_rng(seed)
    middle = np.column_stack(
        [
            WEST_EDGE + rng.uniform(-1, 31, number) * STEP,
            SOUTH_EDGE + rng.uniform(-1, 31, number) * STEP,
        ]
    )
    disc = np.asarray(
        shapely.buffer(shapely.points(middle), rng.uniform(0.2, 3, number) * STEP, quad_segs=6)
    )
    hole = np.asarray(shapely.buffer(shapely.points(middle), 0.1 * STEP, quad_segs=4))
    disc[::3] = shapely.difference(disc[::3], hole[::3])
    far = shapely.transform(hole[::5], lambda at: at + 7 * STEP)
    disc[::5] = shapely.union(disc[::5], far)
    on_grid = shapely.set_precision(disc, 1e-9, mode="valid_output")
    # As stored ones are read: on the grid, but cuts of them need not be.
    return np.asarray(shapely.set_precision(on_grid, 0.0, mode="pointwise"), dtype=object)


@pytest.mark.parametrize("fast", [False, True])
@pytest.mark.parametrize(("number", "seed"), [(0, 0), (1, 1), (40, 2), (300, 3)])
def test_cells_have_the_figures_of_the_plain_union(number: int, seed: int, fast: bool) -> None:
    cells, plots = grid(6, 5), woods(number, seed)
    group_of = np.arange(number) % 3
    pieces = cell_pieces(cells, np.arange(len(cells)), plots, areas_m2(plots), fast=fast)
    for groups, of in ((1, np.zeros(number, dtype=np.int64)), (3, group_of)):
        figures = cell_figures(pieces, of, groups)
        plain = union_figures(cells, plots, of, groups)
        # No geodesics: each vertex on an edge of half a kilometre moves an area, by a m² at most.
        green, total = np.zeros((len(cells), groups)), np.zeros((len(cells), groups))
        count = np.zeros((len(cells), groups), dtype=np.int64)
        green[figures.cell, figures.group] = figures.green_m2
        total[figures.cell, figures.group] = figures.sum_m2
        count[figures.cell, figures.group] = figures.plot_count
        np.testing.assert_allclose(green, plain.green_m2, rtol=1e-5, atol=1.0)
        np.testing.assert_allclose(total, plain.sum_m2, rtol=1e-5, atol=1.0)
        np.testing.assert_array_equal(count, plain.plot_count)


def test_kernels_and_plain_find_the_same_pieces() -> None:
    cells, plots = grid(6, 5), woods(300, 4)
    boundary_of = np.arange(len(cells)) // 5
    plain, fast = (
        cell_pieces(cells, boundary_of, plots, areas_m2(plots), fast=compiled)
        for compiled in (False, True)
    )
    for name in plain._fields:
        mine, other = getattr(plain, name), getattr(fast, name)
        if name == "shape":
            continue
        if mine.dtype == np.float64:
            # What the series and geodesics differ by is the rounding of the latter.
            np.testing.assert_allclose(mine, other, rtol=1e-9, atol=2e-4)
        else:
            np.testing.assert_array_equal(mine, other)


@pytest.mark.parametrize("fast", [False, True])
def test_pieces_of_some_cells_are_those_that_all_cells_would_give(fast: bool) -> None:
    cells, plots = grid(6, 5), woods(300, 5)
    boundary_of, plot_m2 = np.arange(len(cells)) // 15, areas_m2(plots)
    wanted = np.arange(len(cells)) % 3 == 1
    every = cell_pieces(cells, boundary_of, plots, plot_m2, fast=fast)
    some = cell_pieces(cells, boundary_of, plots, plot_m2, wanted=wanted, fast=fast)
    here = wanted[every.cell]
    for name in ("cell", "plot", "area_m2", "whole", "counted"):
        np.testing.assert_array_equal(getattr(some, name), getattr(every, name)[here])
    assert 0 < some.counted.sum() < len(np.unique(some.plot))
    group_of = np.arange(len(plots)) % 2
    whole, part = cell_figures(every, group_of, 2), cell_figures(some, group_of, 2)
    mine = wanted[whole.cell]
    for name in part._fields:
        np.testing.assert_array_equal(getattr(part, name), getattr(whole, name)[mine])


def test_a_plot_is_counted_once_in_a_boundary() -> None:
    cells = grid(6, 5)
    plot = np.array([box(126.001, 43.001, 126.029, 43.029)])
    pieces = cell_pieces(cells, np.repeat(7, len(cells)), plot, areas_m2(plot))
    assert len(pieces.cell) == len(cells)
    assert pieces.counted.sum() == 1
    assert pieces.cell[pieces.counted].tolist() == [0]


def test_a_plot_that_only_touches_a_cell_has_no_piece_in_it() -> None:
    cells = grid(6, 2)
    plot = np.array([box(126.002, 43.002, 126.006, 43.006)])
    pieces = cell_pieces(cells, np.arange(len(cells)), plot, areas_m2(plot))
    assert pieces.cell.tolist() == [0]
    assert pieces.whole.tolist() == [True]
    assert pieces.area_m2 == areas_m2(plot)
