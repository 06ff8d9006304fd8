"""Reference systems by name: the only place where an EPSG number is written."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, Literal, NamedTuple, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Geod, Transformer
from pyproj.exceptions import CRSError
from shapely.geometry.base import BaseGeometry

from gis.errors import NotPolygonError, ReferenceSystemError
from gis.messages import Message

CGCS2000: Final = 4490
WGS84: Final = 4326
WEB_MERCATOR: Final = 3857
XIAN80: Final = 4610
BEIJING54: Final = 4214

# GRS 80, as GB 22021-2008 fixes it for CGCS2000.
SEMI_MAJOR_M: Final = 6_378_137.0
INVERSE_FLATTENING: Final = 298.257222101
ELLIPSOID: Final = Geod(a=SEMI_MAJOR_M, rf=INVERSE_FLATTENING)

Width: TypeAlias = Literal[3, 6]

ZONES: Final[dict[Width, range]] = {3: range(25, 46), 6: range(13, 24)}

# First EPSG number of each run, by datum, width of zone, and zone number before the easting.
_FIRST: Final[dict[tuple[int, Width, bool], int]] = {
    (CGCS2000, 3, True): 4513,
    (CGCS2000, 3, False): 4534,
    (CGCS2000, 6, True): 4491,
    (CGCS2000, 6, False): 4502,
    (XIAN80, 3, True): 2349,
    (XIAN80, 3, False): 2370,
    (XIAN80, 6, True): 2327,
    (XIAN80, 6, False): 2338,
    (BEIJING54, 3, True): 2401,
    (BEIJING54, 3, False): 2422,
    (BEIJING54, 6, True): 21413,
    (BEIJING54, 6, False): 21453,
}


class Zone(NamedTuple):
    """A Gauss-Krüger zone: metres, scale 1 on the central meridian.

    Examples
    --------
    >>> Zone(42).epsg, Zone(42).central_meridian, Zone(42).false_easting_m
    (4530, 126.0, 42500000.0)
    >>> Zone(42, prefixed=False).epsg
    4551
    """

    number: int
    width: Width = 3
    prefixed: bool = True
    datum: int = CGCS2000

    @property
    def epsg(self) -> int:
        """Its EPSG number; refused with ``unknown_zone`` outside 25…45 (3°) and 13…23 (6°)."""
        if self.number not in ZONES[self.width]:
            known = ZONES[self.width]
            raise ReferenceSystemError(
                Message(
                    f"没有 {self.width}° 带第 {self.number} 带，请用 {known[0]}–{known[-1]}。",
                    f"There is no {self.width}° zone {self.number}; use {known[0]} to {known[-1]}.",
                ),
                code="unknown_zone",
            )
        return _FIRST[self.datum, self.width, self.prefixed] + self.number - ZONES[self.width][0]

    @property
    def central_meridian(self) -> float:
        """Degrees east."""
        return self.number * 3.0 if self.width == 3 else self.number * 6.0 - 3.0

    @property
    def false_easting_m(self) -> float:
        """Metres added to every easting, the zone number in front of them when prefixed."""
        return 500_000.0 + (self.number * 1_000_000.0 if self.prefixed else 0.0)


class Accuracy(NamedTuple):
    """How far a position may be off after it was brought to CGCS2000."""

    metres: float | None
    """Metres, or None where it is unknown."""
    message: Message


_ACCURACY: Final[dict[int, Accuracy]] = {
    CGCS2000: Accuracy(
        0.0,
        Message(
            "无需转换。",
            "Nothing is changed.",
        ),
    ),
    WGS84: Accuracy(
        1.0,
        Message(
            "WGS 84 按与 CGCS2000 相同处理，差别在 1 m 以内。",
            "WGS 84 is taken as CGCS2000; they differ by less than 1 m.",
        ),
    ),
    BEIJING54: Accuracy(
        None,
        Message(
            "北京 54 只有少数油气盆地有公布的参数（1–15 m），其他地方经纬度未改动，"
            "可能偏移百米左右；请用当地参数转换后再提交。",
            "Beijing 1954 has published parameters (1 to 15 m) in a few oil basins only; "
            "elsewhere degrees are kept, and positions may be off by a hundred metres or so; "
            "convert with the local parameters first.",
        ),
    ),
    XIAN80: Accuracy(
        None,
        Message(
            "西安 80 没有公开的转换参数，经纬度未改动，位置可能偏移百米左右；"
            "请用当地参数转换后再提交。",
            "Xian 1980 has no published parameters: degrees are kept, and positions may be off "
            "by a hundred metres or so; convert with the local parameters first.",
        ),
    ),
}


def zone_of(lon: float, *, width: Width = 3) -> int:
    """Number of the Gauss-Krüger zone that a longitude lies in.

    Parameters
    ----------
    lon
        Degrees east. On the border of two zones the eastern one is taken.
    width
        3 or 6 degrees.

    Raises
    ------
    ReferenceSystemError
        ``unknown_zone``: the longitude is not a number or lies outside the Chinese zones.

    Examples
    --------
    >>> zone_of(125.32), zone_of(106.55), zone_of(125.32, width=6)
    (42, 36, 21)
    """
    if np.isfinite(lon):
        number = int((lon + 1.5) // 3) if width == 3 else int(lon // 6) + 1
        if number in ZONES[width]:
            return number
    raise ReferenceSystemError(
        Message(
            f"经度 {lon} 不在中国 {width}° 分带范围内。",
            f"Longitude {lon} lies in no Chinese {width}° zone.",
        ),
        code="unknown_zone",
    )


def zone_of_geometry(geometry: BaseGeometry, *, width: Width = 3) -> int:
    """Zone of the middle of a shape: a district uses one zone even where it crosses two.

    Raises
    ------
    NotPolygonError
        ``empty``: there is no middle.

    Examples
    --------
    >>> from shapely import box
    >>> zone_of_geometry(box(124.0, 43.0, 127.0, 45.0))
    42
    """
    if geometry.is_empty:
        raise NotPolygonError(
            Message(
                "几何为空。",
                "The geometry is empty.",
            ),
            code="empty",
        )
    west, _south, east, _north = geometry.bounds
    return zone_of((west + east) / 2, width=width)


def zone_from(crs: object) -> Zone | None:
    """Which zone a reference system is, or None when it is no Chinese Gauss-Krüger zone.

    Examples
    --------
    >>> zone_from(4551)
    Zone(number=42, width=3, prefixed=False, datum=4490)
    >>> zone_from("EPSG:3857") is None
    True
    """
    code = known_crs(crs).to_epsg(min_confidence=70)
    for (datum, width, prefixed), first in _FIRST.items():
        if code is not None and 0 <= code - first < len(ZONES[width]):
            return Zone(code - first + ZONES[width][0], width, prefixed, datum)
    return None


def known_crs(crs: object) -> CRS:
    """A pyproj CRS out of a number, a name or a WKT; ``unknown_crs`` when PROJ cannot read it.

    Examples
    --------
    >>> known_crs(CGCS2000).name
    'China Geodetic Coordinate System 2000'
    """
    try:
        return _crs(crs) if isinstance(crs, int | str) else CRS.from_user_input(crs)
    except CRSError as error:
        raise ReferenceSystemError(
            Message(
                f"不认识的坐标系 {str(crs)[:80]!r}，请用 EPSG 编号，例如 EPSG:4490。",
                "Unknown reference system; name it by its EPSG number, as EPSG:4490.",
            ),
            code="unknown_crs",
        ) from error


@lru_cache(maxsize=64)
def _crs(crs: int | str) -> CRS:
    return CRS.from_user_input(crs)


def is_degrees(crs: object) -> bool:
    """Whether coordinates of a reference system are longitudes and latitudes.

    Examples
    --------
    >>> is_degrees(CGCS2000), is_degrees(WEB_MERCATOR), is_degrees("EPSG:4530")
    (True, False, False)
    """
    return known_crs(crs).is_geographic


def is_cgcs2000_degrees(crs: object) -> bool:
    """Whether `to_cgcs2000` leaves every position of a reference system as it is.

    Examples
    --------
    >>> is_cgcs2000_degrees(CGCS2000), is_cgcs2000_degrees(WGS84), is_cgcs2000_degrees("EPSG:4530")
    (True, True, False)
    """
    return _to_degrees(known_crs(crs).to_wkt()) is None


def accuracy(crs: object) -> Accuracy:
    """How far positions of a reference system may be off once they are CGCS2000.

    Examples
    --------
    >>> accuracy("EPSG:4530").metres, accuracy(XIAN80).metres, accuracy("EPSG:2422").metres
    (0.0, None, None)
    """
    unknown = Accuracy(
        None,
        Message(
            "转换精度未知。",
            "The accuracy of this conversion is unknown.",
        ),
    )
    return _ACCURACY.get(_datum(known_crs(crs)), unknown)


def _datum(crs: CRS) -> int:
    base = crs.geodetic_crs
    if base is None:
        return 0
    if base.equals(_crs(WGS84), ignore_axis_order=True):  # OGC:CRS84 has no EPSG number
        return WGS84
    return base.to_epsg(min_confidence=70) or 0


def to_cgcs2000(geometries: NDArray[np.object_], crs: object) -> NDArray[np.object_]:
    """Bring geometries to longitudes and latitudes of CGCS2000.

    Parameters
    ----------
    geometries
        In `crs`, first ordinate east or longitude, second north or latitude. None stays None.
    crs
        What they are in. WGS 84 is taken as equal; see `accuracy` for the older datums.

    Returns
    -------
    NDArray[object]
        Degrees. A position that PROJ cannot place becomes infinite, which
        `gis.polygons.as_multipolygon` refuses with ``not_finite``.

    Examples
    --------
    >>> import shapely
    >>> there = to_cgcs2000(shapely.points([[42443742.57, 4860000.0]]), "EPSG:4530")
    >>> shapely.get_coordinates(there).round(5).tolist()
    [[125.30008, 43.87346]]
    """
    return _transformed(geometries, _to_degrees(known_crs(crs).to_wkt()))


def from_cgcs2000(geometries: NDArray[np.object_], crs: object) -> NDArray[np.object_]:
    """Bring longitudes and latitudes of CGCS2000 into another system; inverse of `to_cgcs2000`.

    Examples
    --------
    >>> import shapely
    >>> moved = from_cgcs2000(shapely.points([[126.0, 44.0]]), "EPSG:4530")
    >>> shapely.get_coordinates(moved).round(2).tolist()
    [[42500000.0, 4873822.37]]
    """
    return _transformed(geometries, _from_degrees(known_crs(crs).to_wkt()))


def _transformed(
    geometries: NDArray[np.object_], transformer: Transformer | None
) -> NDArray[np.object_]:
    if transformer is None:
        return geometries

    def moved(positions: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(transformer.transform(positions[:, 0], positions[:, 1]))

    return shapely.transform(geometries, moved)


def _degrees_of(crs: CRS) -> int:
    # From Beijing 1954 to CGCS2000 PROJ knows only a "ballpark" that shifts nothing; to WGS 84,
    # which is CGCS2000 within a metre, it has parameters for some basins.
    return CGCS2000 if _datum(crs) == CGCS2000 else WGS84


@lru_cache(maxsize=64)
def _to_degrees(wkt: str) -> Transformer | None:
    crs = _crs(wkt)
    if crs.is_geographic and _datum(crs) in (CGCS2000, WGS84):
        return None
    return Transformer.from_crs(crs, _degrees_of(crs), always_xy=True)


@lru_cache(maxsize=64)
def _from_degrees(wkt: str) -> Transformer | None:
    crs = _crs(wkt)
    if crs.is_geographic and _datum(crs) in (CGCS2000, WGS84):
        return None
    return Transformer.from_crs(_degrees_of(crs), crs, always_xy=True)
