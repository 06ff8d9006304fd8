"""The reference system of a file: found, checked against its numbers, and converted."""

from __future__ import annotations

import re
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from pyproj.exceptions import CRSError

from data.errors import FileRefused
from gis.crs import (
    CGCS2000,
    WGS84,
    Zone,
    accuracy,
    from_cgcs2000,
    is_degrees,
    known_crs,
    to_cgcs2000,
)
from gis.errors import ReferenceSystemError
from gis.messages import Message

_WKT_BYTES: Final = 65_536
_NAME_LENGTH: Final = 100
_WKT: Final = re.compile(r"^\s*[A-Z_]{5,}\s*[\[(]")
_NAME: Final = re.compile(
    r"^(urn:ogc:def:crs:)?(EPSG|OGC|ESRI):[\w.]*:?\w+$|^\d{4,6}$", re.IGNORECASE
)
_SAY_CRS: Final = Message(
    f"请用 --crs 说明坐标系，例如 --crs EPSG:{CGCS2000}",
    f"name the reference system, as --crs EPSG:{CGCS2000}",
)


def reference_system(in_file: str | None, requested: str | None) -> CRS:
    """The reference system of a file: as the sender says, else as the file says.

    Parameters
    ----------
    in_file
        WKT or name in the file, or None.
    requested
        ``--crs``, or None.

    Raises
    ------
    FileRefused
        ``crs_missing`` or ``crs_unknown``.

    Examples
    --------
    >>> reference_system(None, "EPSG:4490").name
    'China Geodetic Coordinate System 2000'
    """
    text = requested if requested is not None else in_file
    if text is None:
        what = Message(
            "没有坐标系（缺少 .prj）", "it names no reference system (a .prj is missing)"
        )
        raise FileRefused("crs_missing", what, _SAY_CRS)
    try:
        if not _is_name(text) and (len(text) > _WKT_BYTES or not _WKT.match(text)):
            raise _unknown(text)
        if text.upper().endswith("CRS84"):
            return known_crs(
                WGS84
            )  # equal but for the order of axes, which is always (lon, lat) here
        return _horizontal(known_crs(int(text) if text.isdigit() else text), text)
    except (ReferenceSystemError, CRSError) as error:
        raise _unknown(text) from error


def _is_name(text: str) -> bool:
    # The length is checked first: the pattern takes quadratic time.
    return len(text) <= _NAME_LENGTH and _NAME.match(text) is not None


def _horizontal(crs: CRS, text: str) -> CRS:
    flat = crs.sub_crs_list[0] if crs.is_compound else crs
    if not (flat.is_geographic or flat.is_projected):
        raise _unknown(text)
    # An ESRI .prj has other names than EPSG; later steps use the number.
    number = flat.to_epsg()
    return flat if number is None else known_crs(number)


def _unknown(text: str) -> FileRefused:
    what = Message(f"不认识坐标系 {text[:60]!r}", f"the reference system {text[:60]!r} is unknown")
    return FileRefused("crs_unknown", what, _SAY_CRS)


def crs_note(crs: CRS) -> Message | None:
    """The note on a conversion to CGCS2000; None when nothing is changed.

    The words end without a full stop, as those of all notes on a file.

    Examples
    --------
    >>> crs_note(CRS("EPSG:4326")).zh
    '坐标系为 WGS 84：WGS 84 按与 CGCS2000 相同处理，差别在 1 m 以内'
    """
    sure = accuracy(crs)
    if sure.metres == 0:
        return None
    zh, en = sure.message
    return Message(
        f"坐标系为 {crs.name}：{zh.rstrip('。')}", f"it is in {crs.name}: {en.rstrip('.')}"
    )


def placed(shapes: NDArray[np.object_], crs: CRS) -> NDArray[np.object_]:
    """Bring the shapes of a file to degrees of CGCS2000, or say which one cannot be.

    Parameters
    ----------
    shapes
        In `crs`, east or longitude first; None stays None.
    crs
        The reference system of the file; checked against its numbers first.

    Raises
    ------
    FileRefused
        ``not_finite``, ``not_degrees`` (metres under a system of degrees, or swapped axes),
        ``not_metres`` (degrees under a system of metres), ``crs_unfit`` (PROJ cannot place them).

    Examples
    --------
    >>> there = placed(shapely.points([[126.0, 44.0]]), known_crs(4490))
    >>> there[0].wkt
    'POINT (126 44)'
    """
    positions, owner = shapely.get_coordinates(shapes, return_index=True)
    _refuse_first(~_every(np.isfinite(positions)), owner, positions, _NOT_FINITE)
    degrees = _every(np.abs(positions) <= (180.0, 90.0))
    if is_degrees(crs):
        _refuse_degrees(degrees, owner, positions)
    elif len(positions) and degrees.all():
        _refuse_first(degrees, owner, positions, _NOT_METRES)
    there = to_cgcs2000(shapes, crs)
    _refuse_unfit(there, positions, crs)
    return there


def _refuse_unfit(there: NDArray[np.object_], positions: NDArray[np.float64], crs: CRS) -> None:
    after, owner = shapely.get_coordinates(there, return_index=True)
    lost = ~_every(np.isfinite(after) & (np.abs(after) <= (180.0, 90.0)))
    if crs.is_projected and not lost.any():
        # Far outside its zone a projection gives a result, but its inverse does not return.
        back = shapely.get_coordinates(from_cgcs2000(there, crs))
        lost = ~_every(np.abs(back - positions) <= _ROUND_TRIP_M)
    _refuse_first(lost, owner, positions, _UNFIT)


def _every(ordinates: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether both ordinates of each position are so."""
    return ordinates[:, 0] & ordinates[:, 1]


_ROUND_TRIP_M: Final = 1.0

_Refusal = tuple[str, str, str, Message]
_NOT_FINITE: Final = (
    "not_finite",
    "坐标不是有限数",
    "a position is not a finite number",
    Message("请改正该处坐标", "mend it there"),
)
_NOT_METRES: Final = (
    "not_metres",
    "坐标系以米为单位，坐标却像经纬度",
    "its reference system is in metres, but positions look like degrees",
    _SAY_CRS,
)
_SAY_ZONE: Final = Message(
    f"请用 --crs 说明投影带，例如 --crs EPSG:{Zone(42).epsg}（3° 带 42 带，坐标含带号）",
    f"name the zone, as --crs EPSG:{Zone(42).epsg} for 3° zone 42 with its number in the easting",
)
_NOT_DEGREES: Final = (
    "not_degrees",
    "坐标系为经纬度，坐标却不是度",
    "its reference system is in degrees, but positions are not",
    _SAY_ZONE,
)
_SWAPPED: Final = (
    "not_degrees",
    "经度和纬度可能写反了",
    "longitude and latitude seem swapped",
    Message("请把经度写在前面", "put the longitude first"),
)
_UNFIT: Final = (
    "crs_unfit",
    "坐标不在该坐标系范围内（带号是否有误？）",
    "positions lie outside its reference system (is the zone right?)",
    _SAY_ZONE,
)


def _refuse_degrees(
    degrees: NDArray[np.bool_], owner: NDArray[np.int64], positions: NDArray[np.float64]
) -> None:
    if degrees.all():
        return
    swapped = (np.abs(positions[~degrees]) <= (90.0, 180.0)).all()
    _refuse_first(~degrees, owner, positions, _SWAPPED if swapped else _NOT_DEGREES)


def _refuse_first(
    bad: NDArray[np.bool_],
    owner: NDArray[np.int64],
    positions: NDArray[np.float64],
    why: _Refusal,
) -> None:
    if not bad.any():
        return
    first = int(np.argmax(bad))
    x, y = positions[first]
    code, zh, en, remedy = why
    what = Message(f"{zh}：({x:.10g}, {y:.10g})", f"{en}: ({x:.10g}, {y:.10g})")
    raise FileRefused(code, what, remedy, feature=int(owner[first]) + 1)
