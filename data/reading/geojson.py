"""Reading GeoJSON with Python's own parser, which opens no other file and reports every fault."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from data.errors import FileRefused
from data.reading.damaged_shapes import damaged_shape
from data.reading.geojson_times import with_times
from data.reading.json_variants import as_collection, cut_short, features_by_line
from data.reading.layer_names import no_such_layer, too_many_features
from data.reading.limits import Limits, refuse_sparse
from data.reading.reasons import in_chinese
from data.reading.sandbox_result import Column, Kind, RawLayer
from data.reading.text_files import read_text_file
from data.text_cleaning import Unprintable
from gis.empty_parts import without_empty_parts
from gis.messages import Message

_MAX_DEPTH: Final = 64  # as in the body of a request; later steps are recursive
_BARE_SHAPES: Final = (
    *("Polygon", "MultiPolygon", "LineString", "MultiLineString", "Point", "MultiPoint"),
    "GeometryCollection",
)
_CRS84: Final = "OGC:CRS84"  # RFC 7946: the system of a file that names none
_MEND: Final = Message("请改正后提交", "mend it and send it again")
_SEND_GEOJSON: Final = Message(
    "请提供 GeoJSON 的 FeatureCollection", "send a FeatureCollection of GeoJSON"
)


def read_geojson(
    path: Path,
    layer: str | None,
    limits: Limits,
    *,
    crs_is_said: bool = False,
    fourth_is_time: bool = False,
    forced: str | None = None,
) -> RawLayer:
    """Read a FeatureCollection, a Feature or a shape; properties keep their lists and objects.

    A Feature a line, TopoJSON and the JSON of Esri's services are read too.

    Parameters
    ----------
    path
        UTF-8, or another encoding, which is told.
    layer
        Name that the only layer must have, or None.
    crs_is_said
        Whether the sender names the reference system, so that the file's own does not matter.
    fourth_is_time
        Whether a fourth ordinate of a line is the time of a fix; it becomes a property ``times``
        where the feature has none. Otherwise positions of four ordinates are refused.
    forced
        ``--encoding``.

    Raises
    ------
    FileRefused
        ``json_damaged``, ``not_geojson``, ``crs_link`` (a reference to elsewhere is never
        followed), ``crs_unknown``, ``geometry_damaged``, ``too_many_features``.
    """
    text, encoding, notes = read_text_file(path, forced=forced)
    whole = as_collection(_parsed(text), layer, limits)
    features = _features(whole)
    if fourth_is_time:
        features = [with_times(feature) for feature in features]
    unprintable = Unprintable()
    name = str(unprintable.cleaned(str(whole.get("name") or path.stem)[:200], row=0, column="name"))
    _refuse_layer(layer, name)
    if len(features) > limits.features:
        raise too_many_features(len(features), limits)
    notes = [*notes, *cut_short(whole)]
    shapes = [_wkb(feature, row) for row, feature in enumerate(features, 1)]
    columns = list(_columns(features, unprintable))
    crs = None if crs_is_said else crs_of(whole)
    return RawLayer(name, crs, shapes, columns, encoding, notes + unprintable.notes())


def _parsed(text: str) -> Mapping[str, Any]:
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError) as error:
        if (by_line := features_by_line(text)) is not None:
            return by_line
        what = Message(
            f"JSON 不完整或有错（{in_chinese(error)}）", f"the JSON is damaged or cut off ({error})"
        )
        raise FileRefused("json_damaged", what, _SEND_GEOJSON) from error
    if _depth(whole) > _MAX_DEPTH:
        what = Message(
            f"嵌套超过 {_MAX_DEPTH} 层", f"it is nested more than {_MAX_DEPTH} levels deep"
        )
        raise FileRefused("json_damaged", what, _SEND_GEOJSON)
    return whole if isinstance(whole, dict) else {}


def _depth(whole: object) -> int:
    """Depth of nested lists and objects; counted up to one more than is allowed."""
    level, depth = [whole], 0
    while level and depth <= _MAX_DEPTH:
        level = [
            child
            for parent in level
            if isinstance(parent, list | dict)
            for child in (parent.values() if isinstance(parent, dict) else parent)
            if isinstance(child, list | dict)
        ]
        depth += 1
    return depth


def _features(whole: Mapping[str, Any]) -> list[dict[str, Any]]:
    kind = whole.get("type")
    if kind in _BARE_SHAPES and ("coordinates" in whole or "geometries" in whole):
        return [{"type": "Feature", "properties": {}, "geometry": dict(whole)}]
    features = [whole] if kind == "Feature" else whole.get("features")
    if kind not in ("Feature", "FeatureCollection") or not isinstance(features, list):
        what = Message(
            f"这个 JSON 不是 GeoJSON（type 为 {str(kind)[:40]!r}）",
            f"this JSON is no GeoJSON: its type is {str(kind)[:40]!r}",
        )
        raise FileRefused("not_geojson", what, _SEND_GEOJSON)
    for row, feature in enumerate(features, 1):
        if not isinstance(feature, dict) or feature.get("type") != "Feature":
            what = Message("不是 Feature", "it is no Feature")
            raise FileRefused("not_geojson", what, _SEND_GEOJSON, feature=row)
        if not isinstance(feature.get("properties"), dict | None):
            kind = type(feature["properties"]).__name__
            what = Message(
                f"properties 应为对象，却是 {kind}", f"its properties are a {kind}, and no object"
            )
            raise FileRefused("not_geojson", what, _MEND, feature=row)
    return features


def crs_of(whole: Mapping[str, Any]) -> str | None:
    """Name of the reference system of a GeoJSON object; None where it says there is none.

    Raises
    ------
    FileRefused
        ``crs_link`` for a link, which is never followed; ``crs_unknown`` for what is no name.

    Examples
    --------
    >>> crs_of({}), crs_of({"crs": None})
    ('OGC:CRS84', None)
    >>> crs_of({"crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}})
    'urn:ogc:def:crs:EPSG::4490'
    """
    if "crs" not in whole:
        return _CRS84
    crs = whole["crs"]
    if crs is None:
        return None
    kind = crs.get("type") if isinstance(crs, dict) else None
    properties = crs.get("properties") if isinstance(crs, dict) else None
    if kind == "link":
        what = Message("crs 是外部链接，不会访问", "its crs is a link, which is never followed")
        raise FileRefused("crs_link", what, _NAME_CRS)
    if kind == "name" and isinstance(properties, dict):
        name = properties.get("name")
        if isinstance(name, str) and name:
            return name
    what = Message("crs 成员看不懂", "its crs member cannot be understood")
    raise FileRefused("crs_unknown", what, _NAME_CRS)


_NAME_CRS: Final = Message(
    "请在 crs 中写 EPSG 编号，或去掉 crs", "name an EPSG number in crs, or take the crs out"
)


def _refuse_layer(wanted: str | None, name: str) -> None:
    if wanted is not None and wanted != name:
        raise no_such_layer(wanted, [name])


def _wkb(feature: Mapping[str, Any], row: int) -> bytes | None:
    geometry = feature.get("geometry")
    if geometry is None:
        return None
    try:
        _refuse_open_rings(geometry)
        # A part without a ring has no area; the rest is checked like any other shape.
        return bytes(shapely.to_wkb(_drawn(without_empty_parts(geometry))))
    except _BAD_GEOMETRY as error:
        raise damaged_shape(error, row) from error


_BAD_GEOMETRY: Final = (
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    IndexError,
    OverflowError,  # a whole number of hundreds of digits
    shapely.errors.ShapelyError,
)


def _drawn(geometry: Mapping[str, Any]) -> shapely.Geometry:
    """A geometry whose ordinates are numbers: shapely itself takes texts for numbers too."""
    kind = geometry["type"]
    if kind == "GeometryCollection":
        return shapely.GeometryCollection([_drawn(part) for part in geometry["geometries"]])
    if kind not in _SHAPES:
        raise ValueError(f"unknown type {str(kind)[:40]!r}")
    return _SHAPES[kind](geometry["coordinates"])


def _polygon(rings: Sequence[Any]) -> shapely.Polygon:
    if not rings:
        return shapely.Polygon()
    shell, *holes = [_ring(ring) for ring in rings]
    return shapely.Polygon(shell, [hole for hole in holes if len(hole)])


def _ring(written: Sequence[Any]) -> NDArray[Any]:
    """A ring that shapely takes; one of too few positions repeats its last, for a verdict on it."""
    positions = _positions(written)
    lacking = 4 - len(positions)
    if not len(positions) or lacking <= 0:
        return positions
    return np.vstack([positions, np.repeat(positions[-1:], lacking, axis=0)])


def _positions(written: Sequence[Any]) -> NDArray[Any]:
    if not len(written):
        return np.empty((0, 2))
    positions = np.array(written)
    if positions.dtype.kind not in "iuf":
        raise ValueError("an ordinate is no number")
    if positions.ndim != 2 or positions.shape[1] not in (2, 3):
        raise ValueError("a position has neither two ordinates nor three")
    return positions


_SHAPES: Final[Mapping[str, Callable[[Sequence[Any]], shapely.Geometry]]] = {
    "Point": lambda at: shapely.Point(_positions([at])[0]) if at else shapely.Point(),
    "MultiPoint": lambda at: shapely.MultiPoint(_positions(at)),
    "LineString": lambda line: shapely.LineString(_positions(line)),
    "MultiLineString": lambda lines: shapely.MultiLineString(list(map(_positions, lines))),
    "Polygon": _polygon,
    "MultiPolygon": lambda parts: shapely.MultiPolygon(list(map(_polygon, parts))),
}


def _refuse_open_rings(geometry: Mapping[str, Any]) -> None:
    # shapely closes an open ring silently, but no shape may be repaired silently.
    kind = geometry["type"]
    if kind == "GeometryCollection":
        for part in geometry["geometries"]:
            _refuse_open_rings(part)
    if kind in ("Polygon", "MultiPolygon"):
        coordinates = geometry["coordinates"]
        for polygon in [coordinates] if kind == "Polygon" else coordinates:
            for ring in polygon:
                if ring and ring[0] != ring[-1]:
                    raise ValueError("a ring is not closed")


def _columns(features: Sequence[Mapping[str, Any]], unprintable: Unprintable) -> Iterator[Column]:
    rows = [feature.get("properties") or {} for feature in features]
    names = dict.fromkeys(name for row in rows for name in row)
    refuse_sparse(len(names), len(rows), sum(map(len, rows)))
    for name in names:
        values = [
            unprintable.cleaned(row.get(name), row=number, column=name)
            for number, row in enumerate(rows, 1)
        ]
        yield Column(str(unprintable.cleaned(name, row=0, column="")), kind_of(values), values)


def kind_of(values: Sequence[object]) -> Kind:
    """Whether all values that are there are numbers, or text, or anything."""
    there = [value for value in values if value is not None]
    if there and all(isinstance(v, int | float) and not isinstance(v, bool) for v in there):
        return "number"
    return "text" if there and all(isinstance(value, str) for value in there) else "any"
