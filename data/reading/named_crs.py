"""The reference system that a name or WKT names."""

from __future__ import annotations

import re
from typing import Final

from pyproj import CRS
from pyproj.exceptions import CRSError

from data.errors import FileRefused
from data.reading.crs_remedies import NONE_NAMED, SAY_CRS
from gis.crs import WGS84, ZONES, Zone, known_crs
from gis.errors import ReferenceSystemError
from gis.messages import Message

NAME_LENGTH: Final = 100
"""Of a name, not a WKT, at most: patterns take longer the longer a text is."""
_WKT_BYTES: Final = 65_536
_WKT: Final = re.compile(r"^\s*[A-Z_]{5,}\s*[\[(]")
_NAME: Final = re.compile(
    r"^(urn:ogc:def:crs:)?(EPSG|OGC|ESRI):[\w.]*:?\w+$|^\d{4,6}$", re.IGNORECASE
)
_MERIDIAN: Final = re.compile(
    r"(?:CM|L0\s*=|中央(?:经线|子午线)\s*[:：]?)\s*(\d{2,3})(?:\.0+)?\s*(?:°|度)?\s*E?",
    re.IGNORECASE,
)
_SHIFTED: Final = re.compile(r"(gcj[-_ ]?02|火星)|bd[-_ ]?09|百度", re.IGNORECASE)


def reference_system(in_file: str | None, requested: str | None) -> CRS:
    """The reference system of a file: as the sender says, else as the file says.

    Parameters
    ----------
    in_file
        WKT or name in the file, or None.
    requested
        Name or WKT that the sender says, or None.

    Raises
    ------
    FileRefused
        ``crs_missing`` or ``crs_unknown``.

    Examples
    --------
    >>> reference_system(None, "EPSG:4490").name
    'China Geodetic Coordinate System 2000'
    >>> reference_system(None, "中央经线 126°").name
    'CGCS2000 / 3-degree Gauss-Kruger CM 126E'
    """
    text = requested if requested is not None else in_file
    if text is None:
        raise FileRefused("crs_missing", NONE_NAMED, SAY_CRS)
    if requested is not None and (meridian := _MERIDIAN.fullmatch(text.strip()[:NAME_LENGTH])):
        return _by_meridian(int(meridian[1]))
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


def _by_meridian(degrees: int) -> CRS:
    """The zone of a central meridian, without its number before eastings; of 3° and 6° alike."""
    numbers = ZONES[3]
    number, rest = divmod(degrees, 3)
    if rest or number not in numbers:
        first, last = 3 * numbers[0], 3 * numbers[-1]
        raise FileRefused(
            "crs_unknown",
            Message(
                f"中国没有中央经线为 {degrees}° 的投影带",
                f"no zone of China has the central meridian {degrees}°",
            ),
            Message(
                f"中央经线为 {first}° 到 {last}° 之间 3 的倍数，例如 --crs CM126",
                f"it is a multiple of 3 from {first}° to {last}°, as --crs CM126",
            ),
        )
    return known_crs(Zone(number, prefixed=False).epsg)


def _is_name(text: str) -> bool:
    # The length is checked first: the pattern takes quadratic time.
    return len(text) <= NAME_LENGTH and _NAME.match(text) is not None


def _horizontal(crs: CRS, text: str) -> CRS:
    flat = crs.sub_crs_list[0] if crs.is_compound else crs
    if not (flat.is_geographic or flat.is_projected):
        raise _unknown(text)
    # An ESRI .prj has other names than EPSG; later steps use the number.
    number = flat.to_epsg()
    return flat if number is None else known_crs(number)


def _unknown(text: str) -> FileRefused:
    what = Message(f"不认识坐标系 {text[:60]!r}", f"the reference system {text[:60]!r} is unknown")
    match = _SHIFTED.search(text[:NAME_LENGTH])
    if match is None:
        return FileRefused("crs_unknown", what, SAY_CRS)
    name = "gcj02" if match[1] else "bd09"
    remedy = Message(
        f"这是互联网地图的偏移坐标，请用 --crs {name} 换算到 CGCS2000",
        f"web maps shift their positions so: have them taken back by --crs {name}",
    )
    return FileRefused("crs_unknown", what, remedy)
