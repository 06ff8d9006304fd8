"""Shapes on disk are those that were put there, in any order that they are asked for."""

from pathlib import Path

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray

from data.packed_shapes import PackedShapes
from gis.detect.detective import _sample, sample_of, sample_of_parts
from gis.errors import GeometryError
from gis.overlaps import meeting, meeting_stored
from gis.pair_work import refuse_costly_pairs
from gis.verdicts import overlaps_among

ROWS = 300


def crowded(seed: int) -> NDArray[np.object_]:
    """Circles of few and many vertices on the same ground, some rows without a shape."""
    rng = np.random.default_rng(seed)
    points = shapely.points(rng.uniform((126.0, 43.0), (126.2, 43.2), (ROWS, 2)))
    shapes = shapely.buffer(points, rng.uniform(0.0005, 0.01, ROWS), quad_segs=int(seed + 2))
    shapes[rng.random(ROWS) < 0.1] = None
    shapes[5] = shapely.Polygon()
    return np.asarray(shapes, dtype=object)


@pytest.mark.parametrize(
    "rows",
    [slice(None), slice(40, 50), [7, 3, 3, 299], np.array([0, 1, 2, 250, 251]), [], slice(9, 9)],
    ids=str,
)
def test_rows_come_as_they_were_put(rows: slice | list[int] | NDArray[np.int64]) -> None:
    shapes = crowded(1)
    found = PackedShapes.of(shapes)[rows]
    assert shapely.to_wkb(found).tolist() == shapely.to_wkb(shapes[rows]).tolist()


def test_bounds_and_vertices_are_known_without_drawing() -> None:
    shapes = crowded(2)
    packed = PackedShapes.of(shapes)
    np.testing.assert_array_equal(packed.bounds, shapely.bounds(shapes))
    assert packed.vertices.tolist() == shapely.get_num_coordinates(shapes).tolist()
    assert packed.missing.tolist() == shapely.is_missing(shapes).tolist()


def test_a_file_that_is_cut_has_shapes_that_cannot_be_read(tmp_path: Path) -> None:
    wkb = shapely.to_wkb(shapely.box(0, 0, 1, 1))
    (tmp_path / "shapes").write_bytes(wkb[:-8])
    packed = PackedShapes.in_file(tmp_path / "shapes", [len(wkb)])
    with pytest.raises(shapely.GEOSException):
        packed[:]


@pytest.mark.parametrize("seed", range(4))
def test_stored_shapes_overlap_as_those_in_memory_do(seed: int) -> None:
    shapes = crowded(seed)
    packed = PackedShapes.of(shapes)
    assert overlaps_among(packed) == overlaps_among(shapes)
    pairs = {*zip(*(side.tolist() for side in meeting(shapes, kernels=False)), strict=True)}
    stored = {*zip(*(side.tolist() for side in meeting_stored(packed)), strict=True)}
    assert stored == pairs
    assert len(pairs) > ROWS / 2


def test_stored_shapes_that_meet_too_often_are_refused_at_the_same_row() -> None:
    shapes = np.array([shapely.box(126, 43, 126.01, 43.01)] * 400, dtype=object)
    said = []
    for given in (shapes, PackedShapes.of(shapes)):
        with pytest.raises(GeometryError) as refused:
            refuse_costly_pairs(given)
        said.append((refused.value.message, refused.value.at))
    assert said[0] == said[1]


@pytest.mark.parametrize("quad_segs", [2, 16])
def test_the_detective_looks_at_the_same_vertices(quad_segs: int) -> None:
    rng = np.random.default_rng(quad_segs)
    points = shapely.points(rng.uniform((126.0, 43.0), (126.2, 43.2), (ROWS, 2)))
    shapes = np.asarray(shapely.buffer(points, 0.001, quad_segs=quad_segs), dtype=object)
    shapes[[0, 7, ROWS - 1]] = None
    positions = shapely.get_coordinates(shapes)
    sample = _sample(positions)
    of_shapes, vertices = sample_of(PackedShapes.of(shapes))
    parts = np.array_split(np.insert(positions, 3, np.nan, axis=0), 7)
    of_parts, finite, lost = sample_of_parts(lambda: parts)
    np.testing.assert_array_equal(of_shapes, sample)
    np.testing.assert_array_equal(of_parts, sample)
    assert (vertices, finite, lost) == (len(positions), len(positions), 1)
