"""Shapes as texts in the cells of a table: WKT, WKB in hexadecimal digits, GeoJSON."""

from __future__ import annotations

import json
import re
from typing import Final, NamedTuple

import shapely

from gis.messages import Message

__all__ = ["DrawnCell", "NoShapeError", "is_shape", "shape_of_cell"]

_WKT: Final = re.compile(
    r"\s*(?:SRID\s*=\s*(\d{4,6})\s*;)?\s*"
    r"((?:MULTI)?(?:POLYGON|POINT|LINESTRING)|GEOMETRYCOLLECTION)\s*(?:Z|M|ZM)?\s*(?:\(|EMPTY)",
    re.IGNORECASE,
)
_WKB: Final = re.compile(r"\s*(?:\\x|0x)?(0[01][0-9a-f]{16,})\s*", re.IGNORECASE)
_GEOJSON: Final = re.compile(r'\s*\{.{0,200}"(?:coordinates|geometries)"', re.DOTALL)
_NOT_CLOSED: Final = Message("环没有闭合", "a ring is not closed")
_NOT_WRITTEN: Final = Message("WKT 写法有误或不完整", "the WKT is wrong or cut off")
_NOT_BINARY: Final = Message("WKB 有误或不完整", "the WKB is wrong or cut off")
_NOT_JSON: Final = Message("GeoJSON 写法有误或不完整", "the GeoJSON is wrong or cut off")
_NONE: Final = Message("不是 WKT、WKB 或 GeoJSON", "it is neither WKT nor WKB nor GeoJSON")


class DrawnCell(NamedTuple):
    """A shape, and the number of the reference system beside it, where it is said."""

    shape: shapely.Geometry
    srid: str | None


class NoShapeError(ValueError):
    """A cell that holds no shape; `message` says why, without a full stop."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.en)
        self.message = message


def is_shape(cell: object) -> bool:
    """Whether a cell looks like a shape.

    Examples
    --------
    >>> is_shape("SRID=4490;POLYGON ((…"), is_shape("一号"), is_shape(None)
    (True, False, False)
    """
    return isinstance(cell, str) and any(
        form.match(cell) is not None for form in (_WKT, _WKB, _GEOJSON)
    )


def shape_of_cell(written: str) -> DrawnCell:
    """The shape in a cell.

    Raises
    ------
    NoShapeError
        It is no shape, or a damaged one.

    Examples
    --------
    >>> shape_of_cell("SRID=4490;POINT (125 43)").srid
    '4490'
    >>> shape_of_cell("0101000020A21100000000000000405F400000000000804540")
    DrawnCell(shape=<POINT (125 43)>, srid='4514')
    """
    if (wkt := _WKT.match(written)) is not None:
        return DrawnCell(_from_wkt(written[wkt.start(2) :]), wkt[1])
    if (wkb := _WKB.fullmatch(written)) is not None:
        try:
            shape = shapely.from_wkb(bytes.fromhex(wkb[1]))
        except (shapely.errors.ShapelyError, ValueError) as error:
            raise NoShapeError(_NOT_BINARY) from error
        srid = int(shapely.get_srid(shape))
        return DrawnCell(shape, str(srid) if srid else None)
    if _GEOJSON.match(written) is not None:
        return DrawnCell(_from_geojson(written), None)
    raise NoShapeError(_NONE)


def _from_wkt(written: str) -> shapely.Geometry:
    try:
        return shapely.from_wkt(written)
    except shapely.errors.ShapelyError as error:
        raise NoShapeError(_NOT_CLOSED if "closed" in str(error) else _NOT_WRITTEN) from error


def _from_geojson(written: str) -> shapely.Geometry:
    try:
        if not isinstance(json.loads(written), dict):
            raise NoShapeError(_NOT_JSON)
        return shapely.from_geojson(written)
    except (shapely.errors.ShapelyError, ValueError, RecursionError) as error:
        raise NoShapeError(_NOT_CLOSED if "closed" in str(error) else _NOT_JSON) from error
