"""Polygons for the eye: thinned, rounded to the screen, packed as steps of whole numbers."""

from typing import Final, TypeAlias

import numpy as np
import shapely
from geopandas import GeoSeries
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis.display import thin
from gis.messages import Message
from maps.errors import MapError
from maps.html import Json
from maps.mercator import to_pixels
from maps.packing import pack, pack_signed

# Rounding to a quarter of a pixel moves a vertex by 0.18 pixels at most (half a diagonal step).
# Thinning may take 0.3; GEOS keeps topology at the price of its tolerance: 0.34 was seen for 0.3.
SUBPIXELS: Final = 4
MOST_MOVED_PX: Final = 0.5
_THIN_PX: Final = 0.2
_BORDER_MOVED_PX: Final = 0.3
_BORDER_TOLERANCES: Final = (0.5, 0.35, 0.25, 0.18, 0.12, 0.08)
_ZOOMS: Final = range(17, 7, -1)
_SAMPLE: Final = 2_000

_POLYGONAL: Final = (3, 6)
_COLLECTION: Final = 7
Shapes: TypeAlias = NDArray[np.object_]


def drawable(geometries: Shapes) -> Shapes:
    """Only polygons, in two dimensions; None for whatever has no ground to draw.

    Raises
    ------
    MapError
        ``not_degrees``: a coordinate is not a longitude and latitude.
    """
    flat = np.array(shapely.force_2d(np.asarray(geometries, dtype=object)), dtype=object)
    kinds = shapely.get_type_id(flat)
    for i in np.flatnonzero(kinds == _COLLECTION):
        flat[i] = _polygons_of(flat[i])
    flat[~np.isin(shapely.get_type_id(flat), _POLYGONAL) | shapely.is_empty(flat)] = None
    coordinates = shapely.get_coordinates(flat)
    if coordinates.size and not (np.abs(coordinates) <= (180, 90)).all():
        raise MapError(
            "not_degrees",
            Message(
                "坐标不是经纬度（度），请先转换到 CGCS2000 经纬度。",
                "Coordinates are not degrees: transform the frame to longitude and latitude first.",
            ),
        )
    return flat


def shape_block(pixels: Shapes, zoom: int) -> dict[str, Json]:
    """Pack polygons that :func:`thin_pixels` made.

    Parameters
    ----------
    pixels
        Polygons, multipolygons or None, in pixels at ``zoom``.
    """
    # One empty multipolygon more: the answer has three levels and exists, whatever comes in.
    whole = np.array([*pixels, None], dtype=object)
    whole[shapely.is_missing(whole)] = shapely.MultiPolygon()
    _kind, points, (rings_at, polygons_at, features_at) = shapely.to_ragged_array(whole)
    grid = np.rint(points * SUBPIXELS).astype(np.int64)
    distinct, ring_sizes = _without_repeats(grid, np.asarray(rings_at))
    steps = np.diff(distinct, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    return {
        "zoom": zoom,
        "subpixels": SUBPIXELS,
        "count": len(pixels),
        "polygons": pack(np.diff(features_at)[:-1]),
        "rings": pack(np.diff(polygons_at)),
        "points": pack(ring_sizes),
        "xy": pack_signed(steps),
    }


def thin_pixels(lonlat: Shapes, zoom: int, *, neighbours: bool) -> Shapes:
    """Polygons in pixels at ``zoom``, without the vertices that nobody sees there.

    Parameters
    ----------
    lonlat
        What :func:`drawable` gave.
    neighbours
        True for districts, whose shared borders stay shared.
    """
    pixels = to_pixels(lonlat, zoom)
    if not neighbours:
        return thin(pixels, _THIN_PX, neighbours=False)
    # Visvalingam's tolerance is an area: a narrow spike may lose more than that in length.
    for tolerance in _BORDER_TOLERANCES:
        thinned = thin(pixels, tolerance, neighbours=True)
        if _moved_px(pixels, thinned) <= _BORDER_MOVED_PX:
            return thinned
    return pixels


def deepest_zoom(lonlat: Shapes, letters: int) -> int:
    """The deepest zoom at which the packed shapes take about that many letters at most."""
    step = max(1, len(lonlat) // _SAMPLE)
    for zoom in _ZOOMS:
        sample = shape_block(thin_pixels(lonlat[::step], zoom, neighbours=False), zoom)
        if len(str(sample["xy"])) * step <= letters:
            return zoom
    return _ZOOMS[-1]


def label_points(pixels: Shapes) -> dict[str, Json]:
    """A point inside the largest part of each polygon, for its name; 0, 0 where there is none."""
    points = np.rint([_label_point(polygon) for polygon in pixels]).astype(np.int64).reshape(-1, 2)
    return {"label_x": pack_signed(points[:, 0]), "label_y": pack_signed(points[:, 1])}


def nearby_order(lonlat: Shapes) -> NDArray[np.int64]:
    """An order in which neighbours follow each other, so that steps are short.

    Along the Hilbert curve of the centres; what cannot be drawn comes last.
    """
    there = np.flatnonzero(~shapely.is_missing(lonlat))
    bounds = shapely.bounds(lonlat[there])
    centres = GeoSeries(shapely.points(bounds[:, :2] / 2 + bounds[:, 2:] / 2))
    along = centres.hilbert_distance().to_numpy() if len(there) else np.zeros(0)
    order = there[np.argsort(along, kind="stable")]
    return np.concatenate([order, np.flatnonzero(shapely.is_missing(lonlat))])


def _polygons_of(collection: BaseGeometry) -> BaseGeometry:
    parts = shapely.get_parts(collection)
    return shapely.union_all(parts[np.isin(shapely.get_type_id(parts), _POLYGONAL)])


def _without_repeats(
    grid: NDArray[np.int64], rings_at: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Points without those equal to the one before in their ring, and without the closing one."""
    ring_of = np.repeat(np.arange(len(rings_at) - 1), np.diff(rings_at))
    differs = np.ones(len(grid), dtype=bool)
    differs[1:] = (grid[1:] != grid[:-1]).any(axis=1) | (ring_of[1:] != ring_of[:-1])
    # A ring that shrank to one place keeps its first point: it is drawn as a dot.
    last = rings_at[1:] - 1
    differs[last[last > rings_at[:-1]]] = False
    return grid[differs], np.bincount(ring_of[differs], minlength=len(rings_at) - 1)


def _moved_px(before: Shapes, after: Shapes) -> float:
    """How far the farthest vertex that went lies from the lines that stayed, in pixels."""
    old, new = shapely.get_coordinates(before), shapely.get_coordinates(after)
    gone = old[~np.isin(old.view(np.complex128).ravel(), new.view(np.complex128).ravel())]
    if not len(gone):
        return 0.0
    # get_rings passes over multipolygons in silence: their parts are asked.
    rings = shapely.get_rings(shapely.get_parts(after[~shapely.is_missing(after)]))
    points, ring_of = shapely.get_coordinates(rings, return_index=True)
    steps = np.stack([points[:-1], points[1:]], axis=1)[ring_of[1:] == ring_of[:-1]]
    lines = shapely.STRtree(shapely.linestrings(steps))
    _, distances = lines.query_nearest(
        shapely.points(gone), return_distance=True, all_matches=False
    )
    return float(distances.max())


def _label_point(polygon: BaseGeometry | None) -> tuple[float, float]:
    if polygon is None or polygon.is_empty:
        return 0.0, 0.0
    largest = max(shapely.get_parts(polygon), key=lambda part: part.area)
    middle = largest.centroid
    inside = middle if largest.contains(middle) else largest.point_on_surface()
    return inside.x, inside.y
