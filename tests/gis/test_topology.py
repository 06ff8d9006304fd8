"""Split, merge, clip, snap: exact in the plane, within the bound on the ellipsoid."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely
from geographiclib.geodesic import Geodesic
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiLineString, MultiPolygon, Polygon, box
from shapely.affinity import rotate, translate
from shapely.geometry.base import BaseGeometry

from gis.crs import INVERSE_FLATTENING, SEMI_MAJOR_M
from gis.errors import GeometryError
from gis.grid import on_grid
from gis.measure import area_m2, areas_m2
from gis.polygons import polygon_parts
from gis.topology import (
    clip,
    cut_bound_m2,
    cut_edges,
    edge_bound_m2,
    merge,
    snap,
    split,
    subtract,
)
from tests.gis import zoo
from tests.gis.counties import borders, counties, real_districts
from tests.gis.shapes import neighbours, stars

GEOGRAPHICLIB = Geodesic(SEMI_MAJOR_M, 1 / INVERSE_FLATTENING)
ACROSS = LineString([(126.003, 43.7), (126.003, 43.9)])


def quantised(shape: BaseGeometry) -> BaseGeometry:
    settled: BaseGeometry = on_grid(np.array([shape], dtype=object))[0]
    return settled


def is_on_grid(shape: BaseGeometry) -> bool:
    at = shapely.get_coordinates(shape)
    # GEOS divides by 1/1e-9 where numpy divides by 1e9: the last bit may differ.
    return bool(np.abs(at - at.round(9)).max(initial=0.0) < 1e-13)


def total_m2(shapes: Any) -> float:
    return float(areas_m2(np.array(list(shapes), dtype=object)).sum())


def planar(shapes: Any) -> float:
    return float(shapely.area(np.array(list(shapes), dtype=object)).sum())


# --- split ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shape", "pieces"),
    [
        pytest.param(zoo.square, 2, id="square"),
        pytest.param(zoo.clockwise, 2, id="clockwise"),
        pytest.param(zoo.with_hole, 2, id="through a hole"),
        pytest.param(zoo.two_parts, 2, id="one of two parts"),
        pytest.param(zoo.island_in_lake, 3, id="island in a lake"),
        pytest.param(zoo.with_height, 2, id="heights"),
    ],
)
def test_a_line_across_makes_the_pieces_it_should(shape: BaseGeometry, pieces: int) -> None:
    # The lake's island is cut too: one piece stays with the largest, both halves are faces.
    parts = [part for piece in split(shape, ACROSS) for part in piece.geoms]
    faces = len(parts) - sum(not part.intersects(ACROSS) for part in shapely.get_parts(shape))
    assert faces == (4 if pieces == 3 else pieces)


def test_parts_that_are_not_cut_stay_with_the_largest_piece() -> None:
    first, *_rest = split(zoo.two_parts, ACROSS)
    assert first.covers(box(126.02, 43.8, 126.03, 43.81))


def test_a_part_in_which_the_line_ends_stays_with_the_largest_piece() -> None:
    line = LineString([(125.9, 43.805), (126.025, 43.805)])
    pieces = split(zoo.two_parts, line)
    assert len(pieces) == 2
    assert pieces[0].covers(box(126.02, 43.8, 126.03, 43.81))


def test_a_hole_stays_a_hole() -> None:
    pieces = split(zoo.with_hole, LineString([(126.008, 43.7), (126.008, 43.9)]))
    assert [len(piece.geoms[0].interiors) for piece in pieces] == [1, 0]


def test_a_line_through_a_hole_opens_it() -> None:
    assert all(not part.interiors for piece in split(zoo.with_hole, ACROSS) for part in piece.geoms)


def test_the_largest_piece_comes_first() -> None:
    areas = [area_m2(piece) for piece in split(zoo.square, ACROSS)]
    assert areas == sorted(areas, reverse=True)


def test_a_crooked_line_cuts_off_every_bay_that_it_makes() -> None:
    wave = LineString([(125.9 + i * 0.002, 43.81 + 0.002 * (-1) ** i) for i in range(100)])
    assert len(split(zoo.square, wave)) > 3


def test_two_lines_at_once_cut_twice() -> None:
    both = MultiLineString([ACROSS, LineString([(126.007, 43.7), (126.007, 43.9)])])
    assert len(split(zoo.square, both)) == 3


@pytest.mark.parametrize(
    ("shape", "line", "code"),
    [
        pytest.param(None, ACROSS, "missing", id="no plot"),
        pytest.param(zoo.empty_polygon, ACROSS, "empty", id="empty plot"),
        pytest.param(zoo.line, ACROSS, "not_polygon", id="a line"),
        pytest.param(zoo.bow_tie, ACROSS, "self_intersection", id="bow tie"),
        pytest.param(zoo.swapped_axes, ACROSS, "out_of_range", id="inverted latitude"),
        pytest.param(zoo.not_a_number, ACROSS, "not_finite", id="nan"),
        pytest.param(zoo.square, None, "empty", id="no line"),
        pytest.param(zoo.square, LineString(), "empty", id="empty line"),
        pytest.param(zoo.square, zoo.point, "not_line", id="a point for a line"),
        pytest.param(
            zoo.square, LineString([(126, 43), (126, 99)]), "out_of_range", id="line off the globe"
        ),
        pytest.param(
            zoo.square, LineString([(125, 43), (125, 44)]), "line_cuts_nothing", id="beside it"
        ),
        pytest.param(
            zoo.square,
            LineString([(126.005, 43.7), (126.005, 43.805)]),
            "line_cuts_nothing",
            id="ends inside",
        ),
        pytest.param(
            zoo.square, LineString([(126.0, 43.7), (126.0, 43.9)]), "line_cuts_nothing", id="edge"
        ),
    ],
)
def test_what_cannot_be_cut_is_refused(
    shape: BaseGeometry | None, line: BaseGeometry | None, code: str
) -> None:
    with pytest.raises(GeometryError) as refused:
        split(shape, line)
    assert refused.value.code == code


@st.composite
def cuts(draw: st.DrawFn) -> tuple[Polygon, LineString]:
    """A plot and a line through its middle."""
    plot = draw(stars(min_deg=1e-3))
    middle, turn = plot.centroid, draw(st.floats(0.0, 180.0))
    line = LineString([(middle.x - 0.1, middle.y), (middle.x + 0.1, middle.y)])
    return plot, rotate(line, turn, origin=(middle.x, middle.y))


@settings(max_examples=50)
@given(cuts())
def test_pieces_cover_the_plot_and_do_not_overlap(cut: tuple[Polygon, LineString]) -> None:
    plot, line = quantised(cut[0]), cut[1]
    pieces = split(plot, line)
    whole = merge(pieces)
    assert planar(pieces) == pytest.approx(whole.area, rel=1e-12)
    # A cut vertex is rounded once when it is cut and once when it is joined, by a diagonal of
    # half the grid each, and at a sharp tip the outline gives way by as much again.
    assert shapely.hausdorff_distance(shapely.boundary(whole), shapely.boundary(plot)) < 3e-9


@settings(max_examples=50)
@given(cuts())
def test_areas_of_pieces_add_up_within_the_bound(cut: tuple[Polygon, LineString]) -> None:
    plot = quantised(cut[0])
    pieces = split(plot, cut[1])
    assert abs(total_m2(pieces) - area_m2(plot)) <= cut_bound_m2([plot], pieces)


@settings(max_examples=50)
@given(cuts())
def test_pieces_share_every_vertex_of_the_cut(cut: tuple[Polygon, LineString]) -> None:
    pieces = np.array([part for piece in split(*cut) for part in piece.geoms], dtype=object)
    assert shapely.coverage_is_valid(pieces)


@settings(max_examples=50)
@given(cuts())
def test_pieces_lie_on_the_grid(cut: tuple[Polygon, LineString]) -> None:
    assert all(is_on_grid(piece) and piece.is_valid for piece in split(*cut))


# --- the bound -----------------------------------------------------------------------------


def triangle_m2(edge: Any, share: float) -> float:
    """Area between a geodesic and the way over a point of the edge that is straight in degrees."""
    (lon_a, lat_a), (lon_b, lat_b) = edge
    outline = GEOGRAPHICLIB.Polygon()
    outline.AddPoint(lat_a, lon_a)
    outline.AddPoint(lat_a + share * (lat_b - lat_a), lon_a + share * (lon_b - lon_a))
    outline.AddPoint(lat_b, lon_b)
    return abs(float(outline.Compute(reverse=False, sign=True)[2]))


EDGES = st.tuples(
    st.floats(74, 134), st.floats(16, 53), st.floats(-0.05, 0.05), st.floats(-0.05, 0.05)
)


@given(EDGES, st.floats(0.01, 0.99))
def test_a_vertex_on_an_edge_moves_the_area_no_more_than_the_bound(edge: Any, share: float) -> None:
    lon, lat, dx, dy = edge
    ends = np.array([[[lon, lat], [lon + dx, lat + dy]]])
    assert triangle_m2(ends[0], share) <= edge_bound_m2(ends)


def test_the_bound_is_no_looser_than_three_times_what_happens() -> None:
    ends = np.array([[[126.0, 45.0], [126.05, 45.0]]])
    assert edge_bound_m2(ends) < 3 * triangle_m2(ends[0], 0.5)


def test_without_a_cut_edge_the_bound_is_the_rounding() -> None:
    assert edge_bound_m2(np.empty((0, 2, 2))) == 0.001


def test_edges_that_only_meet_at_their_ends_are_not_cut() -> None:
    assert len(cut_edges([zoo.square], [zoo.square])) == 0


def test_an_edge_that_got_a_vertex_is_found_once() -> None:
    pieces = split(zoo.square, ACROSS)
    assert len(cut_edges([zoo.square], pieces)) == 2


# --- merge, clip, subtract -----------------------------------------------------------------


def test_merging_neighbours_makes_one_plot() -> None:
    pair = merge([zoo.square, translate(zoo.square, 0.01)])
    assert (len(pair.geoms), pair.bounds) == (1, (126.0, 43.8, 126.02, 43.81))


def test_merging_plots_apart_keeps_both_parts() -> None:
    assert len(merge([zoo.square, translate(zoo.square, 0.05)]).geoms) == 2


def test_merging_counts_shared_ground_once() -> None:
    assert area_m2(merge([zoo.square, zoo.square])) == pytest.approx(area_m2(zoo.square), rel=1e-9)


def test_merging_nothing_is_refused() -> None:
    with pytest.raises(GeometryError) as refused:
        merge([])
    assert refused.value.code == "empty"


def test_clipping_by_a_neighbour_that_only_touches_leaves_nothing() -> None:
    assert clip(zoo.square, translate(zoo.square, 0.01)) == MultiPolygon()


def test_subtracting_nothing_leaves_the_plot() -> None:
    assert subtract(zoo.square, []).equals(zoo.square)


def test_subtracting_all_of_a_plot_leaves_nothing() -> None:
    assert subtract(zoo.square, [zoo.county]) == MultiPolygon()


@settings(max_examples=40)
@given(neighbours(3))
def test_two_plots_are_their_union_and_their_intersection(plots: list[Polygon]) -> None:
    first, second = (quantised(plot) for plot in (plots[0], plots[-1]))
    both, shared = merge([first, second]), clip(first, second)
    planar_whole = first.area + second.area
    assert both.area + shared.area == pytest.approx(planar_whole, rel=1e-6, abs=1e-13)
    after = [both, *([] if shared.is_empty else [shared])]
    bound = cut_bound_m2([first, second], after)
    assert abs(total_m2([first, second]) - total_m2(after)) <= bound


@settings(max_examples=40)
@given(neighbours(3))
def test_a_plot_is_what_it_shares_and_what_it_adds(plots: list[Polygon]) -> None:
    plot, others = quantised(plots[0]), [quantised(other) for other in plots[1:]]
    alone = subtract(plot, others)
    shared = clip(plot, merge(others)) if others else MultiPolygon()
    pieces = [piece for piece in (alone, shared) if not piece.is_empty]
    assert abs(total_m2(pieces) - area_m2(plot)) <= cut_bound_m2([plot], pieces)


@settings(max_examples=40)
@given(neighbours(4))
def test_what_comes_out_is_valid_and_on_the_grid(plots: list[Polygon]) -> None:
    for shape in (merge(plots), clip(plots[0], plots[-1]), subtract(plots[0], plots[1:])):
        assert (shape.is_valid, is_on_grid(shape)) == (True, True)


@settings(max_examples=40)
@given(neighbours(4))
def test_a_union_is_never_more_than_the_sum(plots: list[Polygon]) -> None:
    assert area_m2(merge(plots)) <= total_m2(plots) * (1 + 1e-6)


# --- snap ----------------------------------------------------------------------------------

NEIGHBOUR = box(126.0, 43.8, 126.01, 43.81)


@pytest.mark.parametrize("off_m", [-0.8, -0.3, 0.3, 0.8])
def test_an_outline_that_nearly_meets_its_neighbour_meets_it(off_m: float) -> None:
    drawn = box(126.01 + off_m / 80_000, 43.8, 126.02, 43.81)
    snapped = snap(drawn, [NEIGHBOUR], 1.0)
    assert shapely.coverage_is_valid(np.array([*snapped.geoms, NEIGHBOUR], dtype=object))


def test_a_crooked_border_is_taken_over_vertex_by_vertex() -> None:
    west, east = split(box(126.0, 43.8, 126.02, 43.81), wavy_line())
    drawn = shapely.transform(east, lambda at: at + 2e-6 * np.sin(at * 1e7))
    snapped = snap(drawn, [west], 1.0)
    assert shapely.coverage_is_valid(np.array([*snapped.geoms, *west.geoms], dtype=object))


def wavy_line() -> LineString:
    along = np.linspace(43.79, 43.82, 30)
    return LineString(np.column_stack([126.0101 + 5e-4 * np.sin(along * 2000), along]))


def test_own_vertices_along_a_straight_border_are_dropped() -> None:
    drawn = Polygon(
        [
            (126.010003, 43.8),
            (126.02, 43.8),
            (126.02, 43.81),
            (126.010003, 43.81),
            (126.010002, 43.807),
            (126.009998, 43.803),
        ]
    )
    snapped = snap(drawn, [NEIGHBOUR], 1.0)
    assert shapely.coverage_is_valid(np.array([*snapped.geoms, NEIGHBOUR], dtype=object))


def test_a_plot_that_ends_in_the_middle_of_a_border_meets_it_to_the_grid() -> None:
    drawn = box(126.010004, 43.803, 126.02, 43.807)
    snapped = snap(drawn, [NEIGHBOUR], 1.0)
    assert snapped.bounds == pytest.approx((126.01, 43.803, 126.02, 43.807), abs=1e-9)
    assert polygon_parts(snapped.intersection(NEIGHBOUR)).area < 1e-13


def test_the_neighbours_vertices_in_the_middle_of_an_edge_are_taken_up() -> None:
    bent = Polygon(
        [(126.0, 43.8), (126.01, 43.8), (126.010001, 43.805), (126.01, 43.81), (126, 43.81)]
    )
    snapped = snap(box(126.01, 43.8, 126.02, 43.81), [bent], 1.0)
    assert shapely.coverage_is_valid(np.array([*snapped.geoms, bent], dtype=object))


def test_a_neighbour_out_of_reach_changes_nothing() -> None:
    far = translate(zoo.square, 0.0101)
    assert snap(zoo.square, [far], 1.0).equals(zoo.square)


def test_without_neighbours_nothing_is_snapped() -> None:
    assert snap(zoo.square, [], 1.0).equals(zoo.square)


@pytest.mark.parametrize("tolerance", [0.0, -1.0, float("nan"), float("inf")])
def test_a_tolerance_that_is_none_is_refused(tolerance: float) -> None:
    with pytest.raises(GeometryError) as refused:
        snap(zoo.square, [NEIGHBOUR], tolerance)
    assert refused.value.code == "bad_tolerance"


def test_snapping_that_breaks_the_outline_is_refused_with_its_reason() -> None:
    comb = Polygon(
        [
            (126.0, 43.8),
            (126.01, 43.8),
            (126.01, 43.81),
            (126.008, 43.81),
            (126.008, 43.802),
            (126.002, 43.802),
            (126.002, 43.81),
            (126.0, 43.81),
        ]
    )
    with pytest.raises(GeometryError) as refused:
        snap(comb, [box(126.004, 43.8005, 126.0045, 43.815)], 500.0)
    assert refused.value.code == "snap_breaks"


def room_deg(shapes: list[MultiPolygon]) -> float:
    """How near a vertex of the outlines comes to another vertex, or to an edge not its own."""
    vertices = shapely.points(np.unique(shapely.get_coordinates(shapes), axis=0))
    rings = [
        shapely.get_coordinates(outline) for outline in shapely.get_rings(shapely.get_parts(shapes))
    ]
    edges = np.concatenate([np.stack([ring[:-1], ring[1:]], axis=1) for ring in rings])
    away = shapely.distance(
        np.asarray(vertices)[:, None], np.asarray(shapely.linestrings(edges))[None, :]
    )
    return float(away[away > 1e-8].min())


@settings(max_examples=40)
@given(cuts(), st.floats(-0.4, 0.4), st.floats(-0.4, 0.4))
def test_a_piece_that_was_moved_a_little_comes_back_to_its_neighbour(
    cut: tuple[Polygon, LineString], east_m: float, north_m: float
) -> None:
    first, second, *_rest = split(*cut)
    assume(
        room_deg([first, second]) > 4e-5
    )  # what is nearer than the tolerance cannot be told apart
    moved = translate(second, east_m / 80_000, north_m / 111_000)
    snapped = snap(moved, [first], 1.0)
    gap = abs(area_m2(merge([first, snapped])) - total_m2([first, snapped]))
    assert gap <= cut_bound_m2([first, snapped], [merge([first, snapped])]) + 0.01


# --- districts of the tests ----------------------------------------------------------------


def test_invented_counties_fit_vertex_by_vertex() -> None:
    assert shapely.coverage_is_valid(counties().geometry.to_numpy())
    assert len(borders()) == 6


def test_the_real_districts_fit_vertex_by_vertex() -> None:
    for _city, place in real_districts().groupby("city_name"):
        assert shapely.coverage_is_valid(place.geometry.to_numpy())
