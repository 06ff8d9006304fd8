"""Work on pairs of one file: counted before it begins, and refused in words that name a row."""

from collections.abc import Callable

import geopandas
import numpy as np
import pytest
import shapely

from gis.errors import GeometryError
from gis.pair_work import refuse_costly_pairs
from gis.report import check_frame
from gis.tessellation import report
from gis.verdicts import counted_twice_m2, overlaps_among

SQUARE = shapely.box(126.0, 43.8, 126.003, 43.803)
APART = shapely.box(127.0, 43.8, 127.003, 43.803)


def comb(teeth: int, *, lying: bool = False) -> shapely.Polygon:
    """A valid comb whose teeth run the length of its box, northward or, lying, eastward."""
    along = np.arange(teeth) / teeth
    at = np.stack(
        [
            np.column_stack([along, 0 * along]),
            np.column_stack([along + 0.5 / teeth, 0 * along + 1]),
        ],
        axis=1,
    ).reshape(-1, 2)
    outline = np.array([*at, (1.0, 0.0), (1.0, -0.01), (0.0, -0.01)])
    return shapely.Polygon((outline[:, ::-1] if lying else outline) * 0.05 + (126.0, 43.8))


def equal_plots(count: int) -> np.ndarray:
    """As many equal squares, and one apart before them."""
    return np.array([APART, *[SQUARE] * count], dtype=object)


def frame(shapes: np.ndarray) -> geopandas.GeoDataFrame:
    """Rows with codes, as readers of districts and zones hand them over."""
    codes = [str(220_000 + n) for n in range(len(shapes))]
    return geopandas.GeoDataFrame({"code": codes}, geometry=shapes, crs=4490)


DOORS: dict[str, Callable[[np.ndarray], object]] = {
    "overlaps": overlaps_among,
    "area": counted_twice_m2,
    "check": lambda shapes: check_frame(frame(shapes)),
    "tessellation": lambda shapes: report(frame(shapes)),
}


@pytest.mark.parametrize(("door", "count"), [*((door, 2_000) for door in DOORS), ("check", 20_000)])
def test_equal_plots_of_one_file_are_refused_before_they_are_compared(
    door: str, count: int
) -> None:
    with pytest.raises(GeometryError) as refused:
        DOORS[door](equal_plots(count))
    assert refused.value.code == "too_many_pairs"
    assert "Take repeated shapes out" in refused.value.message.en
    assert refused.value.at == pytest.approx((126.0015, 43.8015))


@pytest.mark.parametrize("door", DOORS)
def test_combs_across_each_other_in_one_file_are_refused(door: str) -> None:
    with pytest.raises(GeometryError) as refused:
        DOORS[door](np.array([APART, comb(2_000), comb(2_000, lying=True)], dtype=object))
    assert refused.value.code == "too_many_pairs"
    assert ("up to 220001" if door == "tessellation" else "up to row 2") in refused.value.message.en


def test_a_file_of_neighbours_is_compared_however_long_it_is() -> None:
    west, south = np.meshgrid(126 + np.arange(100) * 0.003, 43 + np.arange(100) * 0.003)
    shapes = shapely.box(west, south, west + 0.0031, south + 0.0031).ravel()
    refuse_costly_pairs(shapes)


def test_rows_without_ground_are_no_pairs() -> None:
    refuse_costly_pairs(np.array([None, shapely.Polygon(), SQUARE], dtype=object))
    refuse_costly_pairs(np.empty(0, dtype=object))
