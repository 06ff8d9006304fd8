"""Whether coordinates are on the globe and rings are valid: checked before anything is measured."""

from __future__ import annotations

import re
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis.errors import InvalidShapeError, OutOfRangeError, Position
from gis.messages import Message

_PLACE: Final = re.compile(r"^(?P<what>[^\[]+)(\[(?P<lon>\S+) (?P<lat>\S+)\])?")

# GEOS' reason -> our code and Chinese words. GEOS may add reasons: see `_invalid`.
REASONS: Final[dict[str, tuple[str, str]]] = {
    "Self-intersection": ("self_intersection", "边界自相交"),
    "Ring Self-intersection": ("ring_self_intersection", "边界在一点与自身相接"),
    "Hole lies outside shell": ("hole_outside", "内环在外环之外"),
    "Holes are nested": ("nested_holes", "内环套内环"),
    "Nested shells": ("nested_shells", "部分面套在另一部分之内"),
    "Duplicate Rings": ("duplicate_rings", "有重复的环"),
    "Interior is disconnected": ("interior_disconnected", "内部被内环割断"),
    "Too few points in geometry component": ("too_few_points", "环的顶点不足"),
    "Invalid Coordinate": ("not_finite", "坐标不是有限数"),
}


def check_range(geometry: BaseGeometry) -> None:
    """Refuse positions that are no longitudes and latitudes; see `as_multipolygon`.

    Examples
    --------
    >>> from shapely import box
    >>> check_range(box(126.0, 43.8, 126.1, 43.9))
    """
    positions = shapely.get_coordinates(geometry)
    check_positions(positions)
    if len(positions) and np.ptp(positions[:, 0]) >= 180.0:
        raise OutOfRangeError(
            Message(
                "东西跨度达到 180° 或以上，无法判断绕地球哪一侧；请分成几块。",
                "The shape is 180° wide or more, so its side of the globe is unclear; cut it up.",
            ),
            code="too_wide",
            at=first_position(geometry),
        )


def check_positions(positions: NDArray[np.float64]) -> None:
    """Refuse rows of ``(longitude, latitude)`` that are not on the globe.

    Raises
    ------
    OutOfRangeError
        ``not_finite`` or ``out_of_range``, with the first such position.

    Examples
    --------
    >>> import numpy as np
    >>> check_positions(np.array([[126.0, 43.8]]))
    """
    bad = ~np.isfinite(positions).all(axis=1)
    if bad.any():
        raise OutOfRangeError(
            Message(
                "坐标含有 NaN 或无穷大，请检查该顶点。",
                "A position is not a finite number; look at it.",
            ),
            code="not_finite",
        )
    off = (np.abs(positions) > (180.0, 90.0)).any(axis=1)
    if off.any():
        lon, lat = positions[off][0]
        raise OutOfRangeError(
            Message(
                f"({lon:g}, {lat:g}) 不是经纬度：可能是经纬度写反或平面坐标，请说明坐标系。",
                f"({lon:g}, {lat:g}) is no longitude and latitude: swapped axes, or metres? "
                "Name the reference system.",
            ),
            code="out_of_range",
            at=(float(lon), float(lat)),
        )


def invalid_reason(geometry: BaseGeometry) -> tuple[str, str, Position | None] | None:
    """Why GEOS calls a geometry invalid: our code, GEOS' words, the spot; None when it is valid.

    Examples
    --------
    >>> from shapely import Polygon
    >>> invalid_reason(Polygon([(0, 0), (2, 2), (2, 0), (0, 2)]))
    ('self_intersection', 'Self-intersection', (1.0, 1.0))
    """
    if geometry.is_valid:
        return None
    reason = shapely.is_valid_reason(geometry)
    match = _PLACE.match(reason)
    what = match["what"].strip() if match else reason
    code, _words = REASONS.get(what, ("_".join(re.findall(r"[a-z]+", what.lower())), what))
    at = (float(match["lon"]), float(match["lat"])) if match and match["lon"] else None
    return code, what, at


def check_valid(geometry: BaseGeometry) -> None:
    """Refuse rings that cross, so that no area is defined.

    Raises
    ------
    InvalidShapeError
        A code of `REASONS`, with the spot in ``at``.

    Examples
    --------
    >>> from shapely import Polygon
    >>> try:
    ...     check_valid(Polygon([(0, 0), (2, 2), (2, 0), (0, 2)]))
    ... except InvalidShapeError as refused:
    ...     print(refused.code, refused.at)
    self_intersection (1.0, 1.0)
    """
    reason = invalid_reason(geometry)
    if reason is None:
        return
    code, what, at = reason
    words = REASONS.get(what, ("", "几何无效"))[1]
    where = f"（{at[0]:.6f}, {at[1]:.6f}）" if at else ""
    english = f" at ({at[0]:.6f}, {at[1]:.6f})" if at else ""
    raise InvalidShapeError(
        Message(
            f"{words}{where}，请修改后再提交。",
            f"{what}{english}; mend the outline there.",
        ),
        code=code,
        at=at,
    )


def first_position(geometry: BaseGeometry) -> Position | None:
    """A position to report when a fault has none itself; None for an empty geometry.

    Examples
    --------
    >>> from shapely import box
    >>> first_position(box(126.0, 43.8, 126.1, 43.9))
    (126.1, 43.8)
    """
    positions = shapely.get_coordinates(geometry)
    return (float(positions[0, 0]), float(positions[0, 1])) if len(positions) else None
