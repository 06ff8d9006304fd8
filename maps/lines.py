"""Lines for the eye: thinned, rounded to the screen, packed as steps of whole numbers."""

from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.messages import Message
from maps.errors import MapError
from maps.html import Json
from maps.mercator import to_pixels
from maps.packing import pack, pack_signed
from maps.shapes import SUBPIXELS, Shapes

_THIN_PX: Final = 0.3
_LINEAL: Final = (1, 5)
_ZOOMS: Final = range(17, 11, -1)


def drawable_lines(geometries: Shapes) -> Shapes:
    """Only lines, in two dimensions, as multilines; None for whatever has no way to draw.

    Raises
    ------
    MapError
        ``not_degrees``: a coordinate is not a longitude and latitude.
    """
    flat = np.array(shapely.force_2d(np.asarray(geometries, dtype=object)), dtype=object)
    flat[~np.isin(shapely.get_type_id(flat), _LINEAL) | shapely.is_empty(flat)] = None
    coordinates = shapely.get_coordinates(flat)
    if coordinates.size and not (np.abs(coordinates) <= (180, 90)).all():
        raise MapError(
            "not_degrees",
            Message(
                "轨迹坐标不是经纬度（度），请先转换到 CGCS2000 经纬度。",
                "Coordinates of a track are not degrees: transform the frame first.",
            ),
        )
    for row in np.flatnonzero(shapely.get_type_id(flat) == _LINEAL[0]):
        flat[row] = shapely.MultiLineString([flat[row]])
    return flat


def lines_block(lonlat: Shapes, zoom: int) -> dict[str, Json]:
    """Pack multilines in pixels at ``zoom``: each has parts, each part has points.

    Parameters
    ----------
    lonlat
        What :func:`drawable_lines` gave.
    """
    pixels = shapely.simplify(to_pixels(lonlat, zoom), _THIN_PX, preserve_topology=False)
    # One empty multiline more: the answer has both levels and exists, whatever comes in.
    whole = np.array([*pixels, None], dtype=object)
    whole[shapely.is_missing(whole)] = shapely.MultiLineString()
    _kind, points, (parts_at, lines_at) = shapely.to_ragged_array(whole)
    grid = np.rint(points * SUBPIXELS).astype(np.int64)
    distinct, sizes = _without_repeats(grid, np.asarray(parts_at))
    steps = np.diff(distinct, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    return {
        "zoom": zoom,
        "subpixels": SUBPIXELS,
        "count": len(lonlat),
        "parts": pack(np.diff(lines_at)[:-1]),
        "points": pack(sizes),
        "xy": pack_signed(steps),
    }


def deepest_line_zoom(lonlat: Shapes, letters: int) -> int:
    """The deepest zoom at which the packed lines take about that many letters at most."""
    for zoom in _ZOOMS:
        if len(str(lines_block(lonlat, zoom)["xy"])) <= letters:
            return zoom
    return _ZOOMS[-1]


def _without_repeats(
    grid: NDArray[np.int64], parts_at: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Points without those equal to the one before in their part."""
    part_of = np.repeat(np.arange(len(parts_at) - 1), np.diff(parts_at))
    differs = np.ones(len(grid), dtype=bool)
    differs[1:] = (grid[1:] != grid[:-1]).any(axis=1) | (part_of[1:] != part_of[:-1])
    return grid[differs], np.bincount(part_of[differs], minlength=len(parts_at) - 1)
