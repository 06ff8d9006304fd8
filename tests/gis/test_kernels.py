"""The compiled paths equal the plain ones, on clean and on messy digitising."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from shapely import Polygon, box
from shapely.affinity import scale, translate
from shapely.geometry.base import BaseGeometry

from gis.coverage import union_figures
from gis.grid import on_grid
from gis.kernels import AVAILABLE, kernel
from gis.measure import area_m2
from gis.overlaps import overlapping
from gis.polygons import polygon_parts
from gis.topology import outline_bounds_m2
from tests.bench.landscape import landscape
from tests.gis import zoo
from tests.gis.shapes import stars

pytestmark = pytest.mark.skipif(not AVAILABLE, reason="the extra `fast` is not installed")

NEAR = st.floats(126.0, 126.02), st.floats(43.8, 43.82)
APART, MEET, UNSURE = 0, 1, 2


@st.composite
def messy(draw: st.DrawFn) -> list[BaseGeometry]:
    """Plots with everything that digitising brings: repeats, slivers, holes, common corners."""
    shapes: list[BaseGeometry] = list(draw(st.lists(stars(*NEAR, 5e-4, 0.01), min_size=1)))
    for name in draw(st.lists(st.sampled_from(sorted(CHANGES)), max_size=4)):
        changed = CHANGES[name](draw(st.sampled_from(shapes)))
        if changed.is_valid and not changed.is_empty:
            shapes.append(changed)
    snapped = on_grid(np.array(shapes, dtype=object))
    return [shape for shape in map(polygon_parts, snapped) if not shape.is_empty]


def with_hole(shape: BaseGeometry) -> BaseGeometry:
    return shape.difference(scale(shape, 0.3, 0.3, origin=shape.representative_point()))


def the_hole(shape: BaseGeometry) -> BaseGeometry:
    return scale(shape, 0.3, 0.3, origin=shape.representative_point())


def half(shape: BaseGeometry) -> BaseGeometry:
    west, south, east, north = shape.bounds
    cut = shape.intersection(box(west, south, (west + east) / 2, north))
    return cut if cut.geom_type in ("Polygon", "MultiPolygon") else Polygon()


CHANGES: dict[str, Callable[[BaseGeometry], BaseGeometry]] = {
    "again": lambda shape: shape,
    "turned": lambda shape: shape.reverse(),
    "beside": lambda shape: translate(shape, shape.bounds[2] - shape.bounds[0], 0),
    "nudged": lambda shape: translate(shape, 1e-9, 0),
    "inside": the_hole,
    "with hole": with_hole,
    "half": half,
    "rest": lambda shape: shape.difference(half(shape)),
    "with more vertices": lambda shape: shapely.segmentize(shape, 0.002),
    "two parts": lambda shape: shapely.union(shape, translate(shape, 0.03, 0)),
}


def pairs_of(number: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    pairs = list(itertools.permutations(range(number), 2))
    left, right = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    return left, right


def filtered(*shapes: BaseGeometry) -> list[int]:
    left, right = pairs_of(len(shapes))
    flat = kernel("flat").flattened(np.array(shapes, dtype=object))
    answers: list[int] = kernel("meeting").meetings(flat, left, right).tolist()
    return answers


@given(messy())
@settings(deadline=None, max_examples=80)
def test_the_filter_never_contradicts_geos(shapes: list[BaseGeometry]) -> None:
    left, right = pairs_of(len(shapes))
    array = np.array(shapes, dtype=object)
    truth = shapely.relate_pattern(array[left], array[right], "T********")
    answers = np.array(filtered(*shapes))
    assert not (truth & (answers == APART)).any()
    assert not (~truth & (answers == MEET)).any()


@pytest.mark.parametrize(
    ("one", "other", "answer"),
    [
        pytest.param(box(0, 0, 2, 2), box(1, 1, 3, 3), MEET, id="crossing"),
        pytest.param(box(0, 0, 1, 1), box(2, 0, 3, 1), APART, id="apart"),
        pytest.param(box(0, 0, 3, 3), box(1, 1, 2, 2), MEET, id="contained"),
        pytest.param(box(0, 0, 1, 1), box(1, 0, 2, 1), APART, id="shared edge"),
        pytest.param(box(0, 0, 1, 1), box(1, 1, 2, 2), APART, id="shared corner"),
        pytest.param(box(0, 0, 1, 1), box(0, 0, 1, 1), UNSURE, id="the same"),
        pytest.param(box(0, 0, 2, 2), box(2, 1, 3, 3), APART, id="boxes only touch"),
        pytest.param(
            zoo.ring((0, 0), (4, 0), (4, 4)), zoo.ring((2, 2), (0, 3), (0, 5)), UNSURE,
            id="corner on the other's edge",
        ),
    ],
)  # fmt: skip
def test_the_filter_decides_what_is_clear(
    one: BaseGeometry, other: BaseGeometry, answer: int
) -> None:
    assert filtered(one, other) == [answer, answer]


def test_the_filter_leaves_hardly_anything_to_geos() -> None:
    plots = landscape(3000, 40, seed=5).plots
    left, right = shapely.STRtree(plots).query(plots)
    once = left < right
    flat = kernel("flat").flattened(plots)
    answers = kernel("meeting").meetings(flat, left[once], right[once])
    assert (answers == UNSURE).mean() < 0.01


@given(messy())
@settings(deadline=None, max_examples=40)
def test_fast_overlaps_are_the_plain_ones(shapes: list[BaseGeometry]) -> None:
    array = np.array([*shapes, None, Polygon()], dtype=object)
    left, right, area = kernel("pairs").overlapping(array)
    order = np.lexsort((right, left))
    plain_left, plain_right, plain = overlapping(array)
    plain_order = np.lexsort((plain_right, plain_left))
    assert left[order].tolist() == plain_left[plain_order].tolist()
    assert right[order].tolist() == plain_right[plain_order].tolist()
    np.testing.assert_allclose(area[order], plain[plain_order], rtol=1e-7, atol=1e-3)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(box(0, 0, 0.02, 0.02), box(0.01, 0.01, 0.03, 0.03), id="crossing"),
        pytest.param(box(0, 0, 0.03, 0.03), box(0.01, 0.01, 0.02, 0.02), id="contained"),
        pytest.param(box(0, 0, 0.02, 0.01).reverse(), box(0.01, -0.01, 0.03, 0.02), id="turned"),
        pytest.param(zoo.square, zoo.square, id="the same"),
        pytest.param(zoo.square, zoo.square.reverse(), id="the same, turned"),
        pytest.param(zoo.two_parts, scale(zoo.two_parts, 0.9, 0.9), id="two parts"),
        pytest.param(zoo.with_hole, scale(zoo.with_hole, 1.1, 0.7), id="two with holes"),
        pytest.param(
            zoo.ring((0, 0), (0.01, 0), (0.01, 0.01), (0, 0.01)),
            zoo.ring((0.01, 0), (0.01, 0.01), (-0.01, 0.005)), id="an edge shared from one side",
        ),
        pytest.param(
            box(0, 0, 0.01, 0.01), zoo.ring((0, 0), (0.01, 0.01), (0.01, 0)), id="half of it",
        ),
    ],
)  # fmt: skip
def test_common_ground_is_added_up_without_drawing_it(
    one: BaseGeometry, other: BaseGeometry
) -> None:
    shapes = np.array([one, other], dtype=object)
    flat = kernel("flat").flattened(shapes)
    both = np.array([0, 1]), np.array([1, 0])
    added = kernel("intersection_area").intersection_areas_m2(flat, *both)
    drawn = area_m2(polygon_parts(one.intersection(other)))
    np.testing.assert_allclose(added, drawn, rtol=1e-8)


def test_common_ground_is_left_to_geos_where_an_edge_lies_along_another() -> None:
    flat = kernel("flat").flattened(np.array([box(0, 0, 2e-2, 2e-2), box(0, 1e-2, 1e-2, 3e-2)]))
    assert np.isnan(
        kernel("intersection_area").intersection_areas_m2(flat, np.array([0]), np.array([1]))
    ).all()


def test_parts_that_one_border_cut_share_what_geos_draws() -> None:
    """Both lie along the border, but for rounding: there their edges may cross anywhere."""
    draw = np.random.default_rng(1)
    pairs = []
    for _ in range(300):
        slope = draw.uniform(-0.02, 0.02)
        county = Polygon([(126, 43), (126.02, 43 + slope), (126.02, 42.9), (126, 42.9)])
        for west in draw.uniform(126.004, 126.006, 2):
            south = 43.0 + slope / 4 - draw.uniform(0.003, 0.004)
            wood = Polygon(
                [(west, south), (west + 0.004, south + 3e-4), (west + 0.004, 43.1), (west, 43.1)]
            )
            pairs.append(county.intersection(wood))
    left = np.array(pairs[::2], dtype=object)
    right = np.array(pairs[1::2], dtype=object)
    flat = kernel("flat").flattened(np.concatenate([left, right]))
    first = np.arange(len(left))
    added = kernel("intersection_area").intersection_areas_m2(flat, first, first + len(left))
    clear = ~np.isnan(added)
    assert clear.any()
    assert added[clear] == pytest.approx(
        kernel("pairs").intersection_m2(left, right)[clear], rel=1e-9
    )


def test_hardly_any_overlap_is_left_to_geos() -> None:
    plots = landscape(3000, 40, seed=5).plots
    flat = kernel("flat").flattened(plots)
    left, right, plain = overlapping(plots)
    added = kernel("intersection_area").intersection_areas_m2(flat, left, right)
    assert np.isnan(added).mean() < 0.01
    np.testing.assert_allclose(added[~np.isnan(added)], plain[~np.isnan(added)], atol=1e-4)


MIDDLE = ((126.011, 43.81),)
DISTRICTS = np.array(
    [
        zoo.ring((125.99, 43.79), (126.008, 43.79), *MIDDLE, (126.006, 43.84), (125.99, 43.84)),
        zoo.ring((126.008, 43.79), (126.05, 43.79), (126.05, 43.84), (126.006, 43.84), *MIDDLE),
        box(126.03, 43.81, 126.04, 43.82),  # lies on the second: figures are each district's own
        None,
    ],
    dtype=object,
)


def agree(districts: NDArray[np.object_], plots: NDArray[np.object_], groups: int) -> None:
    group_of = np.arange(len(plots)) % groups
    fast = kernel("coverage").union_figures(districts, plots, group_of, groups)
    plain = union_figures(districts, plots, group_of, groups)
    # Both cut, at other places: design rule 6.4.
    bound = outline_bounds_m2(plots).sum() + outline_bounds_m2(districts).max() * 1e-3 + 0.01
    assert fast.plot_count.tolist() == plain.plot_count.tolist()
    np.testing.assert_allclose(fast.sum_m2, plain.sum_m2, rtol=1e-7, atol=bound)
    np.testing.assert_allclose(fast.green_m2, plain.green_m2, rtol=1e-7, atol=bound)
    assert (fast.green_m2 <= fast.sum_m2).all()
    assert (fast.green_m2 >= 0).all()


@given(messy(), st.integers(1, 2))
@settings(deadline=None, max_examples=50)
@example([zoo.two_parts, zoo.with_hole, zoo.island_in_lake, zoo.dike], 1)
@example([zoo.square, zoo.square, zoo.square, zoo.with_hole], 1)
def test_fast_coverage_is_the_plain_one(shapes: list[BaseGeometry], groups: int) -> None:
    agree(DISTRICTS, np.array([*shapes, None, Polygon()], dtype=object), groups)


@pytest.mark.parametrize("seed", [1, 2])
def test_fast_coverage_is_the_plain_one_on_a_province(seed: int) -> None:
    districts, plots = landscape(2500, 12, seed=seed)
    agree(districts, plots, 1)
    agree(districts, plots, 3)


def test_fast_coverage_without_plots_or_districts_is_nothing() -> None:
    none = np.array([], dtype=object)
    agree(DISTRICTS, none, 1)
    assert kernel("coverage").union_figures(none, none, np.array([], int), 1).sum_m2.shape == (0, 1)


def test_a_plot_between_two_districts_is_told_from_one_at_the_coast() -> None:
    west, east = box(126.0, 43.8, 126.01, 43.83), box(126.01, 43.8, 126.02, 43.83)
    between, at_the_coast = box(126.005, 43.81, 126.015, 43.82), box(126.005, 43.82, 126.03, 43.825)
    corner = box(126.005, 43.825, 126.015, 43.84)
    agree(np.array([west, east]), np.array([between, at_the_coast, corner]), 1)
    agree(np.array([west, east, east]), np.array([between]), 1)


def test_stands_that_follow_a_district_border_are_not_beyond_it() -> None:
    districts, _plots = landscape(0, 12, seed=3)
    border = shapely.get_coordinates(districts[0])[5:40]
    inland = shapely.get_coordinates(shapely.centroid(districts[0]))
    outside = shapely.get_coordinates(shapely.centroid(districts[1]))
    stands = np.array([Polygon([*border, *inland]), Polygon([*border, *outside])], dtype=object)
    agree(districts, stands[shapely.is_valid(stands)], 1)


def test_two_districts_that_overlap_each_cover_their_own_ground() -> None:
    west, east = box(126.0, 43.8, 126.012, 43.83), box(126.01, 43.8, 126.02, 43.83)
    agree(np.array([west, east]), np.array([box(126.005, 43.81, 126.015, 43.82)]), 1)
