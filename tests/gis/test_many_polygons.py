"""Many shapes at once are what they are one by one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis.errors import GeometryError
from gis.many_polygons import as_multipolygons
from gis.polygons import as_multipolygon
from tests.bench.landscape import landscape
from tests.gis import zoo

BEASTS: list[BaseGeometry | None] = [
    None,
    *zoo.VALID.values(),
    *zoo.INVALID.values(),
    *zoo.OFF_THE_GLOBE.values(),
    zoo.empty_polygon,
    zoo.empty_multipolygon,
    zoo.point,
    zoo.line,
    zoo.mixed,
    zoo.not_a_number,
    zoo.infinite,
    zoo.half_the_globe,
    zoo.collected,
    zoo.overlapping_parts,
    zoo.with_height,
    shapely.box(126.0, 43.8, 126.0 + 1e-11, 43.8 + 1e-11),
    zoo.square.segmentize(1e-5),
]


def array(shapes: Sequence[BaseGeometry | None]) -> NDArray[np.object_]:
    drawn = np.empty(len(shapes), dtype=object)
    drawn[:] = shapes
    return drawn


def alone(shape: BaseGeometry | None) -> tuple[str | None, str, tuple[float, float] | None]:
    try:
        return as_multipolygon(shape).wkb_hex, "", None
    except GeometryError as error:
        return None, error.code, error.at


def assert_the_same(shapes: Sequence[BaseGeometry | None]) -> None:
    many, errors = as_multipolygons(array(shapes))
    for row, shape in enumerate(shapes):
        error = errors.get(row)
        told = (None if error is None else error.code) or "", None if error is None else error.at
        one = None if many[row] is None else many[row].wkb_hex
        assert (one, *told) == alone(shape), row


@pytest.mark.parametrize("seed", [1, 2])
def test_plots_of_a_landscape(seed: int) -> None:
    plots = landscape(2_500, 20, seed=seed).plots.tolist()
    rng = np.random.default_rng(seed)
    mixed = [*plots, *BEASTS]
    rng.shuffle(mixed)
    assert_the_same(mixed)


def test_outlines_that_all_but_touch_themselves() -> None:
    rng = np.random.default_rng(3)
    thin = [
        shapely.Polygon([(126, 43), (126.001, 43 + a), (126.002, 43), (126.001, 43 + b)])
        for a, b in rng.uniform(-3e-9, 3e-9, (300, 2))
    ]
    assert_the_same(thin)


def test_nothing_gives_nothing() -> None:
    shapes, errors = as_multipolygons(array([]))
    assert (len(shapes), errors) == (0, {})


def test_faults_are_told_in_the_order_of_the_file() -> None:
    _shapes, errors = as_multipolygons(array([None, zoo.square, zoo.bow_tie, None]))
    assert list(errors) == [0, 2, 3]
