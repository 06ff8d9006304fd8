"""What is drawn lies within half a pixel of what is true."""

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pytest
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray

from maps.errors import MapError
from maps.mercator import to_pixels
from maps.shapes import (
    MOST_MOVED_PX,
    SUBPIXELS,
    deepest_zoom,
    drawable,
    nearby_order,
    shape_block,
    thin_pixels,
)
from tests.maps.reading import unpacked


def drawn(block: Mapping[str, object]) -> NDArray[np.float64]:
    """Points of a block in pixels of its zoom."""
    signed = [-(n + 1) // 2 if n % 2 else n // 2 for n in unpacked(str(block["xy"]))]
    points: NDArray[np.float64] = np.cumsum(np.reshape(signed, (-1, 2)), axis=0) / SUBPIXELS
    return points


@pytest.mark.parametrize("zoom", [8, 11, 14])
def test_plots_move_by_less_than_half_a_pixel(plots: GeoDataFrame, zoom: int) -> None:
    true = drawable(plots.geometry.to_numpy()[:300])
    for shape in true:
        pixels = to_pixels(np.array([shape]), zoom)
        points = drawn(shape_block(thin_pixels(np.array([shape]), zoom, neighbours=False), zoom))
        ring = shapely.linearrings(points) if len(points) > 2 else shapely.points(points[0])
        assert shapely.hausdorff_distance(pixels[0].exterior, ring) <= MOST_MOVED_PX


@pytest.mark.parametrize("zoom", [5, 8, 11])
def test_borders_move_by_less_than_half_a_pixel(counties: GeoDataFrame, zoom: int) -> None:
    # As stored, every district is a multipolygon.
    true = drawable(shapely.multipolygons(counties.geometry.to_numpy()[:, None]))
    pixels = shapely.get_coordinates(to_pixels(true, zoom))
    thinned = thin_pixels(true, zoom, neighbours=True)
    lines = shapely.union_all(shapely.boundary(np.array([thinned]).ravel()))
    assert shapely.distance(shapely.points(pixels), lines).max() <= MOST_MOVED_PX


def test_neighbours_share_every_point_of_their_border(counties: GeoDataFrame) -> None:
    thinned = thin_pixels(drawable(counties.geometry.to_numpy()), 4, neighbours=True)
    assert shapely.coverage_is_valid(thinned)
    assert (
        shapely.get_num_coordinates(thinned).sum()
        < 0.7 * shapely.get_num_coordinates(counties.geometry.to_numpy()).sum()
    )


def test_a_hole_and_a_second_part_are_kept() -> None:
    inner = [(0.4, 0.4), (0.6, 0.4), (0.6, 0.6), (0.4, 0.6)]
    ring = shapely.Polygon([(0, 0), (1, 0), (1, 1), (0, 1)], [inner])
    both = shapely.MultiPolygon([ring, shapely.box(2, 0, 3, 1)])
    block = shape_block(thin_pixels(drawable(np.array([both])), 8, neighbours=False), 8)
    assert unpacked(str(block["polygons"])) == [2]
    assert unpacked(str(block["rings"])) == [2, 1]
    assert unpacked(str(block["points"])) == [4, 4, 4]


def test_what_has_no_ground_keeps_its_place() -> None:
    mixed = np.array([None, shapely.Point(1, 1), shapely.Polygon(), shapely.box(0, 0, 1, 1)])
    block = shape_block(thin_pixels(drawable(mixed), 8, neighbours=False), 8)
    assert unpacked(str(block["polygons"])) == [0, 0, 0, 1]


def test_nothing_at_all_can_be_packed() -> None:
    assert shape_block(np.array([], dtype=object), 8)["xy"] == ""


def test_a_plot_smaller_than_a_pixel_stays_a_dot() -> None:
    dust = drawable(np.array([shapely.box(100, 30, 100.000001, 30.000001)]))
    assert len(drawn(shape_block(thin_pixels(dust, 8, neighbours=False), 8))) >= 1


def test_a_collection_gives_its_polygons() -> None:
    mixed = shapely.GeometryCollection([shapely.Point(0, 0), shapely.box(0, 0, 1, 1)])
    assert drawable(np.array([mixed]))[0].equals(shapely.box(0, 0, 1, 1))


def test_heights_are_left_out() -> None:
    flat = drawable(np.array([shapely.force_3d(shapely.box(0, 0, 1, 1), 5.0)]))
    assert not shapely.has_z(flat).any()


@pytest.mark.parametrize("at", [500_000.0, float("nan"), float("inf")])
def test_metres_and_non_numbers_are_refused(at: float) -> None:
    moved = shapely.transform(shapely.box(0, 0, 1, 2), lambda xy: np.where(xy == 2, at, xy))
    with pytest.raises(MapError) as refused:
        drawable(np.array([moved]))
    assert refused.value.code == "not_degrees"


def test_more_plots_get_a_shallower_zoom(plots: GeoDataFrame) -> None:
    shapes = drawable(plots.geometry.to_numpy())
    assert deepest_zoom(shapes, 200_000) < deepest_zoom(shapes, 2_000_000)


def test_neighbours_follow_each_other() -> None:
    line = np.array([shapely.box(x, 0, x + 0.1, 0.1) for x in (3, 1, 2, 0)] + [None])
    order = nearby_order(line).tolist()
    assert order[-1] == 4
    assert order[:-1] in ([3, 1, 2, 0], [0, 2, 1, 3])


def test_bowties_are_drawn_as_they_are() -> None:
    bowtie = gpd.GeoSeries.from_wkt(["POLYGON((0 0, 1 1, 1 0, 0 1, 0 0))"]).to_numpy()
    block = shape_block(thin_pixels(drawable(bowtie), 10, neighbours=False), 10)
    assert unpacked(str(block["points"])) == [4]
