"""Where tiles lie: our own sums beside those of morecantile and PROJ."""

import morecantile
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import Problem
from service.tiles.tiles import GRIDS, GridName, tile


@given(data=st.data(), grid=st.sampled_from(list(GRIDS)), z=st.integers(0, 22))
def test_a_tile_lies_where_proj_says_it_lies(data: st.DataObject, grid: GridName, z: int) -> None:
    matrix = GRIDS[grid].matrix(z)
    col = data.draw(st.integers(0, matrix.matrixWidth - 1))
    row = data.draw(st.integers(0, matrix.matrixHeight - 1))
    drawn = tile(grid, z, row, col)
    expected = GRIDS[grid].bounds(morecantile.Tile(col, row, z))
    assert (drawn.west, drawn.south, drawn.east, drawn.north) == pytest.approx(
        tuple(expected), rel=0, abs=1e-12
    )


@pytest.mark.parametrize("grid", list(GRIDS))
def test_a_tile_beyond_the_grid_is_no_tile(grid: GridName) -> None:
    with pytest.raises(Problem, match="has rows 0 to 1"):
        tile(grid, 1, 2, 0)
