"""GeoJSON in other clothes: one Feature a line, TopoJSON, the answers of map services."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from data.errors import FileRefused
from data.reading.damaged_shapes import damaged_shape
from data.reading.layer_names import one_layer
from data.reading.limits import Limits
from data.reading.reasons import in_chinese
from data.reading.rings import polygon_of_rings
from gis.messages import Message

__all__ = ["as_collection", "cut_short", "features_by_line"]

_RECORD_SEPARATOR: Final = "\x1e"
_MEND: Final = Message("请改正后提交", "mend it and send it again")
_MIN_RING: Final = 4


def features_by_line(text: str) -> dict[str, Any] | None:
    """A FeatureCollection of GeoJSON texts one after another (RFC 8142, or a line each).

    Returns
    -------
    dict or None
        None when the first text is no Feature: then the whole is judged as one JSON text.

    Raises
    ------
    FileRefused
        ``json_damaged`` with the number of the text that cannot be read.

    Examples
    --------
    >>> line = '{"type": "Feature", "properties": {}, "geometry": null}'
    >>> len(features_by_line(f"{line}\\n{line}\\n")["features"])
    2
    """
    mark = _RECORD_SEPARATOR if _RECORD_SEPARATOR in text else "\n"
    features: list[Any] = []
    for written in text.split(mark):
        if not written.strip():
            continue
        try:
            feature = json.loads(written)
        except (ValueError, RecursionError) as error:
            if not features:
                return None
            what = Message(
                f"不是完整的 JSON（{in_chinese(error)}）", f"it is damaged or cut off ({error})"
            )
            raise FileRefused("json_damaged", what, _MEND, feature=len(features) + 1) from error
        if not features and (not isinstance(feature, dict) or feature.get("type") != "Feature"):
            return None
        features.append(feature)
    return {"type": "FeatureCollection", "features": features} if len(features) > 1 else None


def cut_short(whole: Mapping[str, Any]) -> list[Message]:
    """The note on an answer of a map service that says itself that it is not whole.

    Examples
    --------
    >>> cut_short({"properties": {"exceededTransferLimit": True}})[0].en[:42]
    'the file says itself that it is not whole:'
    >>> cut_short({"numberMatched": 2, "numberReturned": 2})
    []
    """
    places: list[object] = [whole, whole.get("properties"), whole.get("metadata")]
    said = [place for place in places if isinstance(place, dict)]
    reason = next(
        (
            "exceededTransferLimit"
            for place in said
            if place.get("exceededTransferLimit") in (True, "true", 1)
        ),
        None,
    )
    counts = [whole.get("numberMatched"), whole.get("numberReturned")]
    if all(isinstance(count, int) for count in counts) and counts[0] > counts[1]:  # type: ignore[operator]
        reason = reason or f"numberMatched {counts[0]}, numberReturned {counts[1]}"
    links = whole.get("links")
    if isinstance(links, list) and any(
        isinstance(link, dict) and link.get("rel") == "next" for link in links
    ):
        reason = reason or "links: next"
    if reason is None:
        return []
    return [
        Message(
            f"文件自己声明不完整（{reason}）：地图服务按上限截断了结果，请分批取全后再提交",
            f"the file says itself that it is not whole: {reason}; a map service cut its answer "
            "at a limit: fetch the rest and send all of it",
        )
    ]


def as_collection(whole: Mapping[str, Any], layer: str | None, limits: Limits) -> dict[str, Any]:
    """A FeatureCollection of a Topology or of an answer in Esri's JSON; all else unchanged.

    Raises
    ------
    FileRefused
        ``several_layers``, ``no_such_layer``, ``too_many_vertices``, ``geometry_damaged``.
    """
    arcs, objects = whole.get("arcs"), whole.get("objects")
    if whole.get("type") == "Topology" and isinstance(arcs, list) and isinstance(objects, dict):
        return _topology(whole, objects, arcs, layer, limits)
    features = whole.get("features")
    if "type" not in whole and isinstance(features, list) and _is_esri(features):
        return _esri(whole, features)
    return dict(whole)


def _is_esri(features: Sequence[object]) -> bool:
    return all(isinstance(feature, dict) and "attributes" in feature for feature in features)


def _esri(whole: Mapping[str, Any], features: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    reference = whole.get("spatialReference")
    collection = {**whole, "type": "FeatureCollection", "crs": None}
    if isinstance(reference, dict):
        number = reference.get("latestWkid") or reference.get("wkid")
        name = f"EPSG:{number}" if isinstance(number, int) else reference.get("wkt")
        if name:
            collection["crs"] = {"type": "name", "properties": {"name": name}}
    collection["features"] = [
        {
            "type": "Feature",
            "properties": feature["attributes"],
            "geometry": _esri_geometry(feature.get("geometry"), row),
        }
        for row, feature in enumerate(features, 1)
    ]
    return collection


def _esri_geometry(geometry: Any, row: int) -> dict[str, Any] | None:
    if geometry is None:
        return None
    if isinstance(geometry, dict) and not geometry.keys().isdisjoint(("curveRings", "curvePaths")):
        curves = ValueError("curves are not read: turn them into straight lines")
        raise damaged_shape(curves, row)
    try:
        if "rings" in geometry:
            rings = [_ring(np.array(ring, dtype=np.float64)) for ring in geometry["rings"]]
            if not rings:
                return None
            return dict(json.loads(shapely.to_geojson(polygon_of_rings(rings))))
        if "paths" in geometry:
            return {"type": "MultiLineString", "coordinates": geometry["paths"]}
        if "points" in geometry:
            return {"type": "MultiPoint", "coordinates": geometry["points"]}
        return {"type": "Point", "coordinates": [geometry["x"], geometry["y"]]}
    except (KeyError, ValueError, TypeError, shapely.errors.ShapelyError) as error:
        raise damaged_shape(error, row) from error


def _ring(positions: NDArray[np.float64]) -> NDArray[np.float64]:
    if positions.ndim != 2 or len(positions) < _MIN_RING or (positions[0] != positions[-1]).any():
        raise ValueError("a ring is not closed")
    return positions[:, :2]


def _topology(
    whole: Mapping[str, Any],
    objects: Mapping[str, Any],
    raw: Sequence[Any],
    layer: str | None,
    limits: Limits,
) -> dict[str, Any]:
    name = one_layer([str(key) for key in objects], layer)
    drawn = objects[name]
    if not isinstance(drawn, dict):
        raise damaged_shape(ValueError("no object"), 1)
    geometries = drawn.get("geometries") if drawn.get("type") == "GeometryCollection" else [drawn]
    if not isinstance(geometries, list):
        raise damaged_shape(ValueError("no geometries"), 1)
    arcs = _Arcs(raw, whole.get("transform"), limits)
    features = [arcs.feature(geometry, row) for row, geometry in enumerate(geometries, 1)]
    return {"type": "FeatureCollection", "name": name, "features": features}


class _Arcs:
    """The lines that the shapes of a Topology share."""

    def __init__(self, raw: Sequence[Any], transform: object, limits: Limits) -> None:
        scale, move = [1.0, 1.0], [0.0, 0.0]
        self._delta = isinstance(transform, dict)
        if isinstance(transform, dict):
            scale, move = transform.get("scale", scale), transform.get("translate", move)
        try:
            self._scale, self._move = np.array(scale, float), np.array(move, float)
            self._lines = [self._line(arc) for arc in raw]
        except (ValueError, TypeError, IndexError) as error:
            raise damaged_shape(error, 1) from error
        self._limits = limits
        self._vertices = 0

    def _line(self, arc: object) -> NDArray[np.float64]:
        steps = np.array(arc, dtype=np.float64)[:, :2]
        places = np.cumsum(steps, axis=0) if self._delta else steps
        return np.asarray(places * self._scale + self._move)

    def feature(self, geometry: Any, row: int) -> dict[str, Any]:
        """A geometry of the Topology as a Feature."""
        try:
            drawn = self._geometry(geometry)
        except FileRefused:
            raise
        except (AttributeError, KeyError, ValueError, TypeError, IndexError) as error:
            raise damaged_shape(error, row) from error
        properties = dict(geometry.get("properties") or {})
        if "id" in geometry:
            properties.setdefault("id", geometry["id"])
        return {"type": "Feature", "properties": properties, "geometry": drawn}

    def _geometry(self, geometry: Mapping[str, Any]) -> dict[str, Any] | None:
        kind = geometry.get("type")
        if kind is None:
            return None
        if kind in ("Point", "MultiPoint"):
            places = np.array(geometry["coordinates"], dtype=np.float64)
            if self._delta:
                places = places * self._scale + self._move
            return {"type": kind, "coordinates": places.tolist()}
        depth = {"LineString": 0, "MultiLineString": 1, "Polygon": 1, "MultiPolygon": 2}[str(kind)]
        return {"type": kind, "coordinates": self._nested(geometry["arcs"], depth)}

    def _nested(self, arcs: Sequence[Any], depth: int) -> list[Any]:
        if depth:
            return [self._nested(part, depth - 1) for part in arcs]
        lines = list(self._joined(arcs))
        self._vertices += sum(map(len, lines))
        if self._vertices > self._limits.vertices:
            most = self._limits.vertices
            what = Message(f"顶点超过 {most} 个", f"it has more than {most} vertices")
            raise FileRefused("too_many_vertices", what, Message("请分批提交", "send it in parts"))
        return list(np.concatenate(lines).tolist())

    def _joined(self, arcs: Sequence[Any]) -> Iterator[NDArray[np.float64]]:
        """Each arc begins where the one before it ends; ~n is arc n walked backwards."""
        for number, arc in enumerate(arcs):
            line = self._lines[arc] if arc >= 0 else self._lines[~arc][::-1]
            yield line[1:] if number else line
