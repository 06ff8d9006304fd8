"""Ground that outlines of many vertices share: exact, and never slower than they are long."""

from collections.abc import Callable

import numpy as np
import pytest
import shapely
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from gis.errors import GeometryError
from gis.shared_area import (
    meeting_positions,
    refuse_costly_border,
    refuse_costly_cut,
    shared_area_deg2,
)
from gis.topology import clip, merge, split, subtract
from tests.growth import assert_grows_as_its_input


def county(lon: float = 125.5, lat: float = 43.5, vertices: int = 3_000) -> Polygon:
    angle = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
    radius = 0.4 * (1 + 0.15 * np.sin(5 * angle) + 0.02 * np.sin(200 * angle))
    return Polygon(
        np.column_stack([lon + 1.3 * radius * np.cos(angle), lat + radius * np.sin(angle)])
    )


def comb(teeth: int, *, turned: bool = False) -> BaseGeometry:
    """A valid comb whose teeth are 0.6° long and run across the border of the county."""
    west = 125.3 + np.arange(teeth) * 0.3 / teeth
    up = np.column_stack([west, np.full(teeth, 43.7)])
    down = np.column_stack([west + 0.15 / teeth, np.full(teeth, 44.3)])
    at = np.stack([up, down], axis=1).reshape(-1, 2)
    whole = Polygon([*at, (125.6, 43.7), (125.6, 43.69), (125.3, 43.69)])
    if not turned:
        return whole
    return shapely.transform(whole, lambda xy: xy[:, ::-1] - (43.7 - 125.3, 125.3 - 43.7))


@pytest.mark.parametrize("turned", [False, True])
def test_of_a_comb_as_much_is_shared_as_geos_cuts_out(turned: bool) -> None:
    plot, border = comb(500, turned=turned), county()
    assert shared_area_deg2(plot, border) == pytest.approx(
        shapely.intersection(plot, border).area, rel=1e-12
    )


def test_holes_and_parts_share_no_more_than_their_ground() -> None:
    border = county().difference(shapely.box(125.4, 43.4, 125.6, 43.6))
    plot = shapely.union(
        shapely.Point(125.5, 43.5).buffer(0.2).difference(shapely.Point(125.5, 43.5).buffer(0.05)),
        shapely.Point(125.95, 43.5).buffer(0.1),
    )
    assert shared_area_deg2(plot, border) == pytest.approx(
        shapely.intersection(plot, border).area, rel=1e-12
    )


def test_the_work_of_a_share_grows_as_the_outline() -> None:
    border = county()
    assert_grows_as_its_input(lambda plot: shared_area_deg2(plot, border), comb, n=11_000)


def test_the_work_of_looking_up_neighbours_grows_as_the_outline() -> None:
    plots = np.array(
        [
            shapely.box(west, south, west + 0.002, south + 0.002)
            for west in np.arange(125.25, 125.65, 0.02)
            for south in np.arange(43.68, 44.35, 0.02)
        ]
    )
    assert_grows_as_its_input(lambda plot: meeting_positions(plot, plots), comb, n=11_000)


@pytest.mark.parametrize("turned", [False, True])
def test_the_same_plots_meet_a_comb_as_geos_says(turned: bool) -> None:
    plot = comb(40, turned=turned)
    others = np.array(
        [
            shapely.box(west, south, west + 0.001, south + 0.001)
            for west in np.arange(125.2, 126.0, 0.0123)
            for south in np.arange(43.6, 44.4, 0.0123)
        ]
    )
    assert meeting_positions(plot, others).tolist() == (
        np.flatnonzero(shapely.intersects(plot, others)).tolist()
    )


CROSSED = shapely.transform(comb(1_000, turned=True), lambda xy: xy - (0.0, -0.2))
CUTS: dict[str, Callable[[], object]] = {
    "clip": lambda: clip(comb(1_000), CROSSED),
    "subtract": lambda: subtract(comb(1_000), [CROSSED]),
    "merge": lambda: merge([comb(1_000), CROSSED]),
    "split": lambda: split(comb(1_000), shapely.LineString(shapely.get_coordinates(CROSSED))),
}


@pytest.mark.parametrize("name", CUTS)
def test_two_combs_across_each_other_are_refused_before_they_are_cut(name: str) -> None:
    with pytest.raises(GeometryError) as refused:
        CUTS[name]()
    assert refused.value.code == "too_many_edges"
    assert "50000" in str(refused.value)


def test_a_long_outline_along_a_border_may_be_cut() -> None:
    border = county(vertices=16_000)
    refuse_costly_cut(border.intersection(shapely.box(125.5, 43, 127, 45)), [border])


def test_pairs_beyond_the_bound_are_refused_in_words() -> None:
    with pytest.raises(GeometryError) as refused:
        shared_area_deg2(comb(1_000), county(), max_edge_pairs=100)
    assert refused.value.code == "too_many_edges"
    assert "2003" in str(refused.value) or "2004" in str(refused.value)


def test_a_border_that_its_neighbour_follows_edge_by_edge_is_no_costly_one() -> None:
    border = county(vertices=100_000)
    refuse_costly_border(border, [border, border.intersection(shapely.box(125.5, 43, 127, 45))])
    with pytest.raises(GeometryError) as refused:
        refuse_costly_border(comb(1_000), [CROSSED])
    assert refused.value.code == "too_many_edges"
