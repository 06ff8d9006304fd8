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


@pytest.mark.parametrize(
    ("z", "row", "col"),
    [
        pytest.param(-1, 0, 0, id="z"),
        pytest.param(3, 8, 0, id="row"),
        pytest.param(3, 0, 8, id="col"),
    ],
)
def test_an_address_beside_the_grid_is_no_tile(z: int, row: int, col: int) -> None:
    with pytest.raises(Problem, match=str(z)) as refused:
        tile("WebMercatorQuad", z, row, col)
    assert (refused.value.status, refused.value.code) == (404, "no_such_tile")
