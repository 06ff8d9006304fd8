"""Refused ground: what is left of the union is green, whatever lies on what."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from gis.cells import cell_figures, cell_pieces
from gis.measure import areas_m2
from gis.polygons import polygon_parts
from gis.refusal import Refusal, refused_parts, refused_shares

Shapes = NDArray[np.object_]
STEP = 0.001
CORNERS = [(126 + x * STEP, 43 + y * STEP) for x in (0, 6) for y in (0, 6)]
CELLS = np.array([shapely.box(x, y, x + 6 * STEP, y + 6 * STEP) for x, y in CORNERS])
COUNTY = shapely.union_all(CELLS)

corner = st.integers(0, 10)
side = st.integers(1, 5)
rectangle = st.tuples(corner, corner, side, side)


def rectangles(given: list[tuple[int, int, int, int]]) -> Shapes:
    """Rectangles in steps from the corner of the county; they may reach beyond it."""
    return np.array(
        [
            shapely.box(126 + w * STEP, 43 + s * STEP, 126 + (w + x) * STEP, 43 + (s + y) * STEP)
            for w, s, x, y in given
        ],
        dtype=object,
    )


def united_m2(shapes: list[shapely.Geometry]) -> float:
    """Area of their union inside of the county."""
    ground = polygon_parts(shapely.intersection(shapely.union_all(shapes), COUNTY))
    return float(areas_m2(np.array([ground], dtype=object), checked=True)[0])


def plain(plots: Shapes, refusal: Refusal) -> tuple[float, float]:
    """Green and refused area by the definition: unite what the rules leave of each plot."""
    left = []
    for plot, binds in zip(plots, refusal.binds, strict=True):
        barred = shapely.union_all(refusal.ground[binds[refusal.rule_of]])
        left.append(shapely.difference(plot, barred))
    green_m2 = united_m2(left)
    return green_m2, united_m2(list(plots)) - green_m2


@pytest.mark.parametrize("fast", [False, True])
@settings(deadline=None, max_examples=40)
@given(
    woods=st.lists(rectangle, min_size=1, max_size=7),
    fields=st.lists(rectangle, min_size=1, max_size=4),
    seed=st.integers(0, 99),
)
def test_green_and_refused_are_those_of_the_definition_in_every_group(
    fast: bool, woods: list[tuple[int, int, int, int]], fields: list[tuple[int, int, int, int]],
    seed: int,
) -> None:  # fmt: skip
    plots, ground = rectangles(woods), rectangles(fields)
    rng = np.random.default_rng(seed)
    binds = rng.random((len(plots), 2)) < 0.6
    refusal = Refusal(ground, rng.integers(0, 2, len(ground)), binds)
    pieces = cell_pieces(
        CELLS, np.zeros(4, dtype=np.int64), plots, areas_m2(plots), refusal=refusal, fast=fast
    )
    group_of = rng.integers(0, 2, len(plots))
    for groups, of in ((1, np.zeros(len(plots), dtype=np.int64)), (2, group_of)):
        figures = cell_figures(pieces, of, groups)
        for group in range(groups):
            here, some = figures.group == group, of == group
            green_m2, refused_m2 = plain(plots[some], refusal._replace(binds=binds[some]))
            # Edges of half a kilometre: a vertex on one moves an area by some tenths of a m².
            assert figures.green_m2[here].sum() == pytest.approx(green_m2, rel=1e-5, abs=2)
            assert figures.refused_m2[here].sum() == pytest.approx(refused_m2, rel=1e-5, abs=2)
        overlap = figures.sum_m2 - figures.green_m2 - figures.refused_m2
        assert (figures.green_m2 >= 0).all()
        assert (figures.refused_m2 >= 0).all()
        assert (overlap >= -1e-9 * figures.sum_m2).all()


def test_nothing_refused_and_all_refused_are_exact() -> None:
    plots = rectangles([(0, 0, 9, 7), (2, 3, 5, 5), (3, 1, 4, 6)])
    for ground, share in (((20, 20, 1, 1), 0.0), ((-1, -1, 15, 15), 1.0)):
        refusal = Refusal(rectangles([ground]), np.array([0]), np.ones((3, 1), dtype=np.bool_))
        pieces = cell_pieces(
            CELLS, np.zeros(4, dtype=np.int64), plots, areas_m2(plots), refusal=refusal
        )
        figures = cell_figures(pieces, np.zeros(3, dtype=np.int64), 1)
        union_m2 = figures.green_m2 + figures.refused_m2
        np.testing.assert_array_equal(figures.refused_m2, share * union_m2)


def test_ground_of_a_plot_that_no_rule_binds_stays_green() -> None:
    plots = rectangles([(0, 0, 4, 4), (0, 0, 4, 4)])
    refusal = Refusal(rectangles([(0, 0, 5, 5)]), np.array([0]), np.array([[True], [False]]))
    pieces = cell_pieces(
        CELLS, np.zeros(4, dtype=np.int64), plots, areas_m2(plots), refusal=refusal
    )
    figures = cell_figures(pieces, np.zeros(2, dtype=np.int64), 1)
    own_m2 = areas_m2(plots)[0]
    assert figures.sum_m2.sum() == pytest.approx(2 * own_m2, rel=1e-12)
    assert figures.green_m2.sum() == pytest.approx(own_m2, rel=1e-9)
    assert figures.refused_m2.sum() == pytest.approx(0, abs=1e-3)


def test_a_shape_that_only_touches_refused_ground_is_refused_nothing() -> None:
    woods, field = rectangles([(0, 0, 2, 2)]), rectangles([(2, 0, 2, 2)])
    refusal = Refusal(field, np.array([0]), np.ones((1, 1), dtype=np.bool_))
    parts = refused_parts(woods, np.array([0]), refusal)
    assert (parts[0], refused_shares(woods, parts)[0]) == (None, 0.0)
