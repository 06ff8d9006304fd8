"""Stored shapes in the reference system of the requested file."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from pyproj.exceptions import ProjError

from data.writing.export_report import ExportRefused
from gis.crs import CGCS2000, Zone, from_cgcs2000, known_crs, zone_from
from gis.errors import ReferenceSystemError
from gis.messages import Message

__all__ = ["Projected", "crs_name", "crs_notes", "kind_of", "projected", "wanted_crs"]

_AXES: Final = 2
_NOTHING: Final = np.array([], dtype=object)
HALF_ZONE_DEG = {3: 1.5, 6: 3.0}


class Projected(NamedTuple):
    """Shapes in a reference system, and what a reader should know about them."""

    geometries: NDArray[np.object_]
    crs: CRS
    outside: int = 0
    """How many lie outside the zone of the reference system."""

    @property
    def notes(self) -> tuple[Message, ...]:
        """Whole sentences; none where there is nothing to tell."""
        return crs_notes(self.crs, self.outside)

    @property
    def name(self) -> str:
        """As the register calls it, with its number."""
        return crs_name(self.crs)

    @property
    def wkt(self) -> str:
        """WKT 2, for GDAL."""
        return self.crs.to_wkt()

    @property
    def esri_wkt(self) -> str:
        """The one line of a .prj."""
        return self.crs.to_wkt("WKT1_ESRI")


Kind: TypeAlias = Literal["Polygon", "LineString", "Point"]
_KINDS: Final[dict[int, Kind]] = {
    shapely.GeometryType.POINT: "Point",
    shapely.GeometryType.LINESTRING: "LineString",
    shapely.GeometryType.MULTILINESTRING: "LineString",
}


def kind_of(geometries: NDArray[np.object_]) -> Kind:
    """What a layer holds: polygons, unless its first shape is a line or a point.

    Examples
    --------
    >>> kind_of(np.array([shapely.Point(126, 44)])), kind_of(np.array([], dtype=object))
    ('Point', 'Polygon')
    """
    first = int(shapely.get_type_id(geometries[0])) if len(geometries) else -1
    return _KINDS.get(first, "Polygon")


def projected(
    geometries: NDArray[np.object_], crs: object = None, *, rows_before: int = 0
) -> Projected:
    """Shapes of longitudes and latitudes in another reference system.

    Parameters
    ----------
    geometries
        In CGCS2000; every row has a shape.
    crs
        CGCS2000 when None; a `gis.crs.Zone`, or what `gis.crs.known_crs` reads.
    rows_before
        Rows of the file that came before these, for the number of a row.

    Raises
    ------
    ExportRefused
        ``no_geometry`` with the row, or ``wrong_crs``.

    Examples
    --------
    >>> ground = projected(np.array([shapely.box(125.9, 43.9, 126.0, 44.0)]), Zone(42))
    >>> ground.esri_wkt[:37], ground.outside
    ('PROJCS["CGCS2000_3_Degree_GK_Zone_42"', 0)
    """
    absent = np.flatnonzero(shapely.is_missing(geometries) | shapely.is_empty(geometries))
    if len(absent):
        row = absent[0] + 1 + rows_before
        raise ExportRefused(
            Message(
                f"第 {row} 行没有图形，请补上或去掉该行。",
                f"Row {row} has no shape; give it one or leave it out.",
            ),
            code="no_geometry",
        )
    wanted = wanted_crs(crs)
    if wanted.to_epsg() == CGCS2000:
        return Projected(geometries, wanted)
    moved = from_cgcs2000(geometries, wanted)
    _refuse_infinite(moved, wanted, rows_before)
    return Projected(moved, wanted, _outside(geometries, wanted))


def _refuse_infinite(moved: NDArray[np.object_], crs: CRS, rows_before: int) -> None:
    positions, owner = shapely.get_coordinates(moved, return_index=True)
    lost = owner[~np.isfinite(positions).all(axis=1)]
    if len(lost):
        row = int(lost[0]) + 1 + rows_before
        raise ExportRefused(
            Message(
                f"坐标系 {crs_name(crs)} 表示不了第 {row} 行所在的位置，请换一个坐标系。",
                f"{crs_name(crs)} has no coordinates for the place of row {row}; name another "
                "reference system.",
            ),
            code="wrong_crs",
        )


def wanted_crs(crs: object) -> CRS:
    """The reference system that was asked for; CGCS2000 degrees when None.

    Raises
    ------
    ExportRefused
        ``wrong_crs``: unknown, not of two axes on the plane or in degrees (heights, space), of
        another planet, or one that no .prj can say.
    """
    named = crs.epsg if isinstance(crs, Zone) else CGCS2000 if crs is None else crs
    try:
        system = known_crs(named)
        flat = (system.is_geographic or system.is_projected) and len(system.axis_info) == _AXES
        if flat:
            from_cgcs2000(_NOTHING, system)
            flat = bool(system.to_wkt("WKT1_ESRI"))
    except ReferenceSystemError as error:
        raise ExportRefused(error.message, code="wrong_crs") from error
    except ProjError:
        flat = False
    if not flat:
        raise ExportRefused(
            Message(
                f"坐标系 {crs_name(system)} 不能用于平面图形，请用经纬度或平面坐标系，例如 "
                f"EPSG:{CGCS2000}。",
                f"Shapes cannot be written in {crs_name(system)}; name a system of longitude and "
                f"latitude or of a plane, as EPSG:{CGCS2000}.",
            ),
            code="wrong_crs",
        )
    return system


def crs_name(crs: CRS) -> str:
    """As the register calls a reference system, with its number."""
    number = crs.to_epsg()
    return f"{crs.name} (EPSG:{number})" if number else crs.name


def _outside(geometries: NDArray[np.object_], crs: CRS) -> int:
    zone = zone_from(crs)
    if zone is None:
        return 0
    bounds = shapely.bounds(geometries).reshape(-1, 4)
    off = np.maximum(bounds[:, 2] - zone.central_meridian, zone.central_meridian - bounds[:, 0])
    return int((off > HALF_ZONE_DEG[zone.width]).sum())


def crs_notes(crs: CRS, outside: int) -> tuple[Message, ...]:
    """What to know of a reference system; ``outside`` counts shapes out of its zone."""
    if crs.to_epsg() == CGCS2000:
        return ()
    zone = zone_from(crs)
    if zone is None or zone.datum != CGCS2000:
        return (
            Message(
                "坐标系不是 CGCS2000 的，上报前请确认。",
                "The reference system is not one of CGCS2000; make sure that it is what is "
                "asked for.",
            ),
        )
    if not outside:
        return ()
    return (
        Message(
            f"{outside} 个图形超出第 {zone.number} 带的范围，平面面积会有明显变形。",
            f"{outside} shapes lie outside zone {zone.number}; areas on its plane are distorted.",
        ),
    )
